import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RuleId } from '../../../src/core/attribution/rules';
import { aiToolOf, knownAiTool } from '../../../src/core/capture/aiExtensions';
import { decodeReason } from '../../../src/core/capture/changeReason';
import { classifyChange, sessionId } from '../../../src/core/capture/classifyChange';
import type { ChangeFacts, FactOfChange } from '../../../src/core/capture/decision';

/** The rules that go by one change; the others go by a file, a hook or a person. */
type ChangeRule = Exclude<
  Extract<RuleId, `editor.${string}` | `keys.${string}` | `wrapper.${string}` | `disk.${string}`>,
  | 'editor.opened'
  | 'editor.resync'
  | 'editor.notebook'
  | 'editor.notebook-frame'
  | 'editor.paste-committed'
  | 'editor.paste-transcript'
  | 'disk.later'
>;

const block = 'if (ready) {\n  start();\n}\n';

interface Given extends Partial<Omit<ChangeFacts, 'reason' | 'changes'>> {
  /** `detailedReason` of the event; without it the event lacks the key, as on the stable tier. */
  readonly reason?: unknown;
  readonly text?: string;
  readonly removed?: string;
  readonly changes?: readonly FactOfChange[];
}

/** `kind origin rule`, with tool/kind for an AI. */
function told(given: Given): string {
  const { reason, text = 'x', removed = '', changes, ...facts } = given;
  const event = 'reason' in given ? { detailedReason: reason } : {};
  const decision = classifyChange({
    history: undefined,
    saving: false,
    atCursor: true,
    staysClean: false,
    ...facts,
    reason: decodeReason(event),
    changes: changes ?? [{ text, removedLength: removed.length, removed }],
  });
  const { origin, rule } = decision.source;
  const who =
    origin.kind === 'ai'
      ? `ai:${[origin.session.tool, origin.session.model, origin.session.session, origin.session.kind].filter((part) => part !== undefined).join(':')}`
      : origin.kind;
  return `${decision.kind} ${who} ${rule}`;
}

const shown = new Set<string>();

function check(what: string, given: Given, expected: string): void {
  shown.add(expected.slice(expected.lastIndexOf(' ') + 1));
  it(what, () => assert.equal(told(given), expected));
}

const from = (source: string, metadata: Readonly<Record<string, unknown>> = {}): unknown => ({
  source,
  metadata: { source, ...metadata },
});
const cursor = (kind: string, detailedSource = 'keyboard'): unknown => from('cursor', { kind, detailedSource });

