import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { coAuthorsOf } from '../../src/app/gate/gatherCommits';
import { movedLines } from '../../src/app/gate/movedLines';
import type { RepoPath } from '../../src/core/brand';
import { parseDiffAttributes, saysOfDiff } from '../../src/core/gate/gitAttributes';
import { hiddenContent } from '../../src/core/gate/hiddenContent';
import { type Clone, type Server, server } from '../gate/server';
import { lines, outcome, place, pushAll } from './support';

describe('AI lines that are to look like something else', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  beforeEach(() => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }' });
    ana = at.clone('ana');
  });
  afterEach(() => at.remove());

  const byAi = async (path: string, count: number): Promise<void> => {
    await ana.record(ana.commit() as never, path, `1-${count}`, 'ai');
  };

  it('count when a rename takes them out of the exempt files', async () => {
    ana.write('docs/x.js', lines(40, 'ai'));
    await byAi('docs/x.js', 40);
    assert.equal(outcome(pushAll(ana, 'main')), 'passed');
    ana.git('mv', 'docs/x.js', 'x.js');
    ana.commit();
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });

  it('count in a text that a NUL makes binary, and where a binary was', async () => {
    ana.write('nul.js', `// \0\n${lines(40, 'ai')}`);
    await byAi('nul.js', 41);
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
    ana.git('reset', '-q', '--hard', 'HEAD^');
    ana.write('data.js', '\0\x01\x02\n');
    ana.commit();
    place(at, ana, 'main');
    ana.write('data.js', lines(40, 'ai'));
    await byAi('data.js', 40);
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });

  it('count in a file that takes the place of a symbolic link', async () => {
    symlinkSync('code.js', join(ana.path, 'link.js'));
    ana.commit();
    assert.equal(outcome(pushAll(ana, 'main')), 'passed');
    unlinkSync(join(ana.path, 'link.js'));
    ana.write('link.js', lines(40, 'ai'));
    await byAi('link.js', 40);
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });

  it('block below the threshold where nobody can read them', async () => {
    for (const [path, text] of [
      ['long.js', lines(60, 'ai;').replaceAll('\n', ' ')],
      ['bidi.js', 'if (a) { // \u202e } \u2066 b'],
    ] as const) {
      ana.write(path, `${text}\n`);
      await byAi(path, 1);
      assert.equal(outcome(pushAll(ana, 'main')), 'blocked', path);
      ana.git('reset', '-q', '--hard', 'HEAD^');
    }
  });

  it('block below the threshold where attributes keep them out of diffs', async () => {
    ana.write('.gitattributes', '*.js -diff\n');
    ana.write('src/.gitattributes', 'b.js diff\n');
    ana.commit();
    place(at, ana, 'main');
    for (const [path, expected] of [
      ['src/a.js', 'blocked'],
      ['src/b.js', 'passed'],
    ] as const) {
      ana.write(path, 'const a = 1;\n');
      await byAi(path, 1);
      assert.equal(outcome(pushAll(ana, 'main')), expected, path);
      if (expected === 'blocked') ana.git('reset', '-q', '--hard', 'HEAD^');
    }
  });
});

