import { createHash } from 'node:crypto';
import type { Confidence, Source } from '../attribution/source';
import type { Session, SessionKind, UnknownReason } from '../origin';
import { isBlank } from '../text/lines';
import { aiToolOf, harnessTool, knownAiTool } from './aiExtensions';
import { type ChangeReason, type ReasonTier, reasonText } from './changeReason';

/** What is done with the text of a change. */
export type Decision =
  /** Seen character by character: what it inserts is the source's. */
  | { readonly kind: 'edit'; readonly source: Source }
  /** Text that may have stood in the workspace: it carries its origins where they are known, else it is the source's. */
  | { readonly kind: 'paste'; readonly source: Source }
  /** A block made over: what it shares with what it replaces keeps its origins, the rest is the source's. */
  | { readonly kind: 'rewrite'; readonly source: Source }
  /** A change of layout: everything keeps its origins, and what is added takes those beside it. */
  | { readonly kind: 'layout'; readonly source: Source }
  /** The document was read from disk again. */
  | { readonly kind: 'reload'; readonly source: Source }
  /** What was undone or redone comes back with the origins it had; text that nobody remembers is the source's. */
  | { readonly kind: 'undo' | 'redo'; readonly source: Source };

/** What a change event says, and what is known around it. */
export interface ChangeFacts {
  readonly reason: ReasonTier;
  /** `event.reason`, which every editor tells. */
  readonly history: 'undo' | 'redo' | undefined;
  readonly changes: readonly FactOfChange[];
  /** Between the start and the end of a save of this document, or while a formatter that we saw start is at work. */
  readonly saving: boolean;
  /** A text that a paste was offered for a moment ago, with LF as line ends. */
  readonly pasting?: string | undefined;
  /** The same for a drop. */
  readonly dropping?: string | undefined;
  /** The document is in the active editor, a cursor of which is where the text was changed. */
  readonly atCursor: boolean;
  /** The change came to a clean document and nothing made it dirty: only reading it from disk does that. */
  readonly staysClean: boolean;
  /** Accepting an inline completion is under way, as a wrapper around the command saw. */
  readonly accepting?: boolean | undefined;
}

/** One replaced range: what stood there, where that is known, and what stands there, with LF as line ends. */
export interface FactOfChange {
  readonly removedLength: number;
  /** Known only where the tracker had it at hand. */
  readonly removed?: string | undefined;
  readonly text: string;
}

/** From so many lines or characters on a paste is `pasted`; below it is a person's own work. */
export const leastPastedLines = 2;
export const leastPastedCharacters = 40;

/** Says who made a change, by the editor's own account of it where there is one, else by what its form proves. */
export function classifyChange(facts: ChangeFacts): Decision {
  if (facts.history !== undefined) {
    return { kind: facts.history, source: unknown('not-watched', `editor.${facts.history}`, 'guess') };
  }
  if (facts.reason.tier === 'stable') return classifyStable(facts);
  const { reason } = facts.reason;
  return reason === undefined ? extensionEdit(facts, undefined) : classifyReason(facts, reason);
}

function classifyReason(facts: ChangeFacts, reason: ChangeReason): Decision {
  switch (reason.source) {
    case 'cursor':
      return cursorEdit(facts, reason);
    case 'inlineCompletionAccept':
    case 'inlineCompletionPartialAccept':
      return inlineCompletion(reason);
    case 'Chat.applyEdits':
    case 'inlineChat.applyEdits':
      return { kind: 'rewrite', source: ai(chatSession(reason), `editor.${reason.source}`, 'certain') };
    case 'Chat.undoEdits':
    case 'Chat.reset':
      return { kind: 'undo', source: unknown('not-watched', 'editor.chat-undo', 'guess') };
    case 'suggest': {
      const tool = knownAiTool(reasonText(reason, '$extensionId'));
      if (tool !== undefined) return { kind: 'edit', source: ai(session(tool, 'inline'), 'editor.suggest', 'likely') };
      return { kind: 'rewrite', source: human('editor.suggest', 'certain') };
    }
    case 'snippet':
      return pastedOr(facts) ?? { kind: 'rewrite', source: human('editor.snippet', 'likely') };
    case 'rename':
    case 'codeAction': {
      const tool = knownAiTool(reasonText(reason, '$extensionId'));
      if (tool !== undefined)
        return { kind: 'rewrite', source: ai(session(tool, 'chat'), `editor.${reason.source}`, 'likely') };
      return { kind: 'rewrite', source: human(`editor.${reason.source}`, 'certain') };
    }
    case 'reloadFromDisk':
    case 'setValue':
      return { kind: 'reload', source: unknown('outside-write', 'disk.reload', 'certain') };
    case 'eolChange':
      return { kind: 'layout', source: human('editor.line-ends', 'certain') };
    default:
      return extensionEdit(facts, reason);
  }
}