describe('who made a change, by the reason that the editor gives', () => {
  check('a key', { reason: cursor('type') }, 'edit human editor.type');
  check('an input method', { reason: cursor('compositionType'), text: '日本' }, 'edit human editor.compose');
  check('cutting', { reason: cursor('cut'), text: '', removed: block }, 'edit human editor.cut');
  check(
    'a character that is duplicated',
    { reason: cursor('executeCommands', 'editor.action.duplicateSelection'), text: 'x' },
    'command human editor.command',
  );
  check('deleting', { reason: cursor('executeCommands', 'deleteLeft'), text: '' }, 'edit human editor.command');
  check(
    'moving lines',
    { reason: cursor('executeCommands', 'editor.action.moveLinesDownAction'), text: block },
    'command human editor.command',
  );
  check(
    'replacing all',
    { reason: cursor('executeCommand', 'replaceAll'), text: 'ab' },
    'rewrite human editor.command',
  );
  check(
    'moving a selection past a character',
    {
      reason: cursor('executeCommands', 'editor.action.moveCarretRightAction'),
      changes: [
        { text: '', removedLength: 1 },
        { text: 'x', removedLength: 0 },
      ],
    },
    'command human editor.command',
  );
  check(
    'sorting lines',
    { reason: cursor('executeCommands', 'editor.action.sortLinesAscending'), text: 'a\nb', removed: 'b\na' },
    'command human editor.command',
  );
  check(
    'another case',
    { reason: from('unknown', { name: 'editor.action.transformToUppercase' }), text: 'ABC', removed: 'abc' },
    'command human editor.contribution',
  );
  check('a paste of two lines', { reason: cursor('paste'), text: 'a\nb' }, 'paste pasted editor.paste');
  check('a paste of a word', { reason: cursor('paste'), text: 'word' }, 'paste human editor.paste-short');
  check(
    'a paste of one line with its end',
    { reason: cursor('paste'), text: 'word\n' },
    'paste human editor.paste-short',
  );
  check('a paste of 40 characters', { reason: cursor('paste'), text: 'x'.repeat(40) }, 'paste pasted editor.paste');
  check(
    'a paste of 39 characters',
    { reason: cursor('paste'), text: 'x'.repeat(39) },
    'paste human editor.paste-short',
  );
  check(
    'ghost text',
    { reason: from('inlineCompletionAccept', { $nes: false, $extensionId: 'github.copilot' }), text: block },
    'rewrite ai:copilot:inline editor.inline-completion',
  );
  check(
    'a next edit',
    { reason: from('inlineCompletionAccept', { $nes: true, $extensionId: 'GitHub.copilot-chat' }), text: block },
    'rewrite ai:copilot:next-edit editor.inline-completion',
  );
  check(
    'a word of ghost text',
    { reason: from('inlineCompletionPartialAccept', { $extensionId: 'continue.continue', type: 'word' }) },
    'rewrite ai:continue:inline editor.inline-completion-part',
  );
  check(
    'ghost text of somebody new',
    { reason: from('inlineCompletionAccept', { $extensionId: 'acme.Ghost_Writer' }), text: block },
    'rewrite ai:ghost_writer:inline editor.inline-completion',
  );
  check(
    "ghost text of the editor's own suggestions",
    { reason: from('inlineCompletionAccept', {}) },
    'rewrite human editor.suggest-preview',
  );
  check(
    'a chat edit',
    {
      reason: from('Chat.applyEdits', {
        $modelId: 'anthropic|claude',
        $extensionId: 'github.copilot-chat',
        $$sessionId: 's1',
        $$mode: 'edit',
      }),
      text: block,
    },
    `rewrite ai:copilot:anthropic/claude:${sessionId('copilot', 's1')}:chat editor.chat`,
  );
  check(
    'an agent in the editor',
    { reason: from('Chat.applyEdits', { $harness: 'claude', $origin: 'agentHost' }) },
    'rewrite ai:claude-code:agent editor.chat',
  );
  check(
    'inline chat',
    { reason: from('inlineChat.applyEdits', { $modelId: 'm' }) },
    'rewrite ai:copilot:m:chat editor.inline-chat',
  );
  check('chat edits taken back', { reason: from('Chat.undoEdits') }, 'undo unknown editor.chat-undo');
  check(
    'a suggestion of the language',
    { reason: from('suggest', { $extensionId: 'vscode.typescript-language-features' }) },
    'rewrite human editor.suggest',
  );
  const unnamed = from('unknown');
  check(
    'the import of what was just picked',
    { reason: unnamed, text: 'import { total } from "./sums";\n\n', picked: 'total()' },
    'rewrite human editor.suggest',
  );
  check(
    'another line in that moment',
    { reason: unnamed, text: 'import { totals } from "./sums";\n', picked: 'total' },
    'rewrite unknown editor.extension',
  );
  check(
    'a line with the name that was picked, which imports nothing',
    { reason: unnamed, text: 'return total;\n', picked: 'total' },
    'rewrite unknown editor.extension',
  );
  check(
    'a block with the name that was picked',
    { reason: unnamed, text: 'function total() {\n  return 1;\n}\n', picked: 'total' },
    'rewrite unknown editor.extension',
  );
  check(
    'a suggestion of an AI',
    { reason: from('suggest', { $extensionId: 'VisualStudioExptTeam.vscodeintellicode' }) },
    'rewrite ai:intellicode:inline editor.suggest-ai',
  );
  check(
    'a snippet in place of its name',
    { reason: from('snippet'), text: block, removed: 'if' },
    'snippet human editor.snippet',
  );
  check(
    'a selection that is dragged elsewhere as a copy',
    { reason: from('cursor', { kind: 'executeCommand', detailedSource: 'editor.contrib.dragAndDrop' }), text: 'go' },
    'command human editor.command',
  );
  check('a short snippet', { reason: from('snippet'), text: 'if () {}' }, 'snippet human editor.snippet');
  check(
    'a snippet that nothing called, as any extension may insert one',
    { reason: from('snippet'), text: block },
    'snippet unknown editor.snippet-block',
  );
  check('a suggestion of the editor itself', { reason: from('suggest'), text: block }, 'snippet human editor.suggest');
  check(
    'a block that an extension we do not know suggests',
    { reason: from('suggest', { $extensionId: 'acme.words' }), text: block },
    'rewrite unknown editor.suggest-stranger',
  );
  check(
    'a word that an extension we do not know suggests',
    { reason: from('suggest', { $extensionId: 'acme.words' }), text: 'word' },
    'rewrite human editor.suggest',
  );
  check(
    'a block of a fix of an extension we do not know',
    { reason: from('codeAction', { $extensionId: 'acme.fix' }), text: block },
    'rewrite unknown editor.code-action-stranger',
  );
  check(
    'a block of a fix that names nobody',
    { reason: from('codeAction'), text: block },
    'rewrite unknown editor.code-action-stranger',
  );
  check(
    'a paste that a provider made over',
    { reason: from('snippet'), text: block, pasting: 'if (ready) {\nstart();\n}\n' },
    'paste pasted editor.paste',
  );
  check('a rename', { reason: from('rename', { $$$oldName: 'a', $$$newName: 'b' }) }, 'command human editor.rename');
  check(
    'a quick fix',
    { reason: from('codeAction', { $kind: 'quickfix', $extensionId: 'vscode.typescript' }), text: block },
    'command human editor.code-action',
  );
  check(
    'a fix by an AI',
    { reason: from('codeAction', { $kind: 'quickfix', $extensionId: 'github.copilot-chat' }) },
    'rewrite ai:copilot:chat editor.code-action-ai',
  );
  check(
    'a formatter',
    { reason: from('unknown', { name: 'formatEditsCommand' }), text: block, removed: 'if(ready){start()}' },
    'layout human editor.format',
  );
  check(
    'an edit during a save',
    { reason: from('unknown', { name: 'pushEditOperation' }), text: block, removed: 'if(ready) start()', saving: true },
    'layout human editor.format',
  );
  check(
    "another extension's words during a save",
    { reason: from('unknown', { name: 'MainThreadTextEditor' }), text: 'word', saving: true },
    'rewrite unknown editor.extension',
  );
  check(
    'another case by command during a save',
    {
      reason: from('unknown', { name: 'editor.action.transformToUppercase' }),
      text: 'ABC',
      removed: 'abc',
      saving: true,
    },
    'command human editor.contribution',
  );
  check(
    'imports put into order during a save',
    {
      reason: from('unknown', { name: 'pushEditOperation' }),
      saving: true,
      changes: [
        { text: '', removedLength: 12, removed: "import 'b';\n" },
        { text: 'import "b"\n', removedLength: 0, removed: '' },
      ],
    },
    'layout human editor.format',
  );
  check(
    'a formatter that writes a block of other words',
    { reason: from('unknown', { name: 'formatEditsCommand' }), text: block, removed: 'x' },
    'rewrite unknown editor.format-block',
  );
  check(
    'a formatter that writes a word',
    { reason: from('unknown', { name: 'formatEditsCommand' }), text: '0x00ff', removed: '0X00FF' },
    'command human editor.format-words',
  );
  check(
    "another extension's edit of the order alone",
    { reason: from('unknown'), text: 'b\n  a\n', removed: 'a\nb\n' },
    'command human editor.extension-order',
  );
  check(
    "another extension's edit of the order that drops a line",
    { reason: from('unknown'), text: 'b\n', removed: 'a\nb\n' },
    'rewrite unknown editor.extension',
  );
  check('reading from disk again', { reason: from('reloadFromDisk'), text: block }, 'reload unknown disk.reload');
  check("another extension's edit", { reason: from('unknown'), text: block }, 'rewrite unknown editor.extension');
  check(
    "another extension's TextEditor.edit",
    { reason: from('unknown', { name: 'MainThreadTextEditor' }), text: 'y' },
    'rewrite unknown editor.extension',
  );
  check(
    'an edit that names an AI extension',
    { reason: from('unknown', { $extensionId: 'saoudrizwan.claude-dev' }), text: block },
    'rewrite ai:cline:chat editor.extension-ai',
  );
  check(
    'an edit while a tool shows its own diff',
    { reason: from('unknown'), text: block, diffOf: 'cline' },
    'rewrite ai:cline:agent editor.diff-ai',
  );
  check('a key while a tool shows its own diff', { reason: cursor('type'), diffOf: 'cline' }, 'edit human editor.type');
  check(
    "another extension's edit of the layout",
    { reason: from('unknown'), text: 'a( b )', removed: 'a(b)' },
    'layout human editor.extension-layout',
  );
  check(
    'deleting lines by command',
    { reason: from('unknown', { name: 'editor.action.deleteLines' }), text: '', removed: block },
    'edit human editor.contribution',
  );
  check('line ends', { reason: from('eolChange'), text: '' }, 'layout human editor.line-ends');
  check(
    'a word that was dropped',
    { reason: from('unknown'), text: 'word', dropping: 'word' },
    'paste human editor.drop-short',
  );
  check('undo', { reason: from('applyEdits'), history: 'undo' }, 'undo unknown editor.undo');
  check('redo', { reason: from('applyEdits'), history: 'redo' }, 'redo unknown editor.redo');
  check('a source of the future', { reason: from('telepathy'), text: block }, 'rewrite unknown editor.extension');
  check('a reason that is nothing', { reason: undefined, text: block }, 'rewrite unknown editor.extension');
  check('a reason of another form', { reason: { source: 7 }, text: block }, 'rewrite unknown editor.extension');
  check(
    'metadata of another form',
    { reason: { source: 'cursor', metadata: [1] } },
    'rewrite unknown editor.extension',
  );
});

