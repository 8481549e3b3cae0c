import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { attributedBy } from '../../src/core/attribution/attributed';
import type { AbsPath } from '../../src/core/brand';
import { textIdOf } from '../../src/core/text/textId';
import { formatEntry, parseJournal } from '../../src/store/journal';
import type { NewState } from '../../src/store/journalWriter';
import { Ledger } from '../../src/store/ledger';
import { by } from '../core/attribution/notation';

let common: AbsPath;
let clock = 0;
beforeEach(() => {
  common = mkdtempSync(join(tmpdir(), 'countersign-ledger-')) as AbsPath;
  clock = 1000;
});
afterEach(() => rmSync(common, { recursive: true, force: true }));

function state(path: string, text: string, who: string, rest: Partial<NewState> = {}): NewState {
  const attributed = attributedBy(by(who), text);
  return {
    chain: path,
    worktree: '/w',
    path,
    textId: textIdOf(text),
    existence: 'there',
    role: 'state',
    adopted: [],
    attributed,
    ...rest,
  };
}

function opened(writer: string): Ledger {
  const ledger = new Ledger(common, writer, () => ++clock);
  ledger.refresh();
  return ledger;
}

/** The only journal there is. */
function journal(): string {
  const folder = join(common, 'countersign/ledger');
  const [name = ''] = readdirSync(folder);
  return join(folder, name);
}

describe('the ledger', () => {
  it('gives back what was appended, deltas too', () => {
    const writer = opened('one');
    const texts = Array.from(
      { length: 50 },
      (_, index) => 'a line of text\n'.repeat(20) + `number ${index}\n`.repeat(index),
    );
    for (const text of texts) writer.append([state('a.ts', text, 'A')]);
    writer.dispose();
    const reader = opened('two');
    for (const text of texts) assert.equal(reader.statesOf(textIdOf(text))[0]?.attributed.text, text);
    assert.deepEqual(
      reader.lastStates('a.ts').map(({ attributed }) => attributed.text),
      texts.slice(-1),
    );
    assert.deepEqual(reader.pathsWithAi(), ['a.ts']);
    assert.deepEqual(reader.problems(), []);
    reader.dispose();
  });

  it('is private to its owner', () => {
    const writer = opened('one');
    writer.append([state('a.ts', 'x', 'A')]);
    writer.dispose();
    assert.equal(statSync(journal()).mode & 0o777, 0o600);
  });

  it('cut at every byte keeps every entry that is whole, and says so', () => {
    const writer = opened('one');
    const ends: number[] = [];
    const texts = ['one\n', 'one\ntwo\n', 'three is quite another text\n'];
    for (const text of texts) {
      writer.append([state('a.ts', text, 'A')]);
      ends.push(statSync(journal()).size);
    }
    writer.dispose();
    const path = journal();
    const whole = readFileSync(path);
    for (let size = 0; size <= whole.length; size++) {
      writeFileSync(path, whole.subarray(0, size));
      const reader = opened('two');
      const kept = ends.filter((end) => end <= size).length;
      assert.deepEqual(
        texts.map((text) => reader.statesOf(textIdOf(text)).length),
        texts.map((_, index) => (index < kept ? 1 : 0)),
        `cut at ${size}`,
      );
      const torn = size - (ends[kept - 1] ?? 0);
      assert.deepEqual(
        reader.problems().map(({ tornBytes }) => tornBytes),
        torn === 0 ? [] : [torn],
      );
      reader.dispose();
    }
  });

  it('with any byte changed never invents anything', () => {
    const writer = opened('one');
    writer.append([state('a.ts', 'one\n', 'A'), state('b.ts', 'two\n', 'H')]);
    writer.dispose();
    const path = journal();
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x15;
      writeFileSync(path, changed);
      const reader = opened('two');
      for (const text of ['one\n', 'two\n']) {
        for (const found of reader.statesOf(textIdOf(text))) assert.equal(found.attributed.text, text);
      }
      reader.dispose();
    }
  });

  it('reads on where others appended meanwhile', () => {
    const reader = opened('reader');
    const writers = ['w1', 'w2', 'w3'].map(opened);
    for (const [index, writer] of writers.entries()) writer.append([state('a.ts', `text ${index}\n`, 'A')]);
    assert.deepEqual(reader.lastStates('a.ts'), []);
    reader.refresh();
    assert.equal(reader.lastStates('a.ts').length, 3);
    writers[0]?.append([state('a.ts', 'again\n', 'H')]);
    reader.refresh();
    assert.deepEqual(
      reader
        .lastStates('a.ts')
        .map(({ attributed }) => attributed.text)
        .sort(),
      ['again\n', 'text 1\n', 'text 2\n'],
    );
    for (const ledger of [reader, ...writers]) ledger.dispose();
  });

  it('passes over entries of another version', () => {
    const writer = opened('one');
    writer.append([state('a.ts', 'one\n', 'A')]);
    writer.dispose();
    appendFileSync(journal(), formatEntry({ header: { v: 2, new: true }, payload: '' }));
    const reader = opened('two');
    assert.equal(reader.statesOf(textIdOf('one\n')).length, 1);
    assert.deepEqual(reader.problems(), []);
    reader.dispose();
  });

  it('tells hooks when there may be AI work, and when there is none', () => {
    const marker = join(common, 'countersign/quiet');
    const writer = opened('one');
    const ref = { name: 'refs/notes/countersign', oid: 'a'.repeat(40) };
    writer.markQuiet([ref]);
    assert.equal(readFileSync(marker, 'utf8'), `${ref.oid} ${ref.name}\n`);
    writer.append([state('a.ts', 'one\n', 'H')]);
    assert.ok(existsSync(marker));
    writer.append([state('a.ts', 'two\n', 'A')]);
    assert.ok(!existsSync(marker));
    writer.dispose();
    writer.dispose();
  });

  it('says which code when it cannot be written', () => {
    writeFileSync(join(common, 'countersign'), '');
    const ledger = new Ledger(common, 'one', () => 1);
    assert.throws(() => ledger.append([state('a.ts', 'x', 'H')]), { code: 'not-writable' });
  });
});

describe('a journal', () => {
  it('is what its grammar says', () => {
    const entry = formatEntry({ header: { a: 'x\ty\n' }, payload: 'cGF5' }).toString();
    assert.match(entry, /^\d+ [0-9a-f]{16} \{"a":"x\\ty\\n"\}\tcGF5\n$/);
    const { entries, goodBytes, tornBytes } = parseJournal(Buffer.from(entry.repeat(3)));
    assert.equal(entries.length, 3);
    assert.deepEqual([goodBytes, tornBytes], [entry.length * 3, 0]);
  });
});
