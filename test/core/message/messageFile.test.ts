import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decideTrailers, type TrailerSituation } from '../../../src/core/message/decideTrailers';
import { editMessage, hasOurTrailers, type MessageContext } from '../../../src/core/message/messageFile';

const oid = 'c'.repeat(40);
const A = 'Assisted-by: Cursor:m';
const P = `AI-Provenance: v1 ai=1 ai-edited=0 human=0 pasted=0 unknown=0 record=${oid}`;
const P2 = P.replace('ai=1 ', 'ai=2 ');
const T = [A, P];

const message: MessageContext = {
  hook: 'prepare-commit-msg',
  commentPrefix: '#',
  editor: false,
  verify: true,
  source: 'message',
  cleanup: 'default',
};
const editor: MessageContext = { ...message, editor: true, source: undefined };
const committing: MessageContext = { ...editor, hook: 'commit-msg' };

/** In the cases `T` stands for the two trailer lines, `A` and `P` for one each, `P2` for a provenance with other numbers. */
function expand(text: string): string {
  return text
    .replace(/^T(\r?\n|$)/gm, (_, eol) => `${A}${eol === '\r\n' ? eol : '\n'}${P}${eol}`)
    .replace(/^A$/gm, A)
    .replace(/^P2$/gm, P2)
    .replace(/^P$/gm, P);
}

function check(name: string, context: MessageContext, before: string, after: string, trailers: readonly string[] = T) {
  it(name, () => {
    const from = expand(before);
    const to = expand(after);
    assert.deepEqual(editMessage(from, trailers, context), { text: to, changed: from !== to });
    assert.equal(editMessage(to, trailers, context).changed, false, 'a second edit changes nothing');
  });
}

describe('editMessage: where the trailers go', () => {
  check('a subject alone', message, 's\n', 's\n\nT\n');
  check('no final newline', message, 's', 's\n\nT');
  check('trailing blank lines stay behind', message, 's\n\n\n', 's\n\nT\n\n\n');
  check('a body', message, 's\n\nb\n', 's\n\nb\n\nT\n');
  check('a subject that looks like a trailer', message, 'fix: x\n', 'fix: x\n\nT\n');
  check('extends a trailer block', message, 's\n\nFixes: #1\n', 's\n\nFixes: #1\nT\n');
  check('a folded value', message, 's\n\nFixes: #1\n  more\n', 's\n\nFixes: #1\n  more\nT\n');
  check('one line of prose makes it none', message, 's\n\nprose\nFixes: #1\n', 's\n\nprose\nFixes: #1\n\nT\n');
  check('25 %', message, 's\n\np\np\np\nSigned-off-by: a\n', 's\n\np\np\np\nSigned-off-by: a\nT\n');
  check('below 25 %', message, 's\n\np\np\np\np\nSigned-off-by: a\n', 's\n\np\np\np\np\nSigned-off-by: a\n\nT\n');
  const known = { ...message, knownKeys: ['Ticket'] };
  check('25 % by a configured key', known, 's\n\np\nticket: 1\n', 's\n\np\nticket: 1\nT\n');
  check(
    'cherry-pick -x',
    message,
    's\n\np\n(cherry picked from commit 1)\n',
    's\n\np\n(cherry picked from commit 1)\nT\n',
  );
  check('a divider in the body', message, 's\n\nb\n---\nFixes: 1\n', 's\n\nb\n---\nFixes: 1\n\nT\n');
  check('a divider before the block', message, 's\n\n---\n\nFixes: 1\n', 's\n\n---\n\nFixes: 1\nT\n');
  check('CRLF', message, 's\r\n\r\nFixes: 1\r\n', 's\r\n\r\nFixes: 1\r\nT\r\n');
  check('CRLF, a new block', message, 's\r\n', 's\r\n\r\nT\r\n');
  check('nothing is a comment without an editor', message, 's\n\n#1 is fixed\n', 's\n\n#1 is fixed\n\nT\n');
  check('old conflict list', message, 's\n\nFixes: 1\n\nConflicts:\n\ta\n', 's\n\nFixes: 1\nT\n\nConflicts:\n\ta\n');
  check('bytes that are not UTF-8', message, 's \xff\xfe\n', 's \xff\xfe\n\nT\n');
});

