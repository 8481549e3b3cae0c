import { createHash } from 'node:crypto';
import type { Session, SessionKind } from '../origin';
import { aiToolOf, harnessTool, knownAiTool } from './aiExtensions';
import { type ChangeReason, reasonText } from './changeReason';
import { classifyStable } from './classifyStable';
import type { ChangeFacts, Decision } from './decision';
import { isDeterministic } from './deterministicExtensions';
import { formatterEdit, layoutEdit } from './formatterEdit';
import { makesBlock } from './madeSize';
import { aiSource, humanSource, namelessSession, unknownSource } from './namedSource';
import { offeredPaste, pasteEdit } from './pasteEdit';
import { strangerEdit } from './strangerEdit';

/** Says who made a change, by the editor's own account of it where there is one, else by what its form proves. */
export function classifyChange(facts: ChangeFacts): Decision {
  if (facts.history !== undefined) {
    return { kind: facts.history, source: unknownSource('not-watched', `editor.${facts.history}`) };
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
      return { kind: 'rewrite', source: aiSource(chatSession(reason), 'editor.chat') };
    case 'inlineChat.applyEdits':
      return { kind: 'rewrite', source: aiSource(chatSession(reason), 'editor.inline-chat') };
    case 'Chat.undoEdits':
    case 'Chat.reset':
      return { kind: 'undo', source: unknownSource('not-watched', 'editor.chat-undo') };
    case 'suggest':
      return extensionOffer(facts, reason, offers.suggest);
    case 'codeAction':
      return extensionOffer(facts, reason, offers.codeAction);
    case 'snippet':
      return offeredPaste(facts) ?? snippet(facts);
    case 'rename':
      return { kind: 'command', source: humanSource('editor.rename') };
    case 'reloadFromDisk':
    case 'setValue':
      return { kind: 'reload', source: unknownSource('outside-write', 'disk.reload') };
    case 'eolChange':
      return { kind: 'layout', source: humanSource('editor.line-ends') };
    default:
      return extensionEdit(facts, reason);
  }
}

function cursorEdit(facts: ChangeFacts, reason: ChangeReason): Decision {
  switch (reasonText(reason, 'kind')) {
    case 'type':
      return { kind: 'edit', source: humanSource('editor.type') };
    case 'compositionType':
    case 'compositionEnd':
      return { kind: 'edit', source: humanSource('editor.compose') };
    case 'cut':
      return { kind: 'edit', source: humanSource('editor.cut') };
    case 'paste':
      return pasteEdit(facts, 'editor.paste');
    case 'executeCommand':
    case 'executeCommands':
      return command(facts, reasonText(reason, 'detailedSource'), 'editor.command');
    default:
      return strangerEdit(facts, 'editor.extension');
  }
}

/** What extensions offer and a person picks. */
interface Offer {
  readonly rule: 'editor.suggest' | 'editor.code-action';
  readonly kind: 'rewrite' | 'command';
  /** The kind of session if it is an AI's. */
  readonly session: SessionKind;
  /** Whether the editor names the extension also where that is its own. */
  readonly namesOwn: boolean;
}

const offers = {
  // The editor's own suggestions (words of the documents, snippets of the person) name no extension.
  suggest: { rule: 'editor.suggest', kind: 'rewrite', session: 'inline', namesOwn: false },
  codeAction: { rule: 'editor.code-action', kind: 'command', session: 'chat', namesOwn: true },
} as const satisfies Readonly<Record<string, Offer>>;

/** What a person picked of what an extension offered: deterministic text is the person's, a block of an unknown extension's nobody's. */
function extensionOffer(facts: ChangeFacts, reason: ChangeReason, { rule, kind, session, namesOwn }: Offer): Decision {
  const extension = reasonText(reason, '$extensionId');
  const tool = knownAiTool(extension);
  if (tool !== undefined) return { kind: 'rewrite', source: aiSource(namelessSession(tool, session), `${rule}-ai`) };
  // A person's own snippets come this way too.
  if (extension === undefined && !namesOwn) return { kind: 'snippet', source: humanSource(rule) };
  return (extension !== undefined && isDeterministic(extension)) || !makesBlock(facts.changes)
    ? { kind, source: humanSource(rule) }
    : { kind: 'rewrite', source: unknownSource('not-watched', `${rule}-stranger`) };
}

