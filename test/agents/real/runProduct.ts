import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ProvenanceRepo, provenanceRepo, repoAt } from '../../support/provenanceRepo';
import { startModelServer } from './modelServer';
import type { Product } from './products';
import { commitSubject, filesBefore, script } from './script';

/** What the agent was made to do. */
export type Deed = 'create' | 'edit' | 'shell';

/** What was found of one deed; `not told` where the product tells nobody of it and the lines are `unknown`, as they must. */
export type Verdict = 'right' | 'wrong' | 'not told';

/** What a run came to. */
export interface ProductResult {
  readonly verdicts: Readonly<Record<Deed, Verdict>>;
  /** Everything that was not as it should be, in words. */
  readonly problems: readonly string[];
  /** The end of what the agent printed. */
  readonly output: string;
}

/** Stands in every hook of ours. */
const ourMark = 'countersign/runtime/countersign';

/** An agent that takes longer hangs (milliseconds). */
const mostTime = 180_000;

/**
 * Runs a real agent in a fresh repository and home, with hooks that `countersign init --agents` installed, against a model
 * server that plays {@link script}; then holds `countersign blame` of its commit against what it was made to do.
 */
export async function runProduct(product: Product, program: string, node: string): Promise<ProductResult> {
  const base = provenanceRepo();
  const home = join(base.root, 'home');
  const server = await startModelServer(script(base.work));
  const verdicts: Record<Deed, Verdict> = { create: 'wrong', edit: 'wrong', shell: 'wrong' };
  try {
    const settings = product.settings(server.port, base.work);
    for (const [name, text] of Object.entries(settings)) writeInto(home, name, text);
    writeInto(home, '.gitconfig', readFileSync(join(base.env['HOME'] ?? '', '.gitconfig'), 'utf8'));
    const env = {
      ...base.env,
      PATH: [join(home, 'bin'), dirname(node), base.env['PATH']].join(':'),
      HOME: home,
      TERM: 'dumb',
      SHELL: '/bin/bash',
      ...product.env(server.port),
    };
    const repo = repoAt(base.root, base.work, env);
    // Gemini CLI hides the user's configuration of git from its shell.
    repo.git('config', 'user.name', 'Ana');
    repo.git('config', 'user.email', 'ana@example.com');
    for (const [name, text] of Object.entries(filesBefore)) repo.write(name, text);
    repo.commit('Base');
    const problems: string[] = [];
    const tell = (what: string, { status, stderr }: { status: number; stderr: string }): void => {
      if (status !== 0) problems.push(`${what} ended with ${status}: ${stderr}`);
    };
    tell('init', repo.cli(['init', '--yes', '--agents', product.id]));
    const edited = Object.entries(settings).filter(([name]) =>
      readFileSync(join(home, name), 'utf8').includes('countersign'),
    );
    if (product.tells !== undefined) writeTeller(home, product.tells, product.id);
    if (product.signIn !== undefined) await run(program, product.signIn(server.port), base.work, env);
    const args = product.args.map((arg) => (arg.startsWith('.') ? join(home, arg) : arg));
    const { code, output } = await run(program, args, base.work, env);
    if (code !== 0) problems.push(`the agent ended with ${code}`);
    judge(product, repo, verdicts, problems);
    tell('deinit', repo.cli(['deinit', '--yes', '--agents']));
    problems.push(...leftOf(product, home, edited));
    return { verdicts, problems, output: output.slice(-3000) };
  } finally {
    await endLeftovers(base.root);
    server.close();
    base.remove();
  }
}

function judge(product: Product, repo: ProvenanceRepo, verdicts: Record<Deed, Verdict>, problems: string[]): void {
  const isAgents = (path: string, lines: readonly boolean[], isTold: boolean): Verdict => {
    const found = repo.tryGit(['cat-file', '-e', `HEAD:${path}`]).status === 0 ? repo.blameJson(path, 'HEAD') : [];
    const wrong = lines.flatMap((isAi, index): string[] => {
      const line = found[index];
      const isRight =
        isAi && isTold
          ? line?.class === 'ai' &&
            line.tool === (product.tool ?? product.id) &&
            line.model === product.model &&
            line.session !== null &&
            line.evidence === 'measured'
          : line?.class === 'unknown';
      return isRight ? [] : [`${path}:${index + 1} is ${JSON.stringify(line)}`];
    });
    if (found.length !== lines.length) wrong.push(`${path} has ${found.length} lines, not ${lines.length}`);
    problems.push(...wrong);
    return wrong.length > 0 ? 'wrong' : isTold ? 'right' : 'not told';
  };
  verdicts.create = isAgents('made.ts', [true, true], true);
  verdicts.edit = isAgents('app.ts', [false, true, false, false], true);
  verdicts.shell = isAgents('shell.txt', [false, true], product.tells === undefined);
  if (repo.git('log', '-1', '--format=%s') !== commitSubject) problems.push('the agent did not commit');
  if (repo.faults() !== '') problems.push(repo.faults());
}

/** What `deinit` left of us in the settings that `init` edited. */
function leftOf(
  product: Product,
  home: string,
  edited: readonly (readonly [name: string, text: string])[],
): readonly string[] {
  return edited.flatMap(([name, text]) => {
    const left = readFileSync(join(home, name), 'utf8');
    const isChanged = left !== text && product.rewritesSettings !== true;
    return left.includes(ourMark) || isChanged ? [`deinit left ${name} changed`] : [];
  });
}

/** The program that the product calls around its edits, handing on to the installed command line, as the README shows it. */
function writeTeller(home: string, name: string, id: string): void {
  const path = join(home, 'bin', name);
  const launcher = join(home, `.local/share/${ourMark}`);
  writeInto(home, `bin/${name}`, `#!/bin/sh\n[ "$1" = checkpoint ] || exit 0\nexec '${launcher}' record ${id}\n`);
  chmodSync(path, 0o755);
}

function writeInto(home: string, name: string, text: string): void {
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), text);
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), mostTime);
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
    child.on('error', reject);
    // Not `close`: a daemon that an agent leaves behind keeps the pipes open.
    child.on('exit', (code) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code: code ?? -1, output: Buffer.concat(parts).toString('utf8') });
    });
  });
}

/** Ends the daemons that agents of this run left behind: those that work in its folder, or have it in their home. */
async function endLeftovers(root: string): Promise<void> {
  const ours = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && isOf(pid, root),
  );
  for (const pid of ours) {
    try {
      process.kill(Number(pid));
    } catch {
      // Ended by itself meanwhile.
    }
  }
  if (ours.length > 0) await new Promise((done) => setTimeout(done, 200));
}

function isOf(pid: string, root: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`).startsWith(root)) return true;
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`HOME=${root}/`);
  } catch {
    // Gone, or somebody else's.
    return false;
  }
}
