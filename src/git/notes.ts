import { isSha, type Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { parseCommit } from './commit';
import type { Git } from './git';
import { type CommitTime, committerIdentity, formatPerson, type Identity } from './identity';
import { NotesTree } from './notesTree';
import { type ObjectReader, withReader } from './objectReader';
import { oidOf, writeObjects } from './objects';
import type { NewObject } from './packFile';
import { resolveRef, updateRef } from './refs';
import { isAncestor } from './revList';

/** The notes of a ref. */
export interface Notes {
  /** The commit that the ref holds; `undefined` when there is no such ref. */
  readonly tip: Sha | undefined;
  /** From the id that a note is about to the note's blob. */
  readonly notes: ReadonlyMap<Sha, Sha>;
  /** The further blobs of ids whose note is spelt in several ways; whoever must see every line reads these too. */
  readonly others: ReadonlyMap<Sha, readonly Sha[]>;
}

/** One note: the bytes of all its spellings, joined with a line feed where one is missing. */
export type NoteRead =
  | { readonly kind: 'found'; readonly blob: Sha; readonly data: Buffer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-large'; readonly blob: Sha };

/** A note before a change; both `undefined` when there is none. With several spellings `data` is all of them. */
export interface CurrentNote {
  readonly blob: Sha | undefined;
  readonly data: Buffer | undefined;
}

/** Decides what becomes of a note; asked again with the note as it is then when somebody else was faster. */
export type NoteUpdate = (current: CurrentNote) => Buffer | 'keep' | 'remove';

/** How a commit of notes is made. */
export interface NotesCommitOptions {
  readonly message: string;
  /** The user's committer identity when absent. */
  readonly identity?: Identity;
  /** Now, in UTC, when absent. What is published holds no clock times: give that of the newest commit it is about. */
  readonly time?: CommitTime;
  readonly reader?: ObjectReader;
}

/** What became of a ref of notes; `unchanged` when everything was as wanted, `tip` then being what it was. */
export type NotesWrite =
  | { readonly kind: 'written'; readonly tip: Sha }
  | { readonly kind: 'unchanged'; readonly tip: Sha | undefined };

/** What merging did. */
export interface NotesMerge {
  readonly kind: 'up-to-date' | 'fast-forward' | 'merged';
  readonly tip: Sha;
}

/** More than the notes of millions of commits take; folders that hold each other may list without an end. */
const mostListed = 256 * 1024 * 1024;

/**
 * All notes of a full ref name, or of a commit of notes. @throws ToolError `git-failed` when the tree cannot be read,
 * `bad-input` when it lists more than any history has
 */
export async function readNotes(git: Git, ref: string): Promise<Notes> {
  const tip = isSha(ref) ? ref : await resolveRef(git, ref);
  const notes = new Map<Sha, Sha>();
  const others = new Map<Sha, Sha[]>();
  if (tip === undefined) return { tip, notes, others };
  const args = ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', tip];
  const { stdout } = await git.run(args, { maxBytes: mostListed });
  for (const record of stdout.toString('latin1').split('\0')) {
    const [, blob, path = ''] = /^100[0-7]{3} blob ([0-9a-f]+)\t(.+)$/.exec(record) ?? [];
    const id = notedId(path, tip.length);
    if (!isSha(blob) || !isSha(id) || id.length !== tip.length) continue;
    if (!notes.has(id)) notes.set(id, blob);
    else others.set(id, [...(others.get(id) ?? []), blob]);
  }
  return { tip, notes, others };
}

/** What a path ends with, `length` digits without the slashes: a tool that moves files into a folder moves notes as well. */
function notedId(path: string, length: number): string {
  let id = '';
  for (const part of path.split('/').reverse()) if (id.length < length) id = part + id;
  return id;
}

/**
 * The note about one id, without reading the others. `ref` is a full ref name or a commit of notes.
 *
 * @throws as `ObjectReader.read`
 */
export async function readNote(
  git: Git,
  ref: string,
  id: Sha,
  options: { readonly reader?: ObjectReader; readonly maxBytes?: number } = {},
): Promise<NoteRead> {
  const tip = isSha(ref) ? ref : await resolveRef(git, ref);
  if (tip === undefined) return { kind: 'missing' };
  return withReader(git, options.reader, async (reader) => {
    const paths = Array.from({ length: id.length / 2 }, (_, depth) => spelling(id, depth));
    const infos = await Promise.all(paths.map((path) => reader.info(`${tip}:${path}`)));
    const blobs = infos.flatMap((info) => (info.kind === 'found' && info.type === 'blob' ? [info] : []));
    const [first] = blobs;
    if (first === undefined) return { kind: 'missing' };
    const size = blobs.reduce((sum, blob) => sum + blob.size, 0);
    if (size > (options.maxBytes ?? Number.POSITIVE_INFINITY)) return { kind: 'too-large', blob: first.oid };
    return {
      kind: 'found',
      blob: first.oid,
      data: await joined(
        reader,
        blobs.map(({ oid }) => oid),
      ),
    };
  });
}

/**
 * Changes notes of `ref` in one commit. Updates by other processes are kept: the ref is moved only from what was read,
 * and everything is decided again when that was lost. Bytes are stored as given.
 *
 * @throws ToolError `lost-race` when others were faster every time, `bad-input` for a ref that holds no notes,
 * `git-failed`
 */
export async function writeNotes(
  git: Git,
  ref: string,
  updates: ReadonlyMap<Sha, NoteUpdate>,
  options: NotesCommitOptions,
): Promise<NotesWrite> {
  const identity = options.identity ?? (await committerIdentity(git));
  return withReader(git, options.reader, (reader) =>
    untilWon(async () => {
      const tip = await resolveRef(git, ref);
      const next = await commitNotes(git, tip, updates, { ...options, identity, reader });
      if (next === undefined) return { kind: 'unchanged', tip };
      return (await updateRef(git, ref, next, tip)) === 'updated' ? { kind: 'written', tip: next } : undefined;
    }),
  );
}

/**
 * Makes a commit on top of `base`, a commit of notes, without moving any ref; `undefined` when nothing changes.
 *
 * @throws as `writeNotes`
 */
export async function commitNotes(
  git: Git,
  base: Sha | undefined,
  updates: ReadonlyMap<Sha, NoteUpdate>,
  options: NotesCommitOptions,
): Promise<Sha | undefined> {
  const identity = options.identity ?? (await committerIdentity(git));
  return withReader(git, options.reader, async (reader) => {
    const before = base === undefined ? undefined : await treeOf(reader, base);
    const tree = await NotesTree.open(git, reader, before);
    const blobs: NewObject[] = [];
    for (const [id, update] of updates) {
      const found = await tree.find(id);
      const current = found[0] === undefined ? undefined : await joined(reader, found);
      const wanted = update({ blob: found[0], data: current });
      if (wanted === 'keep') continue;
      await tree.set(id, wanted === 'remove' ? undefined : addBlob(git, blobs, wanted));
    }
    const { root, objects } = tree.build();
    if (objects.length === 0 || root === before || (before === undefined && blobs.length === 0)) return undefined;
    const parents = base === undefined ? [] : [base];
    return store(git, [...blobs, ...objects], root, parents, { ...options, identity });
  });
}

/**
 * Brings the notes of `otherTip` into `ref`. A ref that is behind is moved forward; where both have gone on, a commit
 * with both as parents holds the notes of both, and of ids that both have a note about every line once, in byte order,
 * as git's `cat_sort_uniq`. @throws as `writeNotes`
 */
export async function mergeNotes(
  git: Git,
  ref: string,
  otherTip: Sha,
  options: NotesCommitOptions,
): Promise<NotesMerge> {
  const identity = options.identity ?? (await committerIdentity(git));
  return withReader(git, options.reader, (reader) =>
    untilWon(async () => {
      const tip = await resolveRef(git, ref);
      if (tip !== undefined && (await isAncestor(git, otherTip, tip))) return { kind: 'up-to-date', tip };
      if (tip === undefined || (await isAncestor(git, tip, otherTip))) {
        await treeOf(reader, otherTip);
        const moved = await updateRef(git, ref, otherTip, tip);
        return moved === 'updated' ? { kind: 'fast-forward', tip: otherTip } : undefined;
      }
      const next = await commitUnion(git, reader, tip, otherTip, { ...options, identity });
      return (await updateRef(git, ref, next, tip)) === 'updated' ? { kind: 'merged', tip: next } : undefined;
    }),
  );
}

/** Every line of the texts once, in byte order, each ended by a line feed; empty lines are dropped. */
export function unionOfLines(texts: readonly Buffer[]): Buffer {
  const lines = new Set(texts.flatMap((text) => text.toString('latin1').split('\n')));
  lines.delete('');
  // Latin-1 has one code unit a byte, so this is byte order.
  return Buffer.from(
    [...lines]
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
    'latin1',
  );
}

type CompleteOptions = NotesCommitOptions & { readonly identity: Identity };

const tries = 40;
const longestPauseMs = 100;

async function untilWon<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let count = 1; count <= tries; count += 1) {
    const won = await attempt();
    if (won !== undefined) return won;
    // Unequal pauses, so that those who met do not meet again.
    const pause = Math.random() * Math.min(longestPauseMs, 10 * count);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new ToolError('lost-race', 'Other programs kept changing the notes at the same time.', {
    next: 'Try again in a moment.',
  });
}

async function commitUnion(
  git: Git,
  reader: ObjectReader,
  ours: Sha,
  theirs: Sha,
  options: CompleteOptions,
): Promise<Sha> {
  const tree = await NotesTree.open(git, reader, await treeOf(reader, ours));
  const other = await readNotes(git, theirs);
  const blobs: NewObject[] = [];
  for (const [id, blob] of other.notes) {
    const all = new Set([...(await tree.find(id)), blob, ...(other.others.get(id) ?? [])]);
    const [only] = all;
    if (all.size === 1) await tree.set(id, only);
    else await tree.set(id, addBlob(git, blobs, unionOfLines(await readBlobs(reader, [...all]))));
  }
  const { root, objects } = tree.build();
  return store(git, [...blobs, ...objects], root, [ours, theirs], options);
}

async function store(
  git: Git,
  objects: readonly NewObject[],
  tree: Sha,
  parents: readonly Sha[],
  options: CompleteOptions,
): Promise<Sha> {
  const time = options.time ?? { seconds: Math.floor(Date.now() / 1000), zone: '+0000' };
  const person = formatPerson(options.identity, time);
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${person}`];
  const message = options.message.endsWith('\n') ? options.message : `${options.message}\n`;
  const data = Buffer.from(`${head.join('\n')}\ncommitter ${person}\n\n${message}`);
  await writeObjects(git, [...objects, { type: 'commit', data }]);
  return oidOf(git.objectFormat, 'commit', data);
}

function addBlob(git: Git, blobs: NewObject[], data: Buffer): Sha {
  blobs.push({ type: 'blob', data });
  return oidOf(git.objectFormat, 'blob', data);
}

async function treeOf(reader: ObjectReader, tip: Sha): Promise<Sha> {
  const read = await reader.read(tip);
  const commit = read.kind === 'found' && read.type === 'commit' ? parseCommit(read.data) : undefined;
  if (commit === undefined) throw new ToolError('bad-input', 'The ref of the notes holds no commit.');
  return commit.tree;
}

async function readBlobs(reader: ObjectReader, oids: readonly Sha[]): Promise<readonly Buffer[]> {
  const reads = await Promise.all(oids.map((oid) => reader.read(oid)));
  return reads.map((read) => {
    if (read.kind === 'missing') throw new ToolError('bad-input', 'A note is not here.');
    return read.data;
  });
}

async function joined(reader: ObjectReader, oids: readonly Sha[]): Promise<Buffer> {
  const texts = await readBlobs(reader, oids);
  const [only] = texts;
  if (only !== undefined && texts.length === 1) return only;
  const lineFeed = Buffer.from('\n');
  return Buffer.concat(texts.flatMap((text) => (text.at(-1) === 10 ? [text] : [text, lineFeed])));
}

/** The path of the note about `id` with `depth` slashes. */
function spelling(id: Sha, depth: number): string {
  const pairs = Array.from({ length: depth }, (_, index) => id.slice(2 * index, 2 * index + 2));
  return [...pairs, id.slice(2 * depth)].join('/');
}
