import { isSha, type Sha } from '../core/brand';
import { BugError, ToolError } from '../core/errors';
import type { Git } from './git';
import { ObjectReader } from './objectReader';
import { type Hunk, skipUnmerged, takePatch } from './patch';
import { type NameChange, type RawCursor, takeRawChanges } from './rawDiff';

/** One file that differs between two trees, with its lines. */
export interface FileChange extends NameChange {
  /** Whether git takes either side for binary: a NUL in its first 8000 bytes. The hunks are there all the same. */
  readonly binary: boolean;
  /** In file order; of a change of type the removal, then the addition. */
  readonly hunks: readonly Hunk[];
}

/** How to compare. */
export interface DiffOptions {
  /** `detect` finds renames of at least 50 % likeness; the default. */
  readonly renames?: 'detect' | 'off';
  /** Lines of context; 0 when absent. With any, `Hunk.lines` is filled. */
  readonly context?: number;
  /** Most bytes that git may answer; more is an error `bad-input`. */
  readonly maxBytes?: number;
  /** Used to tell binary files; one of our own when absent. */
  readonly reader?: ObjectReader;
  readonly signal?: AbortSignal;
}

/** Two trees to compare, by id; `from` `undefined` is the empty tree. */
export interface TreePair {
  readonly from: Sha | undefined;
  readonly to: Sha;
}

/** The id of the tree without entries, which git knows without having stored it. */
export function emptyTree(git: Pick<Git, 'objectFormat'>): Sha {
  return (
    git.objectFormat === 'sha256'
      ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
      : '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
  ) as Sha;
}

/**
 * The differences between two trees, commits or expressions for such, as git shows them unconfigured; sorted by path
 * as git sorts. @throws ToolError `git-failed` when one is not here, `bad-input` when there is too much
 */
export async function diffTrees(
  git: Git,
  from: string | undefined,
  to: string,
  options: DiffOptions = {},
): Promise<readonly FileChange[]> {
  const args = ['diff-tree', '-r', ...diffArguments(options), '--end-of-options', from ?? emptyTree(git), to, '--'];
  return finish(git, await answer(git, args, options), options);
}

/**
 * The differences between a tree and the index, `indexFile` in place of the index when given. A path that is only
 * intended to be added is not there; an unmerged one is left out. @throws as `diffTrees`
 */
export async function diffIndex(
  git: Git,
  from: string | undefined,
  options: DiffOptions & { readonly indexFile?: string } = {},
): Promise<readonly FileChange[]> {
  const tree = from ?? emptyTree(git);
  const args = ['diff-index', '--cached', '--ita-invisible-in-index', ...diffArguments(options)];
  const env = options.indexFile === undefined ? undefined : { GIT_INDEX_FILE: options.indexFile };
  return finish(git, await answer(git, [...args, '--end-of-options', tree, '--'], { ...options, env }), options);
}

/** Compares many pairs in one process; the answers are in the order of the pairs. @throws as `diffTrees` */
export async function diffTreePairs(
  git: Git,
  pairs: readonly TreePair[],
  options: DiffOptions = {},
): Promise<readonly (readonly FileChange[])[]> {
  if (pairs.length === 0) return [];
  const stdin = pairs.map((pair) => `${treePairLine(git, pair)}\n`).join('');
  const run = { stdin, signal: options.signal, maxBytes: options.maxBytes };
  const { stdout } = await git.run(pairArguments(options), run);
  const cursor = { bytes: stdout, at: 0 };
  const parsed = pairs.map((pair) => takePair(git, pair, cursor, options));
  return markBinary(git, parsed, options);
}

/** What `git diff-tree` is asked with about pairs on its standard input, {@link treePairLine}s, when no options are given. */
export function treePairArguments(): readonly string[] {
  return pairArguments({});
}

/** The line that asks about a pair. */
export function treePairLine(git: Pick<Git, 'objectFormat'>, { from, to }: TreePair): string {
  const line = `${from ?? emptyTree(git)} ${to}`;
  if (!isSha(to) || (from !== undefined && !isSha(from)))
    throw new BugError('pairs of trees are given by id', { line });
  return line;
}

/** Reads the answer about one pair. @throws as `diffTrees` */
export async function parsePair(
  git: Git,
  pair: TreePair,
  answer: Buffer,
  options: Pick<DiffOptions, 'reader'>,
): Promise<readonly FileChange[]> {
  const cursor = { bytes: answer, at: 0 };
  const changes = takePair(git, pair, cursor, {});
  if (cursor.at !== answer.length) throw new ToolError('git-failed', 'git gave more differences than it named.');
  return finish(git, changes, options);
}

/** The paths that differ, renames not looked for: `diff-tree -r -z --no-renames`. @throws as `diffTrees` */
export async function diffNames(
  git: Git,
  from: string | undefined,
  to: string,
  options: Pick<DiffOptions, 'maxBytes' | 'signal'> = {},
): Promise<readonly NameChange[]> {
  const tree = from ?? emptyTree(git);
  const args = ['diff-tree', '-r', ...rawArguments, '--no-renames', '--end-of-options', tree, to, '--'];
  const { stdout } = await git.run([...neutralConfig, ...args], options);
  return takeRawChanges({ bytes: stdout, at: 0 });
}