describe('who made a change, where the editor gives no reason', () => {
  check('a key', {}, 'edit human keys.type');
  check('a key over a selection', { text: 'x', removed: 'selected' }, 'edit human keys.type');
  check('backspace', { text: '', removed: 'a' }, 'edit human keys.type');
  check('Enter with indentation', { text: '\n    ' }, 'edit human keys.type');
  check('Enter in a comment', { text: '\n * ' }, 'edit human keys.type');
  check('a pair that closes itself', { text: '()' }, 'edit human keys.type');
  check(
    'several cursors',
    {
      changes: [
        { text: 'x', removedLength: 0 },
        { text: 'x', removedLength: 0 },
      ],
    },
    'edit human keys.type',
  );
  check('a key where no cursor is', { atCursor: false }, 'rewrite unknown keys.unclear');
  check('a block', { text: block }, 'rewrite unknown keys.unclear');
  check('a suggestion or ghost text of one line', { text: 'foo(bar)' }, 'rewrite unknown keys.unclear');
  check('a block that was pasted', { text: block, pasting: block }, 'paste pasted editor.paste');
  check(
    'an address that was pasted as a link',
    { reason: from('snippet'), text: '[words](https://example.com/)', pasting: 'https://example.com/' },
    'snippet human editor.paste-short',
  );
  check(
    'lines that were pasted, one at each cursor',
    {
      changes: [
        { text: 'two', removedLength: 0 },
        { text: 'one', removedLength: 0 },
      ],
      pasting: 'one\ntwo',
    },
    'paste human editor.paste-short',
  );
  check('a word that was pasted', { text: 'word', pasting: 'word' }, 'paste human editor.paste-short');
  check('a block that was dropped', { text: block, dropping: block }, 'paste pasted editor.drop');
  check('a block while something else was pasted', { text: block, pasting: 'other' }, 'rewrite unknown keys.unclear');
  check(
    'a wrapper saw the completion',
    { text: block, accepting: true },
    'rewrite ai:unnamed:inline wrapper.inline-completion',
  );
  check(
    'a block while a tool shows its own diff',
    { text: block, diffOf: 'cline' },
    'rewrite ai:cline:agent editor.diff-ai',
  );
  check('a document that stays clean', { text: block, staysClean: true }, 'reload unknown disk.reload-clean');
  check('a formatter', { text: block, removed: 'if(ready)start()', saving: true }, 'layout human editor.format');
  check('a block made during a save', { text: block, removed: 'x', saving: true }, 'rewrite unknown keys.unclear');
  check(
    'a short completion that is accepted during a save',
    { text: 'call(here)', saving: true },
    'rewrite unknown keys.unclear',
  );
  check('a key during a save', { saving: true }, 'edit human keys.type');
  check('a character in another case', { text: 'S', removed: 's' }, 'command human keys.unclear-order');
  check(
    'a character that moves past others',
    {
      changes: [
        { text: '', removedLength: 1, removed: 'x' },
        { text: 'x', removedLength: 0, removed: '' },
      ],
    },
    'command human keys.unclear-order',
  );
  check('lines that move', { text: 'b\na\n', removed: 'a\nb\n' }, 'command human keys.unclear-order');
  check('an input method', { text: '日本語', removed: 'にほんご' }, 'edit human keys.compose');
  check(
    'a sentence of an input method',
    { text: 'はい、日本語。', removed: 'はい、にほんご。' },
    'edit human keys.compose',
  );
  check('marks that an input method puts on letters', { text: 'ương', removed: 'uong' }, 'edit human keys.compose');
  check('other letters in place of some', { text: 'ưang', removed: 'uong' }, 'rewrite unknown keys.unclear');
  check('a flag', { text: '🇩🇪' }, 'edit human keys.type');
  check('a family', { text: '👨‍👩‍👧' }, 'edit human keys.type');
  check('two flags', { text: '🇩🇪🇫🇷' }, 'rewrite unknown keys.unclear');
  check('words of an input method out of nowhere', { text: '日本語' }, 'rewrite unknown keys.unclear');
  check('white space', { text: '    ', atCursor: false }, 'layout human keys.unclear-layout');
  check('undo', { history: 'undo' }, 'undo unknown editor.undo');
});

