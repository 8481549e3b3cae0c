import { v7 as uuid } from 'uuid';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { FilteredBlobs } from '../git/filteredBlobs';
import { type Git, type NoGitReason, openGit } from '../git/git';
import type { Environment, GitEnvironment } from '../git/gitEnvironment';
import { LineHistory } from '../git/lineHistory';
import { ObjectReader } from '../git/objectReader';
import { readSettings, type Settings } from '../git/settings';
import { TreeBlobs } from '../git/treeBlobs';
import { TreeDiffer } from '../git/treeDiffer';
import { Ledger } from '../store/ledger';

/** One repository with everything the use cases need; must be disposed. */
export interface Repository {
  readonly git: Git;
  readonly objects: ObjectReader;
  /** For whoever goes from commit to commit: one process for all of them. */
  readonly diffs: TreeDiffer;
  /** For whoever asks for the lines of many files, or of many commits. */
  readonly lineHistory: LineHistory;
  readonly treeBlobs: TreeBlobs;
  readonly filtered: FilteredBlobs;
  readonly ledger: Ledger;
  /** Top of the work tree; of a bare repository its git directory, where nothing is captured. */
  readonly worktree: AbsPath;
  /** Git's configuration as it was at the first call. */
  settings(): Promise<Settings>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** One line for the output channel or standard error: what went wrong without stopping anything. */
  readonly warn: (line: string) => void;
  dispose(): void;
}

/** How to open a repository. */
export interface RepositoryOptions {
  readonly env?: Environment;
  /** `clean` when absent; `hook` inside a hook that git runs, `pre-receive` on a server. */
  readonly environment?: GitEnvironment;
  readonly now?: () => number;
  readonly warn?: (line: string) => void;
  readonly program?: string;
}

/**
 * Opens the repository that `cwd` is in.
 *
 * @throws ToolError `no-repository`, `missing-program`, `timeout`
 */
export async function openRepository(cwd: string, options: RepositoryOptions = {}): Promise<Repository> {
  const now = options.now ?? Date.now;
  const found = await openGit(cwd, {
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.program === undefined ? {} : { program: options.program }),
  });
  if (found.kind === 'none') throw noRepository(found.reason, found.detail);
  const { git } = found;
  const objects = new ObjectReader(git);
  const diffs = new TreeDiffer(git, objects);
  const filtered = new FilteredBlobs(git);
  const ledger = new Ledger(git.commonDir, uuid(), now);
  ledger.refresh();
  let settings: Promise<Settings> | undefined;
  return {
    git,
    settings: () => {
      settings ??= readSettings(git);
      return settings;
    },
    objects,
    diffs,
    lineHistory: new LineHistory(git, objects, diffs),
    treeBlobs: new TreeBlobs(objects, git.objectFormat),
    filtered,
    ledger,
    worktree: git.workTree ?? git.gitDir,
    now,
    warn: options.warn ?? (() => undefined),
    dispose: () => {
      filtered.dispose();
      diffs.dispose();
      objects.dispose();
      ledger.dispose();
    },
  };
}

function noRepository(reason: NoGitReason, detail: string): ToolError {
  const [first = '', ...further] = detail.split('\n').map((line) => line.trim());
  if (reason === 'unsafe-ownership') {
    return new ToolError('no-repository', 'Git does not use this repository, since it belongs to somebody else.', {
      next: `If you trust it, allow it with: ${further.find((line) => line.startsWith('git config ')) ?? 'git config --global --add safe.directory <folder>'}`,
    });
  }
  return new ToolError('no-repository', `There is no git repository here: ${first}`, {
    next: 'Run it inside a repository, or make one with: git init',
  });
}

/** Opens a repository for the time of `use`. @throws as {@link openRepository}, and what `use` throws */
export async function withRepository<T>(
  cwd: string,
  options: RepositoryOptions,
  use: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = await openRepository(cwd, options);
  try {
    return await use(repository);
  } finally {
    repository.dispose();
  }
}
