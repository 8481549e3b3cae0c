import assert from 'node:assert/strict';
import { describe } from 'mocha';
import { linesOf, scenario } from '../support/scenario';

const noLines = { ai: 0, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 };

describe('texts that are not plain', () => {
  /** Whole file before, what an AI made of it, and the letters of the result. */
  const cases: readonly (readonly [string, string | Buffer, string | Buffer, string])[] = [
    ['CRLF', 'one.a(1);\r\ntwo.b(2);\r\n', 'one.a(1);\r\nai.x(9);\r\ntwo.b(2);\r\n', 'HAH'],
    ['a change from LF to CRLF', 'one.a(1);\ntwo.b(2);\n', 'one.a(1);\r\ntwo.b(2);\r\n', 'HH'],
    ['no newline at the end', 'one.a(1);', 'one.a(1);\nai.x(9);', 'HA'],
    ['a newline added at the end', 'one.a(1);\ntwo.b(2);', 'one.a(1);\ntwo.b(2);\n', 'HH'],
    ['a byte order mark', '\ufeffone.a(1);\n', '\ufeffone.a(1);\nai.x(9);\n', 'HA'],
    [
      'Latin-1',
      Buffer.from('one.caf\xe9(1);\n', 'latin1'),
      Buffer.from('one.caf\xe9(1);\nai.\xfc(9);\n', 'latin1'),
      'HA',
    ],
    ['NUL bytes', 'one.a(1);\0\n', 'one.a(1);\0\nai.\0x(9);\n', 'HA'],
    ['a lone CR', 'one.a(1);\rhalf.b(2);\n', 'one.a(1);\rhalf.b(2);\nai.x(9);\n', 'HA'],
    ['astral characters', 'one.😀(1);\n', 'one.😀(1);\nai.😀😀(9);\n', 'HA'],
    ['a form feed and other blanks', 'one.a(1);\n\f\n', 'one.a(1);\n\f\nai.\u2028x(9);\n', 'HHA'],
    ['blank lines', 'one.a(1);\n', 'one.a(1);\n\n\nai.x(9);\n', 'HAAA'],
    ['the empty file', '', 'ai.x(9);\n', 'A'],
  ];
  for (const [name, before, after, letters] of cases) {
    scenario(name, (repo) => {
      repo.edit('H', { 'a.js': before });
      repo.commit();
      repo.edit('A', { 'a.js': after });
      repo.commit();
      assert.equal(repo.blame('a.js', 'HEAD'), letters);
      assert.equal(repo.blame('a.js'), letters);
    });
  }

  scenario('line ends that git converts', (repo) => {
    repo.git('config', 'core.autocrlf', 'true');
    repo.edit('A', { 'a.js': 'one.a(1);\r\ntwo.b(2);\r\n' });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
    assert.deepEqual(repo.record().counts, { ...noLines, ai: 2 });
  });

  scenario('a clean filter', (repo) => {
    repo.git('config', 'filter.up.clean', 'tr a-z A-Z');
    repo.git('config', 'filter.up.smudge', 'tr A-Z a-z');
    repo.write('.gitattributes', '*.up filter=up\n');
    repo.edit('A', { 'a.up': 'one two three\nfour five six\n' });
    repo.commit();
    assert.equal(repo.blame('a.up', 'HEAD'), 'AA');
  });

  scenario('attributes and settings that change what git shows', (repo) => {
    repo.write('.gitattributes', 'a.js binary\nb.js -diff\nc.js diff=odd\n');
    repo.git('config', 'diff.odd.textconv', 'tac');
    repo.git('config', 'diff.external', 'false');
    repo.git('config', 'diff.algorithm', 'patience');
    repo.git('config', 'diff.noprefix', 'true');
    repo.git('config', 'color.ui', 'always');
    repo.edit('A', { 'a.js': linesOf('x', 2), 'b.js': linesOf('y', 2), 'c.js': linesOf('z', 2) });
    repo.commit();
    assert.deepEqual(repo.record().counts, { ...noLines, ai: 6, unknown: 3 });
    assert.equal(repo.blame('a.js', 'HEAD') + repo.blame('b.js', 'HEAD') + repo.blame('c.js', 'HEAD'), 'AAAAAA');
  });

  scenario('an order of files that is not there', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit();
    repo.write('b.js', linesOf('y', 1));
    repo.git('add', '-A');
    repo.git('config', 'diff.orderFile', 'not-there');
    repo.git('update-ref', 'HEAD', repo.git('commit-tree', repo.git('write-tree'), '-p', 'HEAD', '-m', 'B'));
    assert.equal(repo.blame('b.js', 'HEAD'), 'u');
  });

  scenario('a symbolic link and a mode are no lines', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit();
    repo.git('update-index', '--chmod=+x', 'a.js');
    repo.git('commit', '-qm', 'Mode');
    repo.cli(['show']);
    assert.deepEqual(repo.record().counts, noLines);
  });
});