describe('editMessage: with an editor', () => {
  check('a fresh file leaves the first line free', editor, '\n# c\n# c\n', '\n\nT\n\n# c\n# c\n');
  check('an empty file', editor, '', '\n\nT\n');
  check('sign-off only', editor, '\n\nSigned-off-by: a\n\n# c\n', '\n\nSigned-off-by: a\nT\n\n# c\n');
  check('before the comment block', editor, 's\n\nb\n\n# c\n', 's\n\nb\n\nT\n\n# c\n');
  check(
    'comments inside',
    editor,
    '# 1st\n\nfix: s\n\n# 2nd\n\nFixes: 1\n\n# c\n',
    '# 1st\n\nfix: s\n\n# 2nd\n\nFixes: 1\nT\n\n# c\n',
  );
  check('a template', { ...editor, template: 'why?\n' }, 'why?\n\n# c\n', 'why?\n\nT\n\n# c\n');
  const cut = '# ------------------------ >8 ------------------------\n# d\n+A\n';
  check('scissors', editor, `s\n${cut}`, `s\n\nT\n${cut}`);
  check('nothing below the scissors is ours', editor, `s\n\nT\n${cut}T\n`, `s\n${cut}T\n`, []);
  check(
    'another comment character',
    { ...editor, commentPrefix: ';' },
    's\n# no comment\n; c\n',
    's\n# no comment\n\nT\n; c\n',
  );
  check('a comment string', { ...editor, commentPrefix: '//' }, 's\n\n// c\n', 's\n\nT\n\n// c\n');
  check('auto', { ...editor, commentPrefix: 'auto' }, '#1 s\n\n; c\n;\n', '#1 s\n\nT\n\n; c\n;\n');
  check(
    'auto, by the scissors',
    { ...editor, commentPrefix: 'auto' },
    `#1 s\n${cut.replaceAll('#', '@')}`,
    `#1 s\n\nT\n${cut.replaceAll('#', '@')}`,
  );
  check('auto, the comments deleted', { ...editor, commentPrefix: 'auto' }, 's\n\nFixes: 1\n', 's\n\nFixes: 1\nT\n');
  const unverified = { ...editor, verify: false };
  check('--no-verify', unverified, '\n# c\n', `\n# ${A}\n# ${P}\n# c\n`);
  check('--no-verify on an amend', unverified, 's\n\nT\n\n# c\n', `s\n\n# ${A}\n# ${P}\n# c\n`);
  check('--no-verify where comments are kept', { ...unverified, cleanup: 'whitespace' }, 's\n# c\n', 's\n# c\n');
  check('--no-verify without an editor', { ...message, verify: false }, 's\n', 's\n\nT\n');
});

describe('editMessage: replaces and removes', () => {
  check('replaces', message, 's\n\nFixes: 1\nA\nP\n', 's\n\nFixes: 1\nP2\n', [P2]);
  check('goes last', message, 's\n\nA\nP\nSigned-off-by: a\n', 's\n\nSigned-off-by: a\nT\n');
  check('each of a squash once', editor, 's1\n\nT\n\ns2\n\nT\n\n# c\n', 's1\n\ns2\n\nT\n\n# c\n');
  check('glued to the subject', committing, 's\nT\n\n# c\n', 's\n\nT\n\n# c\n');
  check('text typed below', committing, '\n\nT\ns\n\n# c\n', '\n\ns\n\nT\n\n# c\n');
  check('removes', message, 's\n\nT\n', 's\n', []);
  check('removes from a block', message, 's\n\nFixes: 1\nT\n', 's\n\nFixes: 1\n', []);
  check('keeps indented ones', message, 's\n\n  A\n  P\n', 's\n\n  A\n  P\n', []);
  check('keeps an indented copy', message, `s\n\n    ${A}\n    ${P}\n`, `s\n\n    ${A}\n    ${P}\n`, []);
  check('keeps commented ones', editor, `s\n\n# ${P}\n`, `s\n\n# ${P}\n`, []);
  check('keeps an Assisted-by that stands alone', message, 's\n\nA\n\nb\n', 's\n\nA\n\nb\n', []);
  check('keeps a person', message, `s\n\nAssisted-by: Ann <a@b>\nP\n`, `s\n\nAssisted-by: Ann <a@b>\n`, []);
  check('keeps what does not parse whole', message, `s\n\n${P} x\n`, `s\n\n${P} x\n`, []);
  check('Assisted-by alone is not repeated', message, 's\n\nA\n', 's\n\nA\n', [A]);
  check('CRLF', message, 's\r\n\r\nT\r\n', 's\r\n', []);
});

