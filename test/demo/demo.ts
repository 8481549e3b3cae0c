/**
 * Plays the whole story in a real VS Code, as a person would: `tsx test/demo/demo.ts [--keep-going]`. Exits 0 if every step happened.
 * `DEMO_SCALE` (device pixels per pixel) and `DEMO_THEME` (a colour theme) change how the pictures look.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atExit } from '../harness/atExit';
import { installWorkbenchParts } from '../harness/install';
import { packedParts } from './packed';
import { partCommit } from './parts/commit';
import { partKeep } from './parts/keep';
import { partPush } from './parts/push';
import { partServer } from './parts/server';
import { partSign } from './parts/sign';
import { partWrite } from './parts/write';
import { Report, StepFailed } from './report';
import { openVsCode } from './stage';
import { makeWorld } from './world';

async function main(): Promise<number> {
  const pictures = path.resolve(import.meta.dirname, '../../demo-output');
  const report = await Report.start(pictures, process.argv.includes('--keep-going'));
  const root = await mkdtemp(path.join(tmpdir(), 'countersign-demo-'));
  const forget = atExit(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  try {
    await play(report, root);
  } catch (problem) {
    if (!(problem instanceof StepFailed)) throw problem;
  } finally {
    forget();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
  return report.finish();
}

async function play(report: Report, root: string): Promise<void> {
  await installWorkbenchParts();
  process.stdout.write('Making a server, an author and a senior.\n');
  const packed = await packedParts(path.join(root, 'packed'));
  const world = await makeWorld(root, packed.cli);
  const window = await openVsCode(world.ann, packed);
  try {
    report.watch(window);
    const stage = { report, world, packed, window };
    await partWrite(stage);
    await partKeep(stage);
    await partCommit(stage);
    await partPush(stage);
    await partSign(stage);
    await partServer(stage);
  } finally {
    await window.dispose();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (problem: unknown) => {
    console.error(problem);
    process.exitCode = 1;
  },
);