describe('attributes that keep a text out of diffs', () => {
  it('are those that git goes by', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-attributes-')));
    try {
      const git = (args: readonly string[], input = '') =>
        spawnSync('git', args, { cwd: folder, input, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
      git(['init', '-q']);
      const text = `[attr]blob binary
# *.md -diff
*.bin binary
*.min.js -diff
/top.js -diff
docs/ -diff
lib -diff
gen/** -diff
gen/**/keep.js diff=js
"quoted name.js" -diff
*.lock\t-text -diff
x.lock !diff
a/*/c.js blob
!neg.js -diff
[ab].ts -diff text
both.js -diff diff
`;
      writeFileSync(join(folder, '.gitattributes'), text);
      const names = [
        'a.bin',
        'x/a.bin',
        'a.min.js',
        'top.js',
        'x/top.js',
        'docs/a.js',
        'lib',
        'lib/a.js',
        'x/lib',
        'gen/a',
      ];
      names.push('gen/x/keep.js', 'gen/keep.js', 'quoted name.js', 'y.lock', 'x.lock', 'a/b/c.js', 'a/c.js', 'neg.js');
      names.push('a.ts', 'c.ts', 'both.js', 'README.md', '!neg.js', 'a/b/d/c.js');
      const told = git(['check-attr', '-z', '--stdin', 'diff'], `${names.join('\0')}\0`)
        .stdout.toString()
        .split('\0');
      const attributes = parseDiffAttributes(text);
      for (const [index, name] of names.entries()) {
        const isHidden = told[index * 3 + 2] === 'unset';
        assert.equal(saysOfDiff(attributes, name) === 'hidden', isHidden, name);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('hidden content', () => {
  const check = (text: string, kinds: readonly string[], path = 'a.js', line = 2) =>
    it(`${JSON.stringify(text.slice(0, 40))} in ${path}:${line} is ${kinds.join(', ') || 'none'}`, () =>
      assert.deepEqual(
        hiddenContent(path, [{ line, text }]),
        kinds.map((kind) => ({ kind, lines: `${line}` })),
      ));
  check('const a = 1;', []);
  check('a\u202eb', ['bidi']);
  check('a\u200bb', ['zero-width']);
  check('a\u200db', ['zero-width']);
  check('const x\u{e0041} = 1', ['zero-width']);
  check('// text\u2028attack()', ['zero-width']);
  check('a\ufff9b', ['zero-width']);
  check('a\u034fb', ['zero-width']);
  check('a\u{e0fff}b', ['zero-width']);
  check('const s = "\ufe01"', ['zero-width']);
  check('s`\u{e0110}\u{e0111}`', ['zero-width']);
  check('❤\ufe0f\ufe0e', ['zero-width']);
  check('❤\ufe0f 1\ufe0f\u20e3 葛\u{e0100}', []);
  check('👨\u200d👩\u200d👧', []);
  check('می\u200cخواهم', []);
  check('\ufeffconst a = 1;', [], 'a.js', 1);
  check('\ufeffconst a = 1;', ['zero-width']);
  check('x'.repeat(1001), ['minified']);
  check('x'.repeat(1000), []);
  check('word '.repeat(400), [], 'docs/a.md');
});

describe('moved lines', () => {
  it('take little time to look for, whatever the lines are', () => {
    const swap = (count: number, text: string, startOld: number, startNew: number) => ({
      oldStart: startOld,
      oldCount: count,
      newStart: startNew,
      newCount: 0,
      removed: Array.from({ length: count }, () => Buffer.from(text)),
      added: [],
      oldNoEol: false,
      newNoEol: false,
      lines: [],
    });
    const gone = swap(20_000, '}', 1, 0);
    const fresh = { ...swap(0, '', 40_001, 20_002), newCount: 20_000, added: gone.removed };
    const before = process.cpuUsage().user;
    const moved = movedLines({
      status: 'M',
      path: 'a.js' as RepoPath,
      oldPath: undefined,
      oldMode: '100644',
      newMode: '100644',
      oldOid: undefined,
      newOid: undefined,
      binary: false,
      hunks: [gone, fresh],
    });
    assert.equal(moved.added.size, 0);
    assert.ok(process.cpuUsage().user - before < 5_000_000);
  });
});

describe('co-authors', () => {
  const check = (message: string, expected: readonly string[]) =>
    it(JSON.stringify(message), () => assert.deepEqual(coAuthorsOf(message), expected));
  check('s\n\nCo-authored-by: C <c@x>', ['c@x']);
  check('s\n\nco-AUTHORED-by : C <c@x>', ['c@x']);
  check('s\n\nCo-authored-by: C <c@x> <d@y>', ['c@x', 'd@y']);
  check('s\n\nCo-authored-by: c@x', ['c@x']);
  check('s\n\nCo-authored-by: C\n <c@x>', ['c@x']);
  check('s\n\nCo-authored-by: C\r <c@x>\r\n', ['c@x']);
  check('s\n\nCo-authored-by: C\u2028<c@x>', ['c@x']);
  check('s\n\nNot-co-authored-by: C <c@x>', []);
});
