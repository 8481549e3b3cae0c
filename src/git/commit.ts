import { isSha, type Sha } from '../core/brand';
import type { ObjectReader } from './objectReader';

/** Name, address and moment as a commit holds them; mailmap is never applied. */
export interface CommitPerson {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970; 0 when what stands there is no number, as git has it. */
  readonly time: number;
  /** `+hhmm` or `-hhmm`; `+0000` when malformed. */
  readonly zone: string;
}

/** A commit as it is stored. */
export interface Commit {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
  /** Decoded as the `encoding` header says (with replacements; never UTF-16), else as UTF-8, else as Latin-1. */
  readonly message: string;
  readonly messageBytes: Buffer;
  /** The `encoding` header. */
  readonly encoding: string | undefined;
  /** Whether a signature is there; nobody has checked it. */
  readonly hasSignature: boolean;
}

/** What reading one commit gives; an object of another type is `malformed`. */
export type CommitRead =
  | { readonly kind: 'found'; readonly oid: Sha; readonly commit: Commit }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed'; readonly oid: Sha };

/**
 * Parses the content of a commit object; `undefined` when it is none. Parents count only where git reads them,
 * directly after the tree. Format: git's Documentation/gitformat-signature and commit.c.
 */
export function parseCommit(data: Buffer): Commit | undefined {
  const end = data.indexOf('\n\n');
  const head = data.toString('latin1', 0, end < 0 ? data.length : end);
  const lines = head.replace(/\n$/, '').split('\n');
  const tree = afterKeyword(lines.shift(), 'tree');
  if (!isSha(tree)) return undefined;
  const parents: Sha[] = [];
  for (let parent = afterKeyword(lines[0], 'parent'); parent !== undefined; parent = afterKeyword(lines[0], 'parent')) {
    if (!isSha(parent)) return undefined;
    parents.push(parent);
    lines.shift();
  }
  const first = (keyword: string): string | undefined =>
    lines.map((line) => afterKeyword(line, keyword)).find((value) => value !== undefined);
  const encoding = first('encoding');
  const messageBytes = end < 0 ? Buffer.alloc(0) : data.subarray(end + 2);
  return {
    tree,
    parents,
    author: parsePerson(first('author') ?? '', encoding),
    committer: parsePerson(first('committer') ?? '', encoding),
    message: decodeText(messageBytes, encoding),
    messageBytes,
    encoding,
    hasSignature: lines.some((line) => /^gpgsig(?:-sha256)? /.test(line)),
  };
}

/** Reads one commit; a tag is followed to its commit. @throws as `ObjectReader.read` */
export async function readCommit(reader: ObjectReader, name: string): Promise<CommitRead> {
  const read = await reader.read(isSha(name) ? name : `${name}^{commit}`);
  if (read.kind === 'missing') return read;
  const commit = read.type === 'commit' ? parseCommit(read.data) : undefined;
  return commit === undefined ? { kind: 'malformed', oid: read.oid } : { kind: 'found', oid: read.oid, commit };
}

/** Reads commits in one conversation; the answers are in the order of the names. @throws as `ObjectReader.read` */
export function readCommits(reader: ObjectReader, names: readonly string[]): Promise<readonly CommitRead[]> {
  return Promise.all(names.map((name) => readCommit(reader, name)));
}

function afterKeyword(line: string | undefined, keyword: string): string | undefined {
  return line?.startsWith(`${keyword} `) ? line.slice(keyword.length + 1) : undefined;
}

/** `name <email> seconds zone`, split as ident.c does: the first `<`, the `>` after it, numbers after the last `>`. */
function parsePerson(latin1: string, encoding: string | undefined): CommitPerson {
  const open = latin1.indexOf('<');
  const close = latin1.indexOf('>', open);
  const decode = (text: string): string => decodeText(Buffer.from(text, 'latin1'), encoding);
  const [, time, zone] = /^ *([0-9]{1,18}) ([+-][0-9]{4})$/.exec(latin1.slice(latin1.lastIndexOf('>') + 1)) ?? [];
  return {
    name: decode(open < 0 ? latin1 : latin1.slice(0, open)).trim(),
    email: open < 0 || close < 0 ? '' : decode(latin1.slice(open + 1, close)).trim(),
    time: Number(time ?? 0),
    zone: zone ?? '+0000',
  };
}

function decodeText(bytes: Buffer, encoding: string | undefined): string {
  try {
    const declared = encoding === undefined ? undefined : new TextDecoder(encoding, { ignoreBOM: true });
    // The headers around are ASCII whatever is declared: one in which that would be other letters is not what was written.
    if (declared !== undefined && !declared.encoding.startsWith('utf-16')) return declared.decode(bytes);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
