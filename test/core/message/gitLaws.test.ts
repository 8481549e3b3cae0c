import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { editMessage, type MessageContext } from '../../../src/core/message/messageFile';

const P = `AI-Provenance: v1 ai=1 ai-edited=0 human=0 pasted=0 unknown=0 record=${'c'.repeat(40)}`;
const T = ['Assisted-by: Cursor:m', P];
const U = ['Assisted-by: Amp', 'Assisted-by: Codex:x', P.replace('ai=1 ', 'ai=22 ')];
const seed = Number(process.env['TEST_SEED'] ?? 20_261_122);

const message: MessageContext = {
  hook: 'prepare-commit-msg',
  commentPrefix: '#',
  editor: false,
  verify: true,
  source: 'message',
  cleanup: 'default',
};
const editor: MessageContext = { ...message, editor: true, source: undefined };

const anyLine = fc.constantFrom(
  '',
  '',
  '',
  ' ',
  's',
  'prose here',
  'fix: x',
  'Fixes: #1',
  'Fixes:',
  'Key : v',
  '  folded',
  '\tfolded',
  '---',
  '--- x',
  'Signed-off-by: A <a@b>',
  '(cherry picked from commit 123)',
  '# comment',
  '#',
  'Conflicts:',
  '\tpath',
  ':x',
  'a_b: c',
  '# ------------------------ >8 ------------------------',
  'Acked-by: B <b@c>',
  P,
  'Assisted-by: Cursor:m',
  `  ${P}`,
);
const anyMessage = fc
  .tuple(fc.array(anyLine, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, eol, ends]) => lines.join(eol) + (ends ? eol : ''));

describe('editMessage laws', () => {
  const context = fc.constantFrom<MessageContext>(message, editor, { ...editor, hook: 'commit-msg' });
  const law = (name: string, holds: (text: string, context: MessageContext) => void) =>
    it(`${name} (seed ${seed})`, () =>
      fc.assert(
        fc.property(anyMessage, context, (text, c) => holds(text, c)),
        { seed, numRuns: 1_500 },
      ));
  const edit = (text: string, trailers: readonly string[], c: MessageContext) => editMessage(text, trailers, c).text;

  law('removal undoes', (raw, c) => {
    const text = edit(raw, [], c);
    // A line of the user's in our grammar directly above ours is ours by definition.
    fc.pre(!text.includes('Assisted-by: Cursor:m'));
    assert.equal(edit(edit(text, T, c), [], c), text);
  });
  law('the last edit decides', (raw, c) => {
    fc.pre(!raw.includes('Assisted-by: Cursor:m'));
    const text = edit(raw, [], c);
    assert.equal(edit(edit(text, T, c), U, c), edit(text, U, c));
  });
  law('idempotent', (raw, c) => {
    fc.pre(!raw.includes('Assisted-by: Cursor:m'));
    assert.equal(edit(edit(raw, T, c), T, c), edit(raw, T, c));
  });
  law('keeps every other line in order', (raw, c) => {
    const words = (text: string) =>
      text.split(/\r?\n/).filter((line) => /\S/.test(line) && line !== P && line !== T[0]);
    assert.deepEqual(words(edit(raw, T, c)), words(raw));
  });
});

describe('editMessage and git', function () {
  this.timeout(60_000);
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-message-'));
    git(['init', '-q']);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  function git(args: readonly string[], input = ''): string {
    return execFileSync('git', [...args], {
      cwd: dir,
      input: Buffer.from(input, 'latin1'),
      encoding: 'latin1',
      env: {
        PATH: process.env['PATH'],
        HOME: dir,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@b',
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@b',
      },
    });
  }
  const parse = (text: string) =>
    git(['interpret-trailers', '--parse', '--no-divider'], text).split('\n').filter(Boolean);

  it(`git sees the old trailers and ours (seed ${seed})`, () => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(message, editor), (raw, c) => {
        const clean = (text: string) => git(['stripspace', ...(c.editor ? ['--strip-comments'] : [])], cutOff(text));
        const bare = editMessage(raw, [], c).text;
        const text = editMessage(bare, T, c).text;
        fc.pre(!bare.includes('Assisted-by: Cursor:m'));
        if (text === bare) return;
        // What an author leaves empty has no subject yet: the sign-offs in it are no block for git.
        fc.pre(clean(bare).replace(/^(Signed-off-by: .*|\s*)\n/gm, '') !== '');
        assert.deepEqual(parse(clean(text)), [...parse(clean(bare)), ...T]);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('a commit made with the message has the trailers', () => {
    for (const cleanup of ['strip', 'whitespace', 'verbatim', 'scissors']) {
      const file = join(dir, 'message');
      writeFileSync(file, editMessage('s\r\n\r\nbody\r\n---\r\n\r\nFixes: 1\r\n', T, message).text, 'latin1');
      git(['commit', '-q', '--allow-empty', `--cleanup=${cleanup}`, '-F', file]);
      const seen = git(['log', '-1', '--format=%(trailers:only,unfold)']).split(/\r?\n/).filter(Boolean);
      assert.deepEqual(seen, ['Fixes: 1', ...T], cleanup);
    }
  });

  /** What `git commit` does with scissors before its cleanup. */
  function cutOff(text: string): string {
    const index = text.search(/^# -{24} >8 -{24}\r?$/m);
    return index < 0 ? text : text.slice(0, index);
  }
});
