import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js');
const runs = Number(process.env['COUNTERSIGN_BENCH_RUNS'] ?? 15);
const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: join(folder, 'home'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann Author',
  GIT_AUTHOR_EMAIL: 'ann@example.com',
  GIT_COMMITTER_NAME: 'Ann Author',
  GIT_COMMITTER_EMAIL: 'ann@example.com',
};

function run(program: string, args: readonly string[], cwd: string, input = ''): void {
  const result = spawnSync(program, args, { cwd, env, input, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr}`);
}

function git(cwd: string, ...args: readonly string[]): void {
  run('git', args, cwd);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function timed(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function repository(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  git(path, 'init', '-q', '-b', 'main');
  writeFileSync(join(path, 'a.ts'), 'start();\n');
  git(path, 'add', '.');
  git(path, 'commit', '-qm', 'start');
  return path;
}

/** A repository with as many hooks that do nothing as `like` has. */
function withEmptyHooks(name: string, like: string): string {
  const path = repository(name);
  for (const hook of readdirSync(join(like, '.git', 'hooks')).filter((file) => !file.endsWith('.sample'))) {
    const file = join(path, '.git', 'hooks', hook);
    writeFileSync(file, '#!/bin/sh\nexit 0\n');
    chmodSync(file, 0o755);
  }
  return path;
}

/** A clone of a bare repository whose branch `main` a policy protects; with `hooks` set up, and told once of what is protected. */
function clone(name: string, hooks: 'ours' | 'none'): string {
  const path = repository(name);
  const policy = ['schema: 1', 'revision: 1', 'repository: bench', 'protect: [main]', 'seniors: [{principal: a@b}]'];
  writeFileSync(join(path, '.countersign.yml'), [...policy, 'allowedSigners: signers', ''].join('\n'));
  writeFileSync(join(path, 'signers'), '');
  git(path, 'add', '.');
  git(path, 'commit', '-qm', 'policy');
  git(path, 'init', '-q', '--bare', `${path}.git`);
  git(path, 'remote', 'add', 'origin', `${path}.git`);
  git(path, 'push', '-q', 'origin', 'main');
  git(path, 'fetch', '-q', 'origin');
  git(path, 'remote', 'set-head', 'origin', 'main');
  if (hooks === 'none') return path;
  run(process.execPath, [cli, 'init', '--yes'], path);
  // Measured is the push; what follows it behind its back would be measured with the next one.
  git(path, 'config', 'countersign.publish', 'manual');
  push(path);
  return path;
}

/** A push of one more commit to a branch of its own that is not protected: of the last one's tip the hook may not have heard yet. */
function push(path: string): number {
  git(path, 'commit', '-q', '--allow-empty', '--no-verify', '-m', `push ${line++}`);
  return timed(() => git(path, 'push', '-q', 'origin', `HEAD:refs/heads/topic-${line}`));
}

let line = 0;

/** One commit of one more line; with `by` an agent's hook pair tells whose it is, outside the measured time. */
function commit(path: string, by?: 'agent'): number {
  line++;
  const tell = (event: string): void => {
    if (by === undefined) return;
    const payload = { event, cwd: path, files: ['a.ts'], actor: { kind: 'ai', tool: 'bench', session: 'one' } };
    run(process.execPath, [cli, 'record', 'generic'], path, JSON.stringify(payload));
  };
  tell('before-edit');
  writeFileSync(join(path, 'a.ts'), Array.from({ length: line }, (_, index) => `call${index}();\n`).join(''));
  tell('after-edit');
  git(path, 'add', '.');
  return timed(() => git(path, 'commit', '-qm', `line ${line}`));
}

/** Prints ratios within one run, each of medians of interleaved runs; no absolute time means anything elsewhere. */
function main(): void {
  mkdirSync(env.HOME, { recursive: true });
  const plain = repository('plain');
  run(process.execPath, [cli, 'init', '--yes'], plain);
  // The first commit finds that there is no AI work anywhere and lets the later ones skip the program.
  commit(plain);
  const empty = withEmptyHooks('empty', plain);
  const agent = repository('agent');
  run(process.execPath, [cli, 'init', '--yes'], agent);
  commit(agent, 'agent');
  const hooked = clone('hooked', 'ours');
  const bare = clone('bare', 'none');
  const times = {
    ...{ plain: [] as number[], empty: [] as number[], agent: [] as number[], after: [] as number[] },
    ...{ hooked: [] as number[], bare: [] as number[], node: [] as number[] },
  };
  for (let round = 0; round < runs; round++) {
    times.empty.push(commit(empty));
    times.plain.push(commit(plain));
    times.agent.push(commit(agent, 'agent'));
    times.after.push(commit(agent));
    times.bare.push(push(bare));
    times.hooked.push(push(hooked));
    times.node.push(timed(() => run(process.execPath, ['-e', '0'], folder)));
  }
  const base = median(times.empty);
  console.log(
    `commit without AI / with hooks that do nothing: ${(median(times.plain) / base).toFixed(2)} (at most 1.2)`,
  );
  const added = median(times.agent) - base;
  console.log(
    `time added to a commit with AI / start of node: ${(added / median(times.node)).toFixed(2)} (at most 2.5)`,
  );
  console.log(
    `push of an unprotected branch with / without our hook: ${(median(times.hooked) / median(times.bare)).toFixed(2)} (at most 1.2)`,
  );
  console.log(
    `commit without AI where there was AI work / with hooks that do nothing: ${(median(times.after) / base).toFixed(2)} (our hooks start the program there)`,
  );
  console.log(
    `medians of ${runs}, in ms: empty hooks ${base.toFixed(0)}, without AI ${median(times.plain).toFixed(0)}, with AI ${median(times.agent).toFixed(0)}, node -e 0 ${median(times.node).toFixed(0)}, push ${median(times.bare).toFixed(0)} and ${median(times.hooked).toFixed(0)}`,
  );
}

try {
  main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
