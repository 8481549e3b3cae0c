/** Runs the suites of this folder in a real VS Code that needs nothing but npm: `tsx test/vscode/run.ts [grep]`. */
import { fixtureExtension, packFixtureExtension } from '../harness/fixture';
import { until } from '../harness/until';
import { startWorkbench } from '../harness/workbench';
import {
  buildExtension,
  bundleSuites,
  type Counts,
  conclude,
  makeSuitePlace,
  reportPrinter,
  suitesModule,
} from './runSuites';

/** Random sessions that are asked for take a minute or two each. */
const limit = (10 + 3 * Number(process.env['COUNTERSIGN_SESSIONS'] ?? 0)) * 60_000;

async function main(): Promise<void> {
  const extension = await buildExtension();
  await bundleSuites();
  const place = await makeSuitePlace(process.argv[2]);
  try {
    const workbench = await startWorkbench({
      folder: place.workspace,
      home: place.home,
      env: place.env,
      // One extension can be loaded from source: the fixture itself while there is no other.
      extensions:
        extension === undefined
          ? { development: fixtureExtension }
          : { development: extension, vsix: [await packFixtureExtension(place.home)] },
      tests: suitesModule,
    });
    const console: string[] = [];
    workbench.page.on('console', (message) => console.push(`${message.type()}: ${message.text()}`));
    let counts: Counts | undefined;
    try {
      const print = reportPrinter(place);
      let gone = 0;
      counts = await until('the suites end', limit, async () => {
        const done = await print();
        if (done !== undefined) return done;
        // The host ends a moment after the report; without a report it crashed or could not load the suites.
        gone = (await workbench.extensionHosts()).length === 0 ? gone + 1 : 0;
        if (gone > 20) throw new Error('The extension host ended without a report.');
        return undefined;
      });
    } catch (problem) {
      process.stderr.write(`${String(problem)}\n${console.slice(-40).join('\n')}\n`);
    } finally {
      await workbench.dispose();
    }
    conclude(counts);
  } finally {
    await place.remove();
  }
}

main().catch((problem: unknown) => {
  console.error(problem);
  process.exitCode = 1;
});