function cursorEdit(facts: ChangeFacts, reason: ChangeReason): Decision {
  const kind = reasonText(reason, 'kind');
  switch (kind) {
    case 'paste':
      return paste(facts, 'editor.paste');
    case 'executeCommand':
    case 'executeCommands':
      // Commands that move, copy or sort lines insert what already stands in the document.
      return facts.changes.some((change) => change.text.length > 2)
        ? { kind: 'paste', source: human('editor.command', 'certain') }
        : { kind: 'edit', source: human('editor.command', 'certain') };
    default:
      return { kind: 'edit', source: human(`editor.${kind ?? 'type'}`, 'certain') };
  }
}

function paste(facts: ChangeFacts, rule: string): Decision {
  const longest = facts.changes.reduce((best, change) => (change.text.length > best.length ? change.text : best), '');
  const isLarge = longest.length >= leastPastedCharacters || solidLines(longest) >= leastPastedLines;
  return {
    kind: 'paste',
    source: isLarge ? { origin: { kind: 'pasted' }, rule, sure: 'certain' } : human(`${rule}-short`, 'likely'),
  };
}

function solidLines(text: string): number {
  return text.split('\n').filter((line) => !isBlank(line)).length;
}

/** A paste or drop that a provider of ours was asked about, where the change is just its text. */
function pastedOr(facts: ChangeFacts): Decision | undefined {
  for (const [text, rule] of [
    [facts.pasting, 'editor.paste'],
    [facts.dropping, 'editor.drop'],
  ] as const) {
    const solid = text === undefined ? '' : withoutSpace(text);
    if (solid !== '' && facts.changes.some((change) => withoutSpace(change.text).includes(solid)))
      return paste(facts, rule);
  }
  return undefined;
}

function inlineCompletion(reason: ChangeReason): Decision {
  const extension = reasonText(reason, '$extensionId');
  // The editor's own preview of an ordinary suggestion names no extension.
  if (extension === undefined) return { kind: 'rewrite', source: human('editor.suggest-preview', 'likely') };
  const kind: SessionKind = reason.metadata['$nes'] === true ? 'next-edit' : 'inline';
  const rule =
    reason.source === 'inlineCompletionAccept' ? 'editor.inline-completion' : 'editor.inline-completion-part';
  return { kind: 'rewrite', source: ai(session(aiToolOf(extension), kind), rule, 'certain') };
}

function chatSession(reason: ChangeReason): Session {
  const extension = reasonText(reason, '$extensionId');
  const tool =
    harnessTool(reasonText(reason, '$harness')) ?? (extension === undefined ? 'copilot' : aiToolOf(extension));
  // The editor writes a bar for each slash of a model's name.
  const model = reasonText(reason, '$modelId')?.replaceAll('|', '/');
  const conversation = reasonText(reason, '$$sessionId');
  const isAgent = reasonText(reason, '$$mode') === 'agent' || reasonText(reason, '$origin') === 'agentHost';
  return {
    tool,
    ...(model === undefined ? {} : { model }),
    ...(conversation === undefined ? {} : { session: sessionId(tool, conversation) }),
    kind: isAgent ? 'agent' : 'chat',
    evidence: 'measured',
  };
}

