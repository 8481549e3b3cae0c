/** Runs the suites of this folder in a desktop VS Code, downloaded by `@vscode/test-electron`: `tsx test/vscode/runDesktop.ts [grep]`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { fixtureExtension } from '../harness/fixture';
import { quietSettings } from '../harness/settings';
import { buildExtension, bundleSuites, conclude, makeSuitePlace, reportPrinter, suitesModule } from './runSuites';

async function main(): Promise<void> {
  const extension = await buildExtension();
  await bundleSuites();
  const place = await makeSuitePlace(process.argv[2]);
  // Short, for the sockets that VS Code makes inside have a limit of about a hundred characters.
  const userData = await mkdtemp(path.join(tmpdir(), 'cs-'));
  try {
    await mkdir(path.join(userData, 'User'), { recursive: true });
    await writeFile(path.join(userData, 'User', 'settings.json'), JSON.stringify(quietSettings));
    const print = reportPrinter(place);
    let problem: unknown;
    try {
      await runTests({
        version: process.env['COUNTERSIGN_VSCODE_VERSION'] ?? 'stable',
        extensionDevelopmentPath: [...(extension === undefined ? [] : [extension]), fixtureExtension],
        extensionTestsPath: suitesModule,
        extensionTestsEnv: { ...place.env, HOME: place.home },
        launchArgs: [
          place.workspace,
          ...['--user-data-dir', userData, '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
          ...['--enable-proposed-api', 'countersign.countersign', '--no-sandbox'],
        ],
      });
    } catch (error) {
      problem = error; // also thrown when a suite failed: the report says which
    }
    const counts = await print();
    if (counts === undefined) process.stderr.write(`${String(problem)}\n`);
    conclude(counts);
  } finally {
    await place.remove();
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  }
}

main().catch((problem: unknown) => {
  console.error(problem);
  process.exitCode = 1;
});
