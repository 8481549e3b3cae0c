/** What both runners share: the suites as bundles, a workspace for them, and their report in the terminal. */
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);

/** The repository's root, which is the extension under development. */
export const root = path.resolve(import.meta.dirname, '../..');

/** Where a runner points `extensionTestsPath` to. */
export const suitesModule = path.join(root, 'out', 'vscode-tests', 'index.js');

/** Bundles `index.ts` and every `*.test.ts` of this folder into `out/vscode-tests`. */
export async function bundleSuites(): Promise<void> {
  const names = (await readdir(import.meta.dirname)).filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
  const outdir = path.dirname(suitesModule);
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: names.map((name) => path.join(import.meta.dirname, name)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // mocha must be one instance for the runner and the suites, and the suites must meet the extension's `vscode`.
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** Builds the extension and returns its folder; `undefined` when there is no source of it. Throws with the compiler's words when it does not build. */
export async function buildExtension(): Promise<string | undefined> {
  if (!(await exists(path.join(root, 'src', 'vscode', 'extension.ts')))) return undefined;
  await run('npm', ['run', '--silent', 'build'], { cwd: root });
  return root;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** A temporary place for one run. */
export interface SuitePlace {
  /** A git repository with one commit, opened as the workspace. */
  readonly workspace: string;
  /** HOME with a git identity. */
  readonly home: string;
  /** For the extension host: tells the suites where to report. */
  readonly env: Readonly<Record<string, string>>;
  readonly results: string;
  remove(): Promise<void>;
}

/** Makes the place; `grep` selects tests. */
export async function makeSuitePlace(grep: string | undefined): Promise<SuitePlace> {
  const base = await mkdtemp(path.join(tmpdir(), 'countersign-suites-'));
  const [workspace, home, results] = [
    path.join(base, 'workspace'),
    path.join(base, 'home'),
    path.join(base, 'results.txt'),
  ];
  await mkdir(workspace);
  await mkdir(home);
  await writeFile(
    path.join(home, '.gitconfig'),
    '[user]\n\tname = Ann Author\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  await writeFile(
    path.join(workspace, 'greet.ts'),
    'export function greet(name: string): string {\n  return "Hello, " + name;\n}\n',
  );
  const git = async (...args: string[]): Promise<void> => {
    await run('git', ['-C', workspace, ...args], {
      env: { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1' },
    });
  };
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'Greet');
  const env = {
    COUNTERSIGN_TEST_RESULTS: results,
    ...(grep === undefined ? {} : { COUNTERSIGN_TEST_GREP: grep }),
    ...Object.fromEntries(
      ['COUNTERSIGN_SEED', 'COUNTERSIGN_SESSIONS'].flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
  await writeFile(results, '');
  return { workspace, home, env, results, remove: () => rm(base, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Counts of a finished run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Prints what the report gained since the last call; returns the counts when the run is finished. */
export function reportPrinter(place: SuitePlace): () => Promise<Counts | undefined> {
  let printed = 0;
  return async () => {
    const counts = await readFile(`${place.results}.json`, 'utf8').catch(() => undefined);
    const file = await open(place.results);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(size - printed), 0, size - printed, printed);
      process.stdout.write(buffer);
      printed = size;
    } finally {
      await file.close();
    }
    return counts === undefined ? undefined : (JSON.parse(counts) as Counts);
  };
}

/** Prints the closing line and sets the exit code: 1 unless something ran and nothing failed. */
export function conclude(counts: Counts | undefined): void {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 1, skipped: 0 };
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
