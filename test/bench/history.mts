import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pastHooks } from '../support/pastHooks';

/*
 * What following history costs, each against the same work of git alone in the same run: a rebase, the first `blame` after
 * a squash, and one commit of very many files. COUNTERSIGN_BENCH_SCALE makes all of them smaller or larger.
 */
const cli = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const scale = Number(process.env['COUNTERSIGN_BENCH_SCALE'] ?? 1);
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann Author',
  GIT_AUTHOR_EMAIL: 'ann@example.com',
  GIT_COMMITTER_NAME: 'Ann Author',
  GIT_COMMITTER_EMAIL: 'ann@example.com',
};

function run(program: string, args: readonly string[], cwd: string, input = ''): string {
  const result = spawnSync(program, args, { cwd, env, input, encoding: 'utf8', maxBuffer: 1 << 29 });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

function git(cwd: string, ...args: readonly string[]): string {
  return run('git', args, cwd);
}

function countersign(cwd: string, args: readonly string[], input = ''): string {
  return run(process.execPath, [cli, ...args], cwd, input);
}

function seconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function repository(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  git(path, 'init', '-q', '-b', 'main');
  writeFileSync(join(path, 'start.ts'), 'start();\n');
  git(path, 'add', '.');
  git(path, 'commit', '-qm', 'start');
  countersign(path, ['init', '--yes', '--agents', 'none']);
  return path;
}

/** An agent's hook pair around the writing of files. */
function write(path: string, files: ReadonlyMap<string, string>): void {
  const actor = { kind: 'ai', tool: 'bench', model: 'one', session: 'one' };
  const payload = { cwd: path, files: [...files.keys()], actor };
  countersign(path, ['record', 'generic'], JSON.stringify({ event: 'before-edit', ...payload }));
  for (const [file, text] of files) writeFileSync(join(path, file), text);
  countersign(path, ['record', 'generic'], JSON.stringify({ event: 'after-edit', ...payload }));
}

/**
 * A branch of so many commits, each of one line of an AI's text, whose records are derived in one go: the text was written
 * in one edit and is committed line by line, without hooks.
 */
function branchOf(path: string, count: number): void {
  git(path, 'checkout', '-q', '-b', 'topic');
  const lines = Array.from({ length: count }, (_, index) => `call${index}(one${index}, two${index});\n`);
  write(path, new Map([['a.ts', lines.join('')]]));
  for (let index = 1; index <= count; index++) {
    writeFileSync(join(path, 'a.ts'), lines.slice(0, index).join(''));
    git(path, 'add', 'a.ts');
    git(path, ...pastHooks, 'commit', '-qm', `line ${index}`);
  }
  git(path, 'checkout', '-q', 'main');
  writeFileSync(join(path, 'start.ts'), 'start();\nagain();\n');
  git(path, 'commit', '-qam', 'main goes on');
  git(path, 'checkout', '-q', 'topic');
}

function expectAi(path: string, file: string, wanted: number): void {
  const { lines } = JSON.parse(countersign(path, ['blame', '--json', '--rev', 'HEAD', '--', file])) as {
    readonly lines: readonly { readonly class: string }[];
  };
  const found = lines.filter((line) => line.class === 'ai').length;
  if (found !== wanted) throw new Error(`${found} lines of ${wanted} are an AI's`);
}

function benchRebase(count: number): void {
  const path = repository('rebase');
  branchOf(path, count);
  const derive = seconds(() => countersign(path, ['show', '--json', 'main..topic']));
  git(path, 'branch', 'again');
  const withHooks = seconds(() => git(path, 'rebase', '-q', 'main'));
  expectAi(path, 'a.ts', count);
  git(path, 'checkout', '-q', 'again');
  const without = seconds(() => git(path, ...pastHooks, 'rebase', '-q', 'main'));
  console.log(`rebase of ${count} commits / the same without hooks: ${(withHooks / without).toFixed(2)}`);
  console.log(
    `  s: with ${withHooks.toFixed(1)}, without ${without.toFixed(1)}, records of ${count} commits derived ${derive.toFixed(1)}`,
  );
}

function benchSquash(count: number): void {
  const path = repository('squash');
  branchOf(path, count);
  countersign(path, ['show', '--json', 'main..topic']);
  git(path, 'checkout', '-q', 'main');
  git(path, 'merge', '-q', '--squash', 'topic');
  git(path, ...pastHooks, 'commit', '-qm', 'squashed');
  const first = seconds(() => expectAi(path, 'a.ts', count));
  const second = seconds(() => expectAi(path, 'a.ts', count));
  const plain = seconds(() => git(path, 'blame', '--porcelain', 'HEAD', '--', 'a.ts'));
  console.log(`first blame after a squash of ${count} commits / a second one: ${(first / second).toFixed(2)}`);
  console.log(`  s: first ${first.toFixed(2)}, second ${second.toFixed(2)}, git blame ${plain.toFixed(2)}`);
}

/** A third of the files is new and an AI's, the others are changed unseen. */
function benchManyFiles(count: number): void {
  const path = repository('many');
  const nameOf = (index: number): string => `d${Math.floor(index / 1000)}/f${index}.ts`;
  const all = Array.from({ length: count }, (_, index) => index);
  for (const index of all) {
    if (index % 1000 === 0) mkdirSync(join(path, `d${index / 1000}`));
    if (index % 3 > 0) writeFileSync(join(path, nameOf(index)), `export const value${index} = ${index};\n`);
  }
  git(path, 'add', '-A');
  git(path, ...pastHooks, 'commit', '-qm', 'files');
  const ofAi = all.filter((index) => index % 3 === 0);
  const told = seconds(() =>
    write(path, new Map(ofAi.map((index) => [nameOf(index), `made(by, an, agent, ${index});\n`]))),
  );
  for (const index of all) if (index % 3 > 0) writeFileSync(join(path, nameOf(index)), `changed(${index}, unseen);\n`);
  const add = seconds(() => git(path, 'add', '-A'));
  const withHooks = seconds(() => git(path, 'commit', '-qam', 'many'));
  const blame = seconds(() => expectAi(path, nameOf(0), 1));
  const exported = seconds(() => countersign(path, ['export', '--format', 'agent-trace', 'HEAD']));
  git(path, 'reset', '-q', '--soft', 'HEAD~1');
  const without = seconds(() => git(path, ...pastHooks, 'commit', '-qam', 'many'));
  console.log(
    `adding and committing ${count} changed files, a third of them an AI's / the same without hooks: ${((add + withHooks) / (add + without)).toFixed(2)}`,
  );
  console.log(
    `  s: add ${add.toFixed(1)}, commit with ${withHooks.toFixed(1)}, without ${without.toFixed(1)}, hook pair and writing ${told.toFixed(1)}, blame of one file ${blame.toFixed(1)}, export ${exported.toFixed(1)}`,
  );
}

/** A file of so many lines, in two commits, every other line an AI's. */
function benchLongFile(lines: number): void {
  const path = repository('long');
  const text = (shown: (index: number) => boolean): string =>
    Array.from({ length: lines }, (_, index) => (shown(index) ? `call${index}(one${index});\n` : '')).join('');
  writeFileSync(
    join(path, 'a.ts'),
    text((index) => index % 2 > 0),
  );
  git(path, 'add', '-A');
  git(path, 'commit', '-qm', 'half');
  write(path, new Map([['a.ts', text(() => true)]]));
  git(path, 'commit', '-qam', 'whole');
  const own = seconds(() => expectAi(path, 'a.ts', Math.ceil(lines / 2)));
  const plain = seconds(() => git(path, 'blame', '--porcelain', 'HEAD', '--', 'a.ts'));
  console.log(`blame of ${lines} lines / git blame --porcelain: ${(own / plain).toFixed(2)}`);
  console.log(`  s: ours ${own.toFixed(2)}, git blame ${plain.toFixed(2)}`);
}

try {
  benchRebase(Math.ceil(200 * scale));
  benchSquash(Math.ceil(500 * scale));
  benchLongFile(Math.ceil(50_000 * scale));
  benchManyFiles(Math.ceil(100_000 * scale));
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
}
