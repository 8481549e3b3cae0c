import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSha, type Sha } from '../../core/brand';
import { commandFlags, commitSyntax } from '../../git/commandFlags';
import { type Commit, readCommit } from '../../git/commit';
import { gitAncestors, gitCommandOf } from '../../git/gitAncestors';
import type { Environment } from '../../git/gitEnvironment';
import { resolve } from '../../git/refs';
import { commitId } from '../blobs';
import type { Repository } from '../repository';

/** What a commit hook was called for. */
export interface CommitSituation {
  /** `amend` makes `HEAD` again, `rebase-step` is a step that git takes by itself: `post-rewrite` follows those. */
  readonly kind: 'commit' | 'amend' | 'merge' | 'rebase-step';
  readonly head: Sha | undefined;
  readonly parents: readonly Sha[];
  /** Commits whose changes this one makes again. */
  readonly replays: readonly Sha[];
  /** Commits that this one reverts. */
  readonly reverts: readonly Sha[];
  /** Whether `--no-verify` was given, so that `commit-msg` will not run. */
  readonly verify: boolean;
  /** `--cleanup` of the command line. */
  readonly cleanup: string | undefined;
  /** `-t` of the command line. */
  readonly template: string | undefined;
}

/** Finds out what kind of commit is being made, from the state of the repository, the environment and the command line. */
export async function commitSituation(repo: Repository, env: Environment): Promise<CommitSituation> {
  const { git } = repo;
  const head = await commitId(repo, 'HEAD');
  const commands = gitAncestors();
  const commit = commands?.map(gitCommandOf).find((command) => command?.command === 'commit');
  const rest = optionsOf(commit?.rest ?? []);
  const flags = commandFlags(rest, commitSyntax);
  const rebasing = existsSync(join(git.gitDir, 'rebase-merge')) || existsSync(join(git.gitDir, 'rebase-apply'));
  // Squashing, a rebase asks for the message with `-n` of its own.
  const byRebase = commands?.some((args) => gitCommandOf(args)?.command === 'rebase') === true;
  const common = {
    head,
    verify: byRebase || !flags.some((flag) => flag === '--no-verify' || flag === '-n'),
    cleanup: optionValue(rest, '--cleanup'),
    template: optionValue(rest, '--template', '-t'),
  };
  // The nearest git command tells who asks: during a rebase git commits its own picks, a person runs `git commit`.
  const nearest = commands?.map(gitCommandOf).find((command) => command !== undefined)?.command;
  const byGit = rebasing && nearest !== undefined && nearest !== 'commit';
  const melted = byGit ? await commitsMadeOne(repo) : [];
  if (byGit && melted.length === 0) {
    return { ...common, kind: 'rebase-step', parents: head === undefined ? [] : [head], replays: [], reverts: [] };
  }
  const replays = [...melted, ...(await heads(repo, ['CHERRY_PICK_HEAD', ...(rebasing ? ['REBASE_HEAD'] : [])]))];
  const reverts = await heads(repo, ['REVERT_HEAD']);
  const merged = readHeads(join(git.gitDir, 'MERGE_HEAD'));
  const amends = melted.length > 0 || (head !== undefined && (await isAmend(repo, head, env, commit && flags)));
  if (head !== undefined && amends) {
    const read = await readCommit(repo.objects, head);
    const parents = read.kind === 'found' ? read.commit.parents : [];
    return { ...common, kind: 'amend', parents, replays: [head, ...replays], reverts };
  }
  const parents = head === undefined ? [] : [head, ...merged];
  return { ...common, kind: merged.length > 0 ? 'merge' : 'commit', parents, replays, reverts };
}

function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

function optionValue(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    for (const name of names) {
      if (arg === name) return args[index + 1];
      if (name.startsWith('--') && arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
    }
  }
  return undefined;
}

async function heads(repo: Repository, names: readonly string[]): Promise<readonly Sha[]> {
  const found = await Promise.all(
    names.map(async (name) =>
      existsSync(join(repo.git.gitDir, name)) ? resolve(repo.git, name, 'commit') : undefined,
    ),
  );
  return found.filter((sha) => sha !== undefined);
}

function readHeads(path: string): readonly Sha[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'latin1').split('\n').filter(isSha);
}

/**
 * The commits that a rebase makes one by `fixup` or `squash`, the first one and those that went into it so far; none
 * where it is doing nothing of the kind. `done` holds every step that was begun (git, `sequencer.c`).
 */
async function commitsMadeOne(repo: Repository): Promise<readonly Sha[]> {
  const folder = join(repo.git.gitDir, 'rebase-merge');
  if (!existsSync(join(folder, 'current-fixups'))) return [];
  const steps = readFileSync(join(folder, 'done'), 'latin1')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  const first = steps.findLastIndex(([command = '']) => !/^(?:fixup|squash|[fs])$/.test(command));
  const names = steps
    .slice(Math.max(0, first))
    .flatMap((words) => words.find((word) => /^[0-9a-f]{4,64}$/.test(word)) ?? []);
  const found = await Promise.all(names.map((name) => commitId(repo, name)));
  return found.filter((sha) => sha !== undefined);
}

/**
 * Amending leaves no trace for the hook but in the command line; where that cannot be read (or is an alias), git's hook
 * environment has the author name and date of the commit that is made again.
 */
async function isAmend(
  repo: Repository,
  head: Sha,
  env: Environment,
  options: readonly string[] | undefined,
): Promise<boolean> {
  if (options !== undefined)
    return options.some((arg) => arg === '--amend' || (arg.length > 4 && '--amend'.startsWith(arg)));
  const read = await readCommit(repo.objects, head);
  return read.kind === 'found' && hasAuthorOf(env, read.commit);
}

function hasAuthorOf(env: Environment, commit: Commit): boolean {
  const [, seconds] = /^@?(\d+) [+-]\d{4}$/.exec(env['GIT_AUTHOR_DATE'] ?? '') ?? [];
  return (
    seconds !== undefined &&
    Number(seconds) === commit.author.time &&
    env['GIT_AUTHOR_NAME'] === commit.author.name &&
    env['GIT_AUTHOR_EMAIL'] === commit.author.email
  );
}