/** Snippets come from a person's keys or from any extension; in place of a short word, as typed to call one, a block is the person's too. */
function snippet({ changes }: ChangeFacts): Decision {
  const isCalled = changes.every(({ removedLength }) => removedLength > 0 && removedLength <= longestCall);
  return isCalled || !makesBlock(changes)
    ? { kind: 'snippet', source: humanSource('editor.snippet') }
    : { kind: 'snippet', source: unknownSource('not-watched', 'editor.snippet-block') };
}

const longestCall = 80;

function inlineCompletion(reason: ChangeReason): Decision {
  const extension = reasonText(reason, '$extensionId');
  // The editor's own preview of an ordinary suggestion names no extension.
  if (extension === undefined) return { kind: 'rewrite', source: humanSource('editor.suggest-preview') };
  const kind: SessionKind = reason.metadata['$nes'] === true ? 'next-edit' : 'inline';
  const rule =
    reason.source === 'inlineCompletionAccept' ? 'editor.inline-completion' : 'editor.inline-completion-part';
  return { kind: 'rewrite', source: aiSource(namelessSession(aiToolOf(extension), kind), rule) };
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
  if (tool !== undefined)
    return { kind: 'rewrite', source: aiSource(namelessSession(tool, 'chat'), 'editor.extension-ai') };
  if (name !== undefined && commandNames.test(name)) return command(facts, name, 'editor.contribution');
  if (name !== undefined && formatterNames.test(name)) return formatterEdit(facts.changes);
  // People and extensions go on while a file is saved by itself: only what is surely layout is a formatter's.
  const layout = facts.saving ? layoutEdit(facts.changes) : undefined;
  if (layout !== undefined) return layout;
  if (isImportOf(facts)) return { kind: 'rewrite', source: humanSource('editor.suggest') };
  return offeredPaste(facts) ?? strangerEdit(facts, 'editor.extension');
}

const importWords = /^(?:import|from|include|require|use|using)$/;

/** Whether a change only puts in, on one line, what brings in the name that was just picked: languages add that by an edit of their own. */
function isImportOf({ changes, picked = '' }: ChangeFacts): boolean {
  const made = changes.map(({ text }) => text).join('');
  const [name] = /^[\p{L}_$][\p{L}\p{N}_$]+/u.exec(picked) ?? [];
  const words = made.split(/[^\p{L}\p{N}_$]+/u).filter((word) => word !== '');
  const isOneLine = !made.trim().includes('\n') && changes.every(({ removedLength }) => removedLength === 0);
  const isNamed = name !== undefined && words.includes(name);
  return isNamed && isOneLine && (words.length === 1 || words.some((word) => importWords.test(word)));
}

/** A command of the editor: what it puts in stands in the document already, but for a replacement that was typed elsewhere. */
function command(
  { changes, selected }: ChangeFacts,
  name: string | undefined,
  rule: 'editor.command' | 'editor.contribution',
): Decision {
  const source = humanSource(rule);
  if (name !== undefined && /replace/i.test(name)) return { kind: 'rewrite', source };
  // A character may be taken out by one change and put in by another.
  const moves = changes.some(({ text }) => text !== '') && changes.some(({ removedLength }) => removedLength > 0);
  const copies = name !== undefined && /duplicate|copyLines|dragAndDrop/i.test(name);
  const mayMove = moves || copies || changes.some(({ text }) => text.length > 2);
  return mayMove
    ? { kind: 'command', source, ...(selected === undefined ? {} : { selected }) }
    : { kind: 'edit', source };
}
