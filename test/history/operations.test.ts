import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { Check } from '../fuzz/check';
import { randomOf } from '../fuzz/random';
import { styles } from '../fuzz/style';
import { World } from '../fuzz/world';
import { provenanceRepo } from '../support/provenanceRepo';
import { type Row, rows } from './operationTable';

/** Configuration that people have, and that changes what git says or how it goes about things. */
const hostile: readonly (readonly [key: string, value: string])[] = [
  ['diff.noprefix', 'true'],
  ['diff.external', '/bin/false'],
  ['diff.algorithm', 'patience'],
  ['diff.renames', 'copies'],
  ['diff.context', '9'],
  ['diff.interHunkContext', '9'],
  ['diff.ignoreSubmodules', 'all'],
  ['diff.loud.textconv', 'tr a-z A-Z <'],
  ['color.ui', 'always'],
  ['core.quotepath', 'false'],
  ['core.abbrev', '4'],
  ['core.autocrlf', 'input'],
  ['core.fsmonitor', 'false'],
  ['status.showUntrackedFiles', 'no'],
  ['status.relativePaths', 'false'],
  ['log.showSignature', 'true'],
  ['log.follow', 'true'],
  ['format.pretty', 'oneline'],
  ['blame.ignoreRevsFile', 'not-there'],
  ['blame.showEmail', 'true'],
  ['merge.conflictStyle', 'zdiff3'],
  ['rerere.enabled', 'true'],
  ['rerere.autoUpdate', 'true'],
  ['rebase.autoStash', 'true'],
  ['commit.verbose', 'true'],
  ['commit.cleanup', 'scissors'],
  ['notes.rewriteRef', 'refs/notes/countersign'],
  ['alias.ci', 'commit'],
  ['grep.lineNumber', 'true'],
];

/** `COUNTERSIGN_OPERATIONS=all` runs the table under git's own defaults as well. */
const configurations =
  process.env['COUNTERSIGN_OPERATIONS'] === 'all' ? (['plain', 'hostile'] as const) : (['hostile'] as const);

async function check(row: Row, configuration: 'plain' | 'hostile'): Promise<void> {
  const repo = provenanceRepo();
  try {
    if (configuration === 'hostile') {
      for (const [key, value] of hostile) repo.git('config', key, value);
      writeFileSync(join(repo.work, '.git/info/attributes'), '* diff=loud\n');
    }
    const [style] = styles;
    assert.ok(style !== undefined);
    const world = new World(repo, style, randomOf(1));
    const oracle = new Check(world);
    await row.run(world);
    assert.deepEqual(await oracle.problems(world), [], world.log.join('\n'));
    assert.notEqual(oracle.lines, 0);
    assert.equal(repo.faults(), '');
  } finally {
    repo.remove();
  }
}

for (const configuration of configurations) {
  describe(`who wrote a line, under ${configuration} configuration, survives`, () => {
    for (const row of rows) it(row.name, () => check(row, configuration)).timeout(60_000);
  });
}
