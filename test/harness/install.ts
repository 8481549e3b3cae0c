/**
 * Real VS Code from npm packages alone: the server and workbench of code-server, a Node.js that can run it and a headless Chromium.
 * Nothing is downloaded from anywhere but the npm registry of the user's own configuration, and nothing outside the cache folder is touched.
 */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';

const run = promisify(execFile);

const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';
const CHROMIUM = '153.0.0';

/** Absolute paths of the installed parts. */
export interface WorkbenchParts {
  /** A Node.js of the major version that the server asks for. */
  readonly node: string;
  /** `server-main.js` of VS Code. */
  readonly serverMain: string;
  /** The browser's executable. */
  readonly chromium: string;
  /** What the browser needs in its environment, besides the usual: libraries and fonts that a bare machine lacks. */
  readonly chromiumEnv: Readonly<Record<string, string>>;
}

/**
 * Returns the installed parts and installs them before when they are missing (about a minute, 800 MB), with progress on stderr.
 * Safe when several processes install at once, and after one was killed: a folder gets its final name only when complete.
 * `COUNTERSIGN_TEST_CACHE` names another cache folder; `COUNTERSIGN_CHROMIUM` another browser, which is then not installed.
 */
export async function installWorkbenchParts(): Promise<WorkbenchParts> {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) {
    throw new Error(
      `The npm-only harness runs on Linux; here (${process.platform}) use: npx tsx test/vscode/runDesktop.ts`,
    );
  }
  const ownBrowser = process.env['COUNTERSIGN_CHROMIUM'];
  if (ownBrowser === undefined && process.arch !== 'x64') {
    throw new Error('The packaged browser is for x64 alone; set COUNTERSIGN_CHROMIUM to the path of a Chromium.');
  }
  const key = `${CODE_SERVER}-node${NODE}-${ownBrowser === undefined ? `chromium${CHROMIUM}` : 'own-browser'}-${process.arch}`;
  const folder = path.join(cacheRoot(), key);
  if (!(await exists(folder))) await install(folder, ownBrowser === undefined);
  const packages = path.join(folder, 'node_modules');
  return {
    node: path.join(packages, `node-linux-${process.arch}`, 'bin', 'node'),
    serverMain: path.join(packages, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
    chromium: ownBrowser ?? path.join(folder, 'chromium', 'chromium'),
    chromiumEnv: ownBrowser === undefined ? await browserEnv(path.join(folder, 'chromium')) : {},
  };
}

function cacheRoot(): string {
  const own = process.env['COUNTERSIGN_TEST_CACHE'];
  if (own !== undefined && own !== '') return path.resolve(own);
  const xdg = process.env['XDG_CACHE_HOME'];
  return path.join(
    xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache'),
    'countersign-test',
  );
}

/** The packaged libraries come first for this one program only; the packaged font serves a machine that has no font configuration. */
async function browserEnv(folder: string): Promise<Record<string, string>> {
  const env: Record<string, string> = { LD_LIBRARY_PATH: path.join(folder, 'lib') };
  if (!(await exists('/etc/fonts/fonts.conf'))) env['FONTCONFIG_PATH'] = folder;
  return env;
}

async function install(folder: string, withBrowser: boolean): Promise<void> {
  const root = path.dirname(folder);
  await mkdir(root, { recursive: true });
  await removeAbandoned(root);
  const work = await mkdtemp(path.join(root, `.installing-${process.pid}-`));
  try {
    progress(`installing VS Code (code-server ${CODE_SERVER}) into ${folder}, once`);
    await writeFile(path.join(work, 'package.json'), '{ "name": "countersign-test-parts", "private": true }\n');
    const browser = withBrowser ? [`@sparticuz/chromium@${CHROMIUM}`] : [];
    await npmInstall(work, [
      '--save-exact',
      `code-server@${CODE_SERVER}`,
      `node-linux-${process.arch}@${NODE}`,
      ...browser,
    ]);
    const vscode = path.join(work, 'node_modules', 'code-server', 'lib', 'vscode');
    progress("installing the server's own dependencies");
    await npmInstall(vscode, ['--omit=dev']);
    await npmInstall(path.join(vscode, 'extensions'), ['--omit=dev']);
    if (withBrowser) await unpackBrowser(work, path.join(folder, 'chromium'));
    await rename(work, folder).catch(async (problem: unknown) => {
      if (!(await exists(folder))) throw problem; // otherwise another process finished first, and its copy serves as well
    });
    progress('VS Code is ready');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Install scripts stay off: the native modules that they would build are optional here, and the server only logs their absence. */
async function npmInstall(cwd: string, args: readonly string[]): Promise<void> {
  // `npm run` hands its settings down in the environment; those of the project that calls are not those of this folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_config_(engine_strict|local_prefix|prefix|workspaces?|global|omit|include|dry_run)$/i.test(name),
    ),
  );
  const common = [
    'install',
    '--ignore-scripts',
    '--engine-strict=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run('npm', [...common, ...args], { cwd, env, maxBuffer: 1 << 26 });
}

/** The package carries its programs as brotli, and unpacks them itself only where it believes to be in a cloud function. */
async function unpackBrowser(work: string, finalFolder: string): Promise<void> {
  progress('unpacking the browser');
  const packed = path.join(work, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const target = path.join(work, 'chromium');
  await mkdir(target);
  const unpack = (from: string, to: string): Promise<void> =>
    pipeline(
      createReadStream(path.join(packed, from)),
      createBrotliDecompress(),
      createWriteStream(path.join(target, to)),
    );
  await unpack('chromium.br', 'chromium');
  await chmod(path.join(target, 'chromium'), 0o755);
  for (const archive of ['al2023.tar', 'fonts.tar']) {
    await unpack(`${archive}.br`, archive);
    await run('tar', ['-x', '--no-same-owner', '-f', archive], { cwd: target });
    await rm(path.join(target, archive));
  }
  await rm(packed, { recursive: true });
  await writeFile(
    path.join(target, 'fonts.conf'),
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig><dir>${finalFolder}/fonts</dir>` +
      `<cachedir>${finalFolder}/fonts-cache</cachedir></fontconfig>\n`,
  );
}

/** Removes what killed installations left behind; the folder's name says whose it was. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const owner = /^\.installing-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !(await exists(`/proc/${owner}`)))
      await rm(path.join(root, name), { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function progress(line: string): void {
  process.stderr.write(`[harness] ${line}\n`);
}