/** The public name of a conversation: first 14 hex digits of SHA-256 of `tool:conversation`. */
export function sessionId(tool: string, conversation: string): string {
  return createHash('sha256').update(`${tool}:${conversation}`).digest('hex').slice(0, 14);
}

/** Edits that a person starts but whose editor contribution names only itself. */
const commandNames =
  /^(?:editor\.action\.|executeCommands?$|linkedEditing$|snippet|suggestController\.|inlayHint\.|colorpicker$|editSessionUndoRedo$)/;
const formatterNames = /^(?:formatEditsCommand|insertFinalNewLine|trimTrailingWhitespace|trimFinalNewLines)$/;

function extensionEdit(facts: ChangeFacts, reason: ChangeReason | undefined): Decision {
  const name = reason === undefined ? undefined : reasonText(reason, 'name');
  const extension =
    reason === undefined ? undefined : (reasonText(reason, '$extensionId') ?? reasonText(reason, 'providerId'));
  const tool = knownAiTool(extension);
  if (tool !== undefined) return { kind: 'rewrite', source: ai(session(tool, 'chat'), 'editor.extension', 'likely') };
  if (facts.saving || (name !== undefined && formatterNames.test(name))) return format();
  if (name !== undefined && commandNames.test(name)) {
    return {
      kind: facts.changes.some((change) => change.text.length > 2) ? 'paste' : 'edit',
      source: human('editor.command', 'likely'),
    };
  }
  return pastedOr(facts) ?? stranger(facts, 'editor.extension');
}

function format(): Decision {
  return { kind: 'layout', source: human('editor.format', 'likely') };
}

/** A change that nobody vouches for: of layout alone it is harmless, else it is unknown. */
function stranger(facts: ChangeFacts, rule: string): Decision {
  const isLayout = facts.changes.every(
    (change) =>
      (change.removedLength === 0 && isBlank(change.text)) ||
      (change.removed !== undefined && withoutSpace(change.removed) === withoutSpace(change.text)),
  );
  return isLayout
    ? { kind: 'layout', source: human(`${rule}-layout`, 'likely') }
    : { kind: 'rewrite', source: unknown('not-watched', rule, 'certain') };
}

const pairs = /^(?:\(\)|\[\]|\{\}|<>|""|''|``|\$\{\}|\/\*\* ?\*\/)$/;

/** What surely comes from a key: one character, a line break with its indentation, a pair that closes itself, a deletion. */
function isTyped(text: string): boolean {
  return (
    text.length <= 1 ||
    Array.from(text).length === 1 ||
    /^\n\s*$/.test(text) ||
    /^\n\s*(?:\*|\/\/|#) ?$/.test(text) ||
    pairs.test(text)
  );
}

function classifyStable(facts: ChangeFacts): Decision {
  if (facts.staysClean) return { kind: 'reload', source: unknown('outside-write', 'disk.reload', 'likely') };
  if (facts.saving) return format();
  if (facts.accepting === true) {
    return { kind: 'rewrite', source: ai(session('unnamed', 'inline'), 'wrapper.inline-completion', 'likely') };
  }
  const pasted = pastedOr(facts);
  if (pasted !== undefined) return pasted;
  if (
    facts.atCursor &&
    facts.changes.every(
      (change) => isTyped(change.text) && (change.text === '' || change.removedLength <= 1 || isTypedOver(change)),
    )
  ) {
    return { kind: 'edit', source: human('keys.type', 'likely') };
  }
  return stranger(facts, 'editor.unclear');
}

/** One key over a selection. */
function isTypedOver(change: FactOfChange): boolean {
  return Array.from(change.text).length === 1;
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, '');
}

function session(tool: string, kind: SessionKind): Session {
  return { tool, kind, evidence: 'measured' };
}

function ai(by: Session, rule: string, sure: Confidence): Source {
  return { origin: { kind: 'ai', session: by }, rule, sure };
}

function human(rule: string, sure: Confidence): Source {
  return { origin: { kind: 'human' }, rule, sure };
}

function unknown(reason: UnknownReason, rule: string, sure: Confidence): Source {
  return { origin: { kind: 'unknown', reason }, rule, sure };
}
