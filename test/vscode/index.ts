/** Loaded into the extension host by `extensionTestsPath`: runs the bundled mocha suites beside it and reports into a file. */
import { appendFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/**
 * Runs every `*.test.js` beside this module. Resolves when all passed and rejects otherwise. The lines of the report go to the console and to the
 * file named by `COUNTERSIGN_TEST_RESULTS` (the console of an extension host is far from a terminal); when done, the counts go to that name
 * plus `.json`. `COUNTERSIGN_TEST_GREP` selects tests by their full title.
 */
export async function run(): Promise<void> {
  const results = process.env['COUNTERSIGN_TEST_RESULTS'];
  const grep = process.env['COUNTERSIGN_TEST_GREP'];
  const print = (line: string): void => {
    if (results === undefined) console.log(line);
    else appendFileSync(results, `${line}\n`);
  };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const finish = (): void => {
    if (results === undefined) return;
    writeFileSync(`${results}.part`, JSON.stringify(counts));
    renameSync(`${results}.part`, `${results}.json`);
  };
  try {
    const mocha = new Mocha({
      ui: 'bdd',
      timeout: 60_000,
      reporter: reporterTo(print, counts),
      ...(grep === undefined ? {} : { grep }),
    });
    for (const file of readdirSync(__dirname).sort())
      if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
    await new Promise<void>((resolve) => mocha.run(() => resolve()));
  } catch (problem) {
    counts.failed++;
    print(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem));
  }
  finish();
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
}

type Counts = { passed: number; failed: number; skipped: number };

function reporterTo(print: (line: string) => void, counts: Counts): Mocha.ReporterConstructor {
  return class LineReporter extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options);
      runner.on('suite', (suite: Mocha.Suite) => {
        if (!suite.root) print(`${'  '.repeat(suite.titlePath().length - 1)}${suite.title}`);
      });
      runner.on('pass', (test: Mocha.Test) => {
        counts.passed++;
        print(`${indent(test)}ok  ${test.title} (${test.duration ?? 0} ms)`);
      });
      runner.on('pending', (test: Mocha.Test) => {
        counts.skipped++;
        print(`${indent(test)}--  ${test.title}`);
      });
      runner.on('fail', (test: Mocha.Test, problem: Error) => {
        counts.failed++;
        print(`${indent(test)}FAIL  ${test.fullTitle()}\n${problem.stack ?? problem.message}`);
      });
    }
  };
}

function indent(test: Mocha.Test): string {
  return '  '.repeat(test.titlePath().length - 1);
}
