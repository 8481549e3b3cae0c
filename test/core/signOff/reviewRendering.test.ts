import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import type { RepoPath } from '../../../src/core/brand';
import type { ReviewEntry } from '../../../src/core/signOff/reviewRendering';
import { diffSha256, ReviewDigest, renderEntry } from '../../../src/core/signOff/reviewRendering';
import { oid } from './aStatement';

const bytes = (text: string) => Buffer.from(text, 'latin1');

function entry(before: string, after: string, change: Partial<ReviewEntry> = {}): ReviewEntry {
  const text = { oldBlob: bytes(before), newBlob: bytes(after), oldOid: oid('1'), newOid: oid('2') };
  return { status: 'M', path: 'f' as RepoPath, oldMode: '100644', newMode: '100644', ...text, ...change };
}

/** Texts are one letter a line; `|` ends a rendered line. */
function check(name: string, before: string, after: string, rendering: string): void {
  it(name, () => {
    const lines = (text: string) => [...text].map((line) => `${line}\n`).join('');
    const rendered = Buffer.from(renderEntry(entry(lines(before), lines(after)))).toString('latin1');
    assert.equal(rendered.replace('M 100644 100644 f\0', '').replaceAll('\n', '|'), rendering);
  });
}

describe('review rendering', () => {
  check('nothing', 'abc', 'abc', '');
  check('replaced line, three lines around it', 'abcdefghi', 'abcdXfghi', '@@| b| c| d|-e|+X| f| g| h|');
  check('at the ends', 'abcdefghi', 'Xbcdefgh', '@@|-a|+X| b| c| d|@@| f| g| h|-i|');
  check('six lines between: one hunk', 'a123456b', 'X123456Y', '@@|-a|+X| 1| 2| 3| 4| 5| 6|-b|+Y|');
  check('seven lines between: two', 'a1234567b', 'X1234567Y', '@@|-a|+X| 1| 2| 3|@@| 5| 6| 7|-b|+Y|');
  check('a new file', '', 'ab', '@@|+a|+b|');
  check('a removed file', 'ab', '', '@@|-a|-b|');

  it('tells a last line without its end', () => {
    const rendered = Buffer.from(renderEntry(entry('a\nb', 'a\nb\n'))).toString('latin1');
    assert.equal(rendered, 'M 100644 100644 f\0@@\n a\n-b\n\\\n+b\n');
  });

  it('keeps each byte, and lines are those of LF alone', () => {
    const rendered = Buffer.from(renderEntry(entry('', '\xff\r\x0b\u0085\n')));
    assert.ok(rendered.equals(bytes('M 100644 100644 f\0@@\n+\xff\r\x0b\u0085\n')));
  });

  it('gives both ids for what is no text', () => {
    const cases: readonly ReviewEntry[] = [
      entry('a\0', 'b'),
      entry('a', 'b\0'),
      entry('a', 'b', { oldMode: '120000', newMode: '120000' }),
      entry('a', 'b', { oldMode: '160000', newMode: '160000' }),
      entry('a', 'b', { newMode: '120000', status: 'T' }),
    ];
    for (const each of cases)
      assert.ok(
        Buffer.from(renderEntry(each))
          .toString()
          .endsWith(`\0oids ${oid('1')} ${oid('2')}\n`),
      );
  });

  it('does not change when the text moves or the ids do', () => {
    const far = 'x\n'.repeat(20);
    const here = entry(`${far}a\n`, `${far}b\n`);
    const moved = entry(`new\n${far}a\n`, `new\n${far}b\n`, { oldOid: oid('8'), newOid: oid('9') });
    assert.equal(diffSha256([here]), diffSha256([moved]));
  });

  const base = entry('a\n', 'b\n');
  const others: readonly (readonly [string, readonly ReviewEntry[]])[] = [
    ['other text', [entry('a\n', 'c\n')]],
    ['white space', [entry('a\n', ' b\n')]],
    ['other path', [{ ...base, path: 'g' as RepoPath }]],
    ['mode', [{ ...base, newMode: '100755' }]],
    ['one more path', [base, entry('', '', { path: 'g' as RepoPath, status: 'A', oldMode: '000000' })]],
    ['nothing', []],
  ];
  for (const [name, entries] of others) {
    it(`differs by ${name}`, () => assert.notEqual(diffSha256(entries), diffSha256([base])));
  }

  it('goes by the bytes of the paths, whatever the order given', () => {
    const paths = ['a', 'a.b', 'a/b', 'é', '\uffee', '\u{1f600}'].map((path) =>
      entry('a\n', 'b\n', { path: path as RepoPath }),
    );
    const rendering = Buffer.concat(paths.map(renderEntry));
    assert.equal(diffSha256([...paths].reverse()), createHash('sha256').update(rendering).digest('hex'));
    const digest = new ReviewDigest();
    digest.add(base);
    assert.throws(() => digest.add(base), { name: 'BugError' });
  });
});
