import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { OracleRun } from '../support/oracleRun';
import { provenanceRepo } from '../support/provenanceRepo';

/*
 * Random histories against an oracle that needs no model: every word of every line says who wrote it, so what a line has to
 * count as can be read off the committed text. After each commit all lines of all files are asked for.
 *
 * COUNTERSIGN_ORACLE_SEED repeats a run, COUNTERSIGN_ORACLE_SECONDS makes it longer, COUNTERSIGN_ORACLE_STEPS changes the
 * length of one history.
 */
const firstSeed = Number(process.env['COUNTERSIGN_ORACLE_SEED'] ?? 1);
const seconds = Number(process.env['COUNTERSIGN_ORACLE_SECONDS'] ?? 40);
const steps = Number(process.env['COUNTERSIGN_ORACLE_STEPS'] ?? 40);

describe('a random history', () => {
  it(`keeps who wrote each line (seeds from ${firstSeed})`, async () => {
    const until = Date.now() + seconds * 1000;
    let histories = 0;
    let commits = 0;
    for (let seed = firstSeed; histories === 0 || Date.now() < until; seed++) {
      const repo = provenanceRepo();
      const run = new OracleRun(repo, seed);
      try {
        for (let step = 0; step < steps && Date.now() < until + 20_000; step++) await run.step();
        assert.equal(repo.faults(), '');
      } catch (error) {
        const told = error instanceof Error ? error.message : String(error);
        throw new Error(`seed ${seed}: ${told}\n${run.log.map((line) => `  ${line}`).join('\n')}`, { cause: error });
      } finally {
        if (process.env['COUNTERSIGN_ORACLE_KEEP'] === undefined) repo.remove();
        else console.log(repo.work);
      }
      histories++;
      commits += run.checked;
    }
    console.log(`      ${histories} histories, ${commits} commits`);
  }).timeout(seconds * 1000 + 120_000);
});