/** For each rule about a change one that is nearly of its kind. */
const nearMisses: Readonly<Record<ChangeRule, Given>> = {
  'editor.type': { reason: cursor('dictation'), text: 'word' },
  'editor.compose': { reason: cursor('type'), text: '日' },
  'editor.cut': { reason: cursor('cut'), history: 'undo' },
  'editor.command': { reason: from('unknown', { name: 'editor.action.transformToUppercase' }), text: 'AB' },
  'editor.contribution': { reason: from('unknown', { name: 'editorial' }), text: block },
  'editor.rename': { reason: from('unknown', { name: 'rename' }), text: block },
  'editor.line-ends': { reason: from('unknown', { name: 'eolChange' }), text: block },
  'editor.snippet': { reason: from('snippet'), text: block },
  'editor.snippet-block': { reason: from('snippet'), text: 'short' },
  'editor.suggest': { reason: from('suggest', { $extensionId: 'acme.words' }), text: block },
  'editor.suggest-ai': { reason: from('suggest', { $extensionId: 'vscode.css' }), text: block },
  'editor.suggest-stranger': { reason: from('suggest', { $extensionId: 'redhat.java' }), text: block },
  'editor.suggest-preview': { reason: from('inlineCompletionAccept', { $extensionId: 'acme.ghost' }), text: block },
  'editor.inline-completion': { reason: from('inlineCompletionPartialAccept', { $extensionId: 'acme.ghost' }) },
  'editor.inline-completion-part': { reason: from('inlineCompletionAccept', { $extensionId: 'acme.ghost' }) },
  'editor.chat': { reason: from('Chat.reset'), text: block },
  'editor.inline-chat': { reason: from('Chat.applyEdits'), text: block },
  'editor.chat-undo': { reason: from('Chat.applyEdits'), text: block },
  'editor.code-action': { reason: from('codeAction', { $extensionId: 'acme.fix' }), text: block },
  'editor.code-action-ai': { reason: from('codeAction', { $extensionId: 'acme.fix' }), text: block },
  'editor.code-action-stranger': { reason: from('codeAction', { $extensionId: 'acme.fix' }), text: 'word' },
  'editor.format': { reason: from('unknown', { name: 'formatEditsCommand' }), text: 'b', removed: 'a' },
  'editor.format-words': { reason: from('unknown', { name: 'formatEditsCommand' }), text: 'a;', removed: 'a' },
  'editor.format-block': { reason: from('unknown', { name: 'formatEditsCommand' }), text: '  a', removed: 'a' },
  'editor.paste': { reason: cursor('paste'), text: 'word' },
  'editor.paste-short': { reason: cursor('paste'), text: block },
  'editor.drop': { reason: from('unknown'), text: block, dropping: 'something else' },
  'editor.drop-short': { reason: from('unknown'), text: block, dropping: block },
  'editor.extension': { reason: cursor('type') },
  'editor.extension-ai': { reason: from('unknown', { $extensionId: 'acme.tool' }), text: block },
  'editor.diff-ai': { reason: from('unknown'), text: '  a', removed: 'a', diffOf: 'cline' },
  'editor.extension-layout': { reason: from('unknown'), text: 'ab', removed: 'a' },
  'editor.extension-order': { reason: from('unknown'), text: 'b\na\nc', removed: 'a\nb' },
  'editor.undo': { reason: from('applyEdits') },
  'editor.redo': { reason: from('applyEdits') },
  'keys.type': { text: 'words' },
  'keys.compose': { text: '日本語', removed: '' },
  'keys.unclear': { text: 'x' },
  'keys.unclear-layout': { text: ' x ', atCursor: false },
  'keys.unclear-order': { text: 'b\na\nc', removed: 'a\nb' },
  'wrapper.inline-completion': { text: block, accepting: false },
  'disk.reload': { reason: from('unknown'), text: block },
  'disk.reload-clean': { text: block, staysClean: false },
};

describe('every rule about a change', () => {
  for (const [rule, given] of Object.entries(nearMisses)) {
    it(`${rule} has a case that shows it`, () => assert.ok(shown.has(rule)));
    it(`${rule} does not go too far`, () => assert.notEqual(told(given).split(' ').at(-1), rule));
  }
});

describe('the tool behind an extension', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['github.copilot', 'copilot'],
    ['GitHub.copilot-chat', 'copilot'],
    ['github.copilotx', undefined],
    ['Codeium.codeium', 'windsurf'],
    ['anysphere.cursor-tab', 'cursor'],
    ['vscode.git', undefined],
  ];
  for (const [id, tool] of cases) it(`${id}: ${tool ?? 'none'}`, () => assert.equal(knownAiTool(id), tool));
  it('is named after the last part where it is in no table', () =>
    assert.equal(aiToolOf('acme.Über Writer'), 'ber-writer'));
});