describe('editMessage: messages that git would refuse', () => {
  const same = (name: string, context: MessageContext, text: string, after = text) => check(name, context, text, after);
  same('empty, no editor', message, '');
  same('blank, no editor', message, '\n \n');
  same('sign-off only, no editor', message, 'Signed-off-by: a\n');
  same('comments only, GIT_EDITOR is : itself', { ...message, source: undefined }, '\n# c\n');
  same('left empty', committing, '\n\nT\n\n# c\n', '\n# c\n');
  same('left with a sign-off', committing, '\n\nSigned-off-by: a\nT\n\n# c\n', '\n\nSigned-off-by: a\n\n# c\n');
  const template = { ...committing, template: '# how\nWhy:\n\n\nTicket: \n' };
  same('template untouched', template, '# how\nWhy:\n\n\nTicket: \nT\n\n# c\n', '# how\nWhy:\n\n\nTicket: \n\n# c\n');
  check('template filled in', template, '# how\nWhy: so\n\nT\n# c\n', '# how\nWhy: so\n\nT\n# c\n');
  same('template untouched, --no-edit', { ...message, source: 'template', template: 't\n' }, 't\n');
});

describe('hasOurTrailers', () => {
  it('sees them', () => assert.equal(hasOurTrailers(`s\n\n${P}\n`, message), true));
  it('not in a comment', () => assert.equal(hasOurTrailers(`s\n\n# ${P}\n`, editor), false));
  it('a file without an editor has no comments, yet a commented line is not ours', () =>
    assert.equal(hasOurTrailers(`s\n\n# ${P}\n`, message), false));
});

describe('decideTrailers', () => {
  const base: TrailerSituation = {
    hook: 'prepare-commit-msg',
    wanted: T,
    inMessage: false,
    prepared: false,
    deleted: false,
  };
  const cases: readonly (readonly [
    string,
    Partial<TrailerSituation>,
    readonly string[] | 'leave',
    'set' | 'clear' | 'keep',
  ])[] = [
    ['writes', {}, T, 'keep'],
    ['has nothing to write', { wanted: [] }, 'leave', 'keep'],
    ['removes those of a message whose AI text is gone', { wanted: [], inMessage: true }, [], 'clear'],
    ['stays without after a deletion', { deleted: true }, 'leave', 'keep'],
    ['updates what came back', { deleted: true, inMessage: true }, T, 'clear'],
    ['amend of a recorded commit without', { recorded: { hadTrailers: false } }, 'leave', 'keep'],
    ['amend of a recorded commit with, other message', { recorded: { hadTrailers: true } }, T, 'keep'],
    ['commit-msg updates', { hook: 'commit-msg', inMessage: true, prepared: true }, T, 'clear'],
    ['commit-msg marks a deletion', { hook: 'commit-msg', prepared: true }, 'leave', 'set'],
    ['commit-msg never adds', { hook: 'commit-msg' }, 'leave', 'keep'],
  ];
  for (const [name, situation, trailers, mark] of cases)
    it(name, () =>
      assert.deepEqual(decideTrailers({ ...base, ...situation }), {
        edit: trailers === 'leave' ? 'leave' : { trailers },
        mark,
      }),
    );
});
