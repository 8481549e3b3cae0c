import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { rules } from '../src/core/attribution/rules';

describe('the table of the ways in', () => {
  const readme = readFileSync(path.join(import.meta.dirname, '..', 'src', 'README.md'), 'utf8');
  const rows = readme
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
    .filter((cells) => cells.length === 6);

  it('says of every rule what the code says', () => {
    assert.deepEqual(
      rows.map(([rule, gives, sure]) => [rule?.replaceAll('`', ''), gives, sure]),
      Object.entries(rules).map(([rule, { gives, sure }]) => [rule, gives, sure]),
    );
  });

  it('says of every rule what it sees and what it does not', () => {
    for (const cells of rows)
      assert.ok(
        cells.every((cell) => cell.trim() !== ''),
        cells[0],
      );
  });
});