describe('names of files', () => {
  const names = [
    'with space.js',
    'quo"te.js',
    "apo'strophe.js",
    'new\nline.js',
    'tab\t.js',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '-dash.js',
    '--all',
    'back\\slash.js',
    'u\u0308nfd.js',
    '\u{1f600}.js',
    ':colon',
    '*.js',
    '[a].js',
    'a/b/../c'.replace('/../', '/..x/'),
    ' leading',
    'trailing ',
    'a:1-2',
    '#hash',
    '---',
    '$(x)`y`',
  ];
  scenario('of any kind are recorded, shown and blamed', (repo) => {
    const files = Object.fromEntries(names.map((name, index) => [`d${index}/${name}`, linesOf(`x${index}n`, 2)]));
    // `__proto__` as a key of its own, not as a prototype.
    repo.edit('A', { ...files });
    repo.commit();
    assert.deepEqual(repo.record().counts, { ...noLines, ai: names.length * 2 });
    assert.deepEqual(Object.keys(repo.record().files ?? {}).sort(), Object.keys(files).sort());
    for (const name of ['d5/__proto__', 'd3/new\nline.js', 'd1/quo"te.js'])
      assert.equal(repo.blame(name, 'HEAD'), 'AA', name);
  });

  scenario('at the top, `__proto__` and dashes among them', (repo) => {
    const top = ['__proto__', 'constructor', '-n', '--json', ':(top)x', '"q"', 'tab\tx'];
    repo.hook('before-edit', 'A', top);
    for (const name of top) repo.write(name, linesOf('x', 1));
    repo.hook('after-edit', 'A', top);
    repo.commit();
    assert.deepEqual(repo.record().counts, { ...noLines, ai: top.length });
    for (const name of top) assert.equal(repo.blame(name, 'HEAD'), 'A', name);
    const { stdout } = repo.cli(['show', '--json', 'HEAD']);
    const [shown] = JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8'));
    assert.equal(Object.keys(shown.files).length, top.length);
  });

  scenario('that are not UTF-8 are quoted as git does', (repo) => {
    repo.hook('before-edit', 'A', []);
    repo.write(Buffer.from('caf\xe9.js', 'latin1'), linesOf('x', 2));
    repo.hook('after-edit', 'A', []);
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'Odd name');
    const file = repo.record().files?.['"caf\\351.js"'];
    assert.equal(file?.pathEncoding, 'git');
    assert.equal(repo.record().counts.ai + repo.record().counts.unknown, 2);
  });

  scenario('a mirror leaves out what git-ai has no way to write the path of', (repo) => {
    repo.edit('A', { 'new\nline.js': linesOf('x', 1), 'a.js': linesOf('y', 1) });
    repo.commit();
    const [attestations = ''] = (repo.note('ai') ?? '').split('---');
    assert.match(attestations, /^a\.js\n {2}s_[0-9a-f]{14}::t_[0-9a-f]{14} 1\n$/);
    assert.equal(repo.record().counts.ai, 2);
  });
});
