/** What the suites of windows share: repositories that are set up, a workbench with the extension, and what the command line says of a file. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { packFixtureExtension } from '../harness/fixture';
import { save } from '../harness/gestures';
import { literalTyping } from '../harness/settings';
import type { WorkbenchWindow } from '../harness/window';
import { startWorkbench, type Workbench, type WorkbenchOptions } from '../harness/workbench';
import { root as extension } from '../vscode/runSuites';

const run = promisify(execFile);
const cli = path.join(extension, 'dist', 'cli.js');

/** The ledger has what was typed by then. */
export const recordedAfter = 1000;

/** A repository that a window has open. */
export class WindowRepo {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes one with a commit of these files, set up for recording. */
  static async make(folder: string, files: Readonly<Record<string, string>>): Promise<WindowRepo> {
    const repo = new WindowRepo(folder);
    await run('git', ['init', '--quiet', '--initial-branch=main', folder]);
    await repo.git('config', 'user.name', 'Ann Author');
    await repo.git('config', 'user.email', 'ann@example.com');
    for (const [name, text] of Object.entries(files)) await repo.write(name, text);
    await repo.git('add', '.');
    await repo.git('commit', '--quiet', '--message', 'Start');
    await run(process.execPath, [cli, 'init', '--yes', '--agents', 'none'], { cwd: folder });
    return repo;
  }

  async git(...args: string[]): Promise<string> {
    return (await run('git', ['-C', this.folder, ...args])).stdout;
  }

  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** A letter for the class of each line of a file on disk, or as `options` say. */
  async blame(name: string, ...options: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [cli, 'blame', '--json', ...options, '--', name], {
      cwd: this.folder,
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    const { lines } = JSON.parse(stdout) as { readonly lines: readonly { readonly class: string }[] };
    return lines.map((line) => (line.class === 'ai-edited' ? 'E' : (line.class[0] ?? '-').toUpperCase())).join('');
  }

  /** Saves what the window shows and says who wrote the lines of the file once that is recorded. */
  async settled(window: WorkbenchWindow, name: string): Promise<string> {
    await sleep(recordedAfter);
    await save(window);
    await sleep(recordedAfter);
    return this.blame(name);
  }
}

/** Starts a workbench with the extension and the one that stands in for an AI; `root` takes what is packed. */
export async function startWithExtension(root: string, options: WorkbenchOptions): Promise<Workbench> {
  return startWorkbench({
    extensions: { development: extension, vsix: [await packFixtureExtension(root)] },
    ...options,
    settings: { ...literalTyping, 'typescript.validate.enable': false, ...options.settings },
  });
}