interface Unmarked extends NameChange {
  readonly hunks: readonly Hunk[];
}

/** Settings that no argument overrides. */
const neutralConfig = ['-c', 'core.quotePath=true', '-c', 'diff.suppressBlankEmpty=false'];

const rawArguments = ['--raw', '-z', '--no-abbrev', '--ignore-submodules=none', '--no-relative'];

/** Everything that configuration or attributes could vary is said; the rename limit is git's own default. */
function diffArguments({ renames = 'detect', context = 0 }: DiffOptions): string[] {
  return [
    ...rawArguments,
    '--patch',
    `--unified=${context}`,
    '--inter-hunk-context=0',
    '--diff-algorithm=myers',
    '--indent-heuristic',
    ...(renames === 'detect' ? ['-M50%', '-l1000'] : ['--no-renames']),
    '--text',
    '--full-index',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--no-color-moved',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--submodule=short',
  ];
}

interface AnswerOptions extends DiffOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
}

async function answer(git: Git, args: readonly string[], options: AnswerOptions): Promise<Unmarked[]> {
  const { env, signal, maxBytes } = options;
  const { stdout } = await git.run([...neutralConfig, ...args], { env, signal, maxBytes });
  const cursor = { bytes: stdout, at: 0 };
  const changes = takeChanges(cursor, options);
  if (cursor.at !== stdout.length) throw new ToolError('git-failed', 'git gave more differences than it named.');
  return changes;
}

function pairArguments(options: DiffOptions): readonly string[] {
  return [...neutralConfig, 'diff-tree', '--stdin', '-r', ...diffArguments(options)];
}

function takePair(git: Git, pair: TreePair, cursor: RawCursor, options: DiffOptions): Unmarked[] {
  const line = `${treePairLine(git, pair)}\n`;
  const end = cursor.at + line.length;
  // A pair that is no two trees leaves a hole in the answers, seen here.
  if (cursor.bytes.toString('latin1', cursor.at, end) !== line) {
    throw new ToolError('git-failed', 'Two trees could not be compared.');
  }
  cursor.at = end;
  return takeChanges(cursor, options);
}

/** All raw records, a NUL, then a patch for each in the same order. */
function takeChanges(cursor: RawCursor, { context = 0 }: DiffOptions): Unmarked[] {
  const isAny = cursor.bytes[cursor.at] === 0x3a;
  const changes = takeRawChanges(cursor);
  if (!isAny) return [];
  if (cursor.bytes[cursor.at] === 0) cursor.at += 1;
  const all = changes.map((change) => ({
    ...change,
    hunks: takePatch(cursor, change, context > 0 ? 'all' : 'changed'),
  }));
  skipUnmerged(cursor);
  return all;
}

async function finish(git: Git, changes: Unmarked[], options: DiffOptions): Promise<readonly FileChange[]> {
  return (await markBinary(git, [changes], options))[0] ?? [];
}

const binaryProbe = 8000;
const submodule = '160000';

async function markBinary(
  git: Git,
  diffs: readonly (readonly Unmarked[])[],
  { reader, signal }: DiffOptions,
): Promise<readonly (readonly FileChange[])[]> {
  const own = reader === undefined ? new ObjectReader(git) : undefined;
  const known = new Map<Sha, Promise<boolean>>();
  const isBinaryBlob = (oid: Sha): Promise<boolean> => {
    const seen = known.get(oid);
    if (seen !== undefined) return seen;
    const asked = (reader ?? own ?? new ObjectReader(git)).read(oid).then((read) => {
      return read.kind === 'found' && hasNul(read.data);
    });
    known.set(oid, asked);
    return asked;
  };
  const sides = async (change: Unmarked): Promise<boolean> => {
    if (change.status === 'A' || change.status === 'D') return wholeFileHasNul(change.hunks);
    const oids = [
      change.oldMode === submodule ? undefined : change.oldOid,
      change.newMode === submodule ? undefined : change.newOid,
    ];
    const answers = await Promise.all(oids.map((oid) => (oid === undefined ? false : isBinaryBlob(oid))));
    return answers.includes(true);
  };
  try {
    const marked: (readonly FileChange[])[] = [];
    // One diff after the other: what is read for one may be large.
    for (const changes of diffs) {
      signal?.throwIfAborted();
      marked.push(await Promise.all(changes.map(async (change) => ({ ...change, binary: await sides(change) }))));
    }
    return marked;
  } finally {
    own?.dispose();
  }
}

function hasNul(data: Buffer): boolean {
  return data.subarray(0, binaryProbe).includes(0);
}

/** Of a file that is all there or all gone, the hunk holds every byte. */
function wholeFileHasNul(hunks: readonly Hunk[]): boolean {
  let left = binaryProbe;
  for (const line of hunks.flatMap(({ removed, added }) => [...removed, ...added])) {
    if (left <= 0) return false;
    if (line.subarray(0, left).includes(0)) return true;
    left -= line.length + 1;
  }
  return false;
}
