import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { lastPushFile, readLastPush, writeLastPush } from '../../src/app/gate/lastPush';
import type { AbsPath } from '../../src/core/brand';

describe('the word that the push hook leaves', () => {
  let folder: AbsPath;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-last-push-')) as AbsPath;
  });
  afterEach(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is read as it was written', () => {
    const push = { time: 5, verdict: 'blocked', lines: ['a', 'b'] } as const;
    writeLastPush(folder, push);
    assert.deepEqual(readLastPush(folder), push);
  });

  it('is nothing where nothing was left', () => assert.equal(readLastPush(folder), undefined));

  it('does not stop a push where it cannot be left', () => {
    writeFileSync(join(folder, 'countersign'), '');
    writeLastPush(folder, { time: 5, verdict: 'blocked', lines: [] });
    assert.equal(readLastPush(folder), undefined);
  });

  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"time":"1","verdict":"blocked","lines":[]}',
    '{"time":1,"verdict":"x","lines":[]}',
    '{"time":1,"verdict":"pass"}',
  ]) {
    it(`is nothing where it is not ours: ${text}`, () => {
      mkdirSync(join(folder, 'countersign'));
      writeFileSync(join(folder, lastPushFile), text);
      assert.equal(readLastPush(folder), undefined);
    });
  }
});
