import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { attributedBy } from '../../src/core/attribution/attributed';
import type { AbsPath } from '../../src/core/brand';
import { textIdOf } from '../../src/core/text/textId';
import { compactLedger } from '../../src/store/compactLedger';
import type { NewState } from '../../src/store/journalWriter';
import { Ledger } from '../../src/store/ledger';
import { by } from '../core/attribution/notation';

const day = 24 * 60 * 60_000;
const now = 1_800_000_000_000;

describe('compactLedger', () => {
  let common: AbsPath;
  let directory: string;

  beforeEach(() => {
    common = mkdtempSync(join(tmpdir(), 'countersign-compact-')) as AbsPath;
    directory = join(common, 'countersign', 'ledger');
  });
  afterEach(() => rmSync(common, { recursive: true, force: true }));

  function state(text: string, rest: Partial<NewState> = {}): NewState {
    const attributed = attributedBy(by('A'), text);
    return {
      chain: 'a.ts',
      worktree: '/w',
      path: 'a.ts',
      textId: textIdOf(text),
      existence: 'there',
      role: 'state',
      adopted: [],
      attributed,
      ...rest,
    };
  }

  /** Journals of writers that are gone: their process ids stand for nobody, and they were silent for a day. */
  function write(
    count: number,
    time: (index: number) => number,
    text: (index: number) => string,
    rest: Partial<NewState> = {},
  ): void {
    for (let index = 0; index < count; index++) {
      const ledger = new Ledger(common, `writer${index}`, () => time(index));
      ledger.append([state(`${text(index)}first\n`, rest), state(`${text(index)}first\nsecond\n`, rest)]);
      ledger.dispose();
    }
    for (const name of readdirSync(directory)) age(name);
  }

  function age(name: string): void {
    const path = join(directory, name.replace(/\.\d+\.journal$/, '.0.journal'));
    renameSync(join(directory, name), path);
    utimesSync(path, (now - day) / 1000, (now - day) / 1000);
  }

  function reader(): Ledger {
    const ledger = new Ledger(common, 'reader', () => now);
    ledger.refresh();
    return ledger;
  }

  const options = { now, writer: 'compacted', isCommitted: async () => true };

  it('puts the journals of gone writers into one, and every state is found as before', async () => {
    write(
      50,
      () => now - day,
      (index) => `line ${index}\n`,
    );
    assert.equal(await compactLedger(directory, options), 50);
    assert.deepEqual(readdirSync(directory), ['compacted.0.journal']);
    const ledger = reader();
    for (let index = 0; index < 50; index++) {
      for (const text of [`line ${index}\nfirst\n`, `line ${index}\nfirst\nsecond\n`]) {
        const [found] = ledger.statesOf(textIdOf(text));
        assert.equal(found?.attributed.text, text);
        assert.equal(found?.writer, `writer${index}`);
      }
    }
  });

  it('drops old states of committed texts, never of others', async () => {
    write(
      50,
      (index) => (index < 25 ? now - 31 * day : now - day),
      (index) => `line ${index}\n`,
    );
    const committed = new Set([textIdOf('line 1\nfirst\n'), textIdOf('line 30\nfirst\n')]);
    await compactLedger(directory, { ...options, isCommitted: async (id) => committed.has(id) });
    const ledger = reader();
    assert.equal(ledger.statesOf(textIdOf('line 1\nfirst\n')).length, 0);
    assert.equal(ledger.statesOf(textIdOf('line 2\nfirst\n')).length, 1);
    assert.equal(ledger.statesOf(textIdOf('line 30\nfirst\n')).length, 1);
  });

  it('drops old first halves of hook pairs', async () => {
    write(
      50,
      () => now - 3 * day,
      (index) => `line ${index}\n`,
      { role: 'before', actor: 'ai:x:' },
    );
    await compactLedger(directory, options);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('leaves few journals, fresh ones, those of living writers, and a held lock alone', async () => {
    write(
      10,
      () => now - day,
      (index) => `line ${index}\n`,
    );
    assert.equal(await compactLedger(directory, options), 0);
    write(
      50,
      () => now - day,
      (index) => `line ${index}\n`,
    );
    writeFileSync(join(directory, 'compact.lock'), '');
    utimesSync(join(directory, 'compact.lock'), now / 1000, now / 1000);
    assert.equal(await compactLedger(directory, options), 0);
    rmSync(join(directory, 'compact.lock'));
    const living = new Ledger(common, 'living', () => now);
    living.append([state('alive\n')]);
    const path = join(directory, `living.${process.pid}.journal`);
    utimesSync(path, (now - day) / 1000, (now - day) / 1000);
    await compactLedger(directory, options);
    assert.ok(existsSync(path));
    living.dispose();
  });

  it('a writer whose journal was taken goes on in another one', () => {
    const ledger = new Ledger(common, 'sleeper', () => now);
    ledger.append([state('one\n'.repeat(50))]);
    rmSync(join(directory, ledger.journal));
    ledger.append([state(`${'one\n'.repeat(50)}two\n`)]);
    ledger.dispose();
    assert.equal(reader().statesOf(textIdOf(`${'one\n'.repeat(50)}two\n`)).length, 1);
  });
});
