import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RepoPath } from '../../../src/core/brand';
import type { CommitRecord, RecordTuple } from '../../../src/core/record/record';
import { recordLines } from '../../../src/core/record/recordReader';

function recordOf(...lines: RecordTuple[]): CommitRecord {
  return {
    schema: 1,
    tool: 'countersign',
    sessions: { s1: { tool: 'claude-code', kind: 'agent', evidence: 'measured' } },
    files: { 'a.ts': { lines } },
    counts: { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0 },
  };
}

function classes(...lines: RecordTuple[]): string {
  return [...recordLines(recordOf(...lines), 'a.ts' as RepoPath)]
    .map(([line, { class: name }]) => `${line}:${name}`)
    .join(' ');
}

describe('recordLines', () => {
  it('reads ranges and who', () => {
    assert.equal(classes(['1-2,5', 's1'], ['3', 's1', 'edited'], ['4', 'human']), '1:ai 2:ai 5:ai 3:ai-edited 4:human');
  });
  it('takes the least favourable of tuples that contradict each other, in any order', () => {
    assert.equal(classes(['1', 's1'], ['1', 'human']), '1:ai');
    assert.equal(classes(['1', 'human'], ['1', 's1']), '1:ai');
    assert.equal(classes(['1', 'pasted'], ['1', 'unknown:forge']), '1:unknown');
  });
  it('takes a record for none that lists more lines than any file has', () => {
    assert.equal(classes(['1-9999999999', 'human']), '');
    assert.equal(classes(['1-600000', 'human'], ['600001-1200000', 'human']), '');
  });
});
