import { createHash } from 'node:crypto';
import type { Session, SessionKind } from '../origin';
import { aiToolOf, harnessTool, knownAiTool } from './aiExtensions';
import { type ChangeReason, reasonText } from './changeReason';
import { classifyStable } from './classifyStable';
import type { ChangeFacts, Decision } from './decision';
import { isDeterministic } from './deterministicExtensions';
import { formatterEdit } from './formatterEdit';
import { makesBlock } from './madeSize';
import { aiSource, humanSource, namelessSession, unknownSource } from './namedSource';
import { offeredPaste, pasteEdit } from './pasteEdit';
import { strangerEdit } from './strangerEdit';

/** Says who made a change, by the editor's own account of it where there is one, else by what its form proves. */
export function classifyChange(facts: ChangeFacts): Decision {
  if (facts.history !== undefined) {
    return { kind: facts.history, source: unknownSource('not-watched', `editor.${facts.history}`, 'guess') };
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
      return { kind: 'rewrite', source: aiSource(chatSession(reason), `editor.${reason.source}`, 'certain') };
    case 'Chat.undoEdits':
    case 'Chat.reset':
      return { kind: 'undo', source: unknownSource('not-watched', 'editor.chat-undo', 'guess') };
    case 'suggest':
      return extensionOffer(facts, reason, 'rewrite', 'inline');
    case 'codeAction':
      return extensionOffer(facts, reason, 'command', 'chat');
    case 'snippet':
      return offeredPaste(facts) ?? snippet(facts);
    case 'rename':
      return { kind: 'command', source: humanSource('editor.rename', 'certain') };
    case 'reloadFromDisk':
    case 'setValue':
      return { kind: 'reload', source: unknownSource('outside-write', 'disk.reload', 'certain') };
    case 'eolChange':
      return { kind: 'layout', source: humanSource('editor.line-ends', 'certain') };
    default:
      return extensionEdit(facts, reason);
  }
}

function cursorEdit(facts: ChangeFacts, reason: ChangeReason): Decision {
  const kind = reasonText(reason, 'kind');
  switch (kind) {
    case 'paste':
      return pasteEdit(facts, 'editor.paste');
    case 'executeCommand':
    case 'executeCommands':
      return command(facts, reasonText(reason, 'detailedSource'), 'certain');
    default:
      return { kind: 'edit', source: humanSource(`editor.${kind ?? 'type'}`, 'certain') };
  }
}

/** What a person picked of what an extension offered: deterministic text is the person's, a block of an unknown extension's nobody's. */
function extensionOffer(
  facts: ChangeFacts,
  reason: ChangeReason,
  kind: 'rewrite' | 'command',
  session: SessionKind,
): Decision {
  const rule = `editor.${reason.source}`;
  const extension = reasonText(reason, '$extensionId');
  const tool = knownAiTool(extension);
  if (tool !== undefined) return { kind: 'rewrite', source: aiSource(namelessSession(tool, session), rule, 'likely') };
  // The editor's own suggestions (words of the documents, snippets of the person) name no extension.
  const isTrusted = extension === undefined ? reason.source === 'suggest' : isDeterministic(extension);
  return isTrusted || !makesBlock(facts.changes)
    ? { kind, source: humanSource(rule, 'certain') }
    : { kind: 'rewrite', source: unknownSource('not-watched', `${rule}-stranger`, 'certain') };
}

/** Snippets come from a person's keys or from any extension; in place of a short word, as typed to call one, a block is the person's too. */
function snippet({ changes }: ChangeFacts): Decision {
  const isCalled = changes.every(({ removedLength }) => removedLength > 0 && removedLength <= longestCall);
  return isCalled || !makesBlock(changes)
    ? { kind: 'rewrite', source: humanSource('editor.snippet', 'likely') }
    : { kind: 'rewrite', source: unknownSource('not-watched', 'editor.snippet-block', 'certain') };
}

const longestCall = 80;

function inlineCompletion(reason: ChangeReason): Decision {
  const extension = reasonText(reason, '$extensionId');
  // The editor's own preview of an ordinary suggestion names no extension.
  if (extension === undefined) return { kind: 'rewrite', source: humanSource('editor.suggest-preview', 'likely') };
  const kind: SessionKind = reason.metadata['$nes'] === true ? 'next-edit' : 'inline';
  const rule =
    reason.source === 'inlineCompletionAccept' ? 'editor.inline-completion' : 'editor.inline-completion-part';
  return { kind: 'rewrite', source: aiSource(namelessSession(aiToolOf(extension), kind), rule, 'certain') };
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
    return { kind: 'rewrite', source: aiSource(namelessSession(tool, 'chat'), 'editor.extension', 'likely') };
  if (facts.saving || (name !== undefined && formatterNames.test(name)))
    return formatterEdit(facts.changes, 'editor.format');
  if (name !== undefined && commandNames.test(name)) return command(facts, name, 'likely');
  return offeredPaste(facts) ?? strangerEdit(facts, 'editor.extension');
}

/** A command of the editor: what it puts in stands in the document already, but for a replacement that was typed elsewhere. */
function command({ changes }: ChangeFacts, name: string | undefined, sure: 'certain' | 'likely'): Decision {
  const source = humanSource('editor.command', sure);
  if (name !== undefined && /replace/i.test(name)) return { kind: 'rewrite', source };
  return changes.some((change) => change.text.length > 2) ? { kind: 'command', source } : { kind: 'edit', source };
}
