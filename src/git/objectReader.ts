import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { RepoPath, Sha } from '../core/brand';
import { BugError, ToolError } from '../core/errors';
import { type Git, gitFailure } from './git';
import { bytesOfRepoPath } from './repoPath';
import { startFailure, stopProcess } from './runProcess';

/** The kinds of git objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** An object that is there, without its content. */
export interface ObjectInfo {
  readonly kind: 'found';
  readonly oid: Sha;
  readonly type: ObjectType;
  /** Of the content, in bytes. */
  readonly size: number;
}

/** An object with its content. */
export interface ObjectContent {
  readonly kind: 'found';
  readonly oid: Sha;
  readonly type: ObjectType;
  readonly data: Buffer;
}

/** The name resolves to nothing, to more than one object, or to an object that is not here. */
export interface ObjectMissing {
  readonly kind: 'missing';
}

/** The object is there and larger than was allowed; its content was not read. */
export interface ObjectTooLarge {
  readonly kind: 'too-large';
  readonly oid: Sha;
  readonly type: ObjectType;
  readonly size: number;
}

interface Request {
  readonly command: 'info' | 'contents';
  readonly name: Buffer;
  readonly settle: (answer: ObjectContent | ObjectInfo | ObjectMissing) => void;
  readonly fail: (error: unknown) => void;
}

const header = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) ([0-9]+)$/;
const noObject = /^ (?:missing|ambiguous|submodule|excluded)$/;

/**
 * Reads objects through one `git cat-file --batch-command` process, started with the first read.
 *
 * Names are object ids or any expression of gitrevisions(7), as text or bytes; one may hold a line feed, none a NUL.
 * Reads that are asked for together travel together. Must be disposed: the process keeps the program alive.
 */
export class ObjectReader {
  readonly #git: Git;
  #process: ChildProcessWithoutNullStreams | undefined;
  #queue: Request[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  /** The header that was read while the rest of its content is awaited. */
  #pending: ObjectInfo | undefined;
  #unsent: Buffer[] = [];
  #stderr = '';
  #disposed = false;

  constructor(git: Git) {
    this.#git = git;
  }

  /** The object, with its content. @throws ToolError `git-failed` when the process dies */
  async read(name: string | Buffer): Promise<ObjectContent | ObjectMissing> {
    const answer = await this.#ask('contents', name);
    if (answer.kind === 'found' && !('data' in answer)) throw new BugError('content without bytes');
    return answer;
  }

  /** The object without its content. @throws as `read` */
  async info(name: string | Buffer): Promise<ObjectInfo | ObjectMissing> {
    const answer = await this.#ask('info', name);
    if (answer.kind === 'found' && 'data' in answer) throw new BugError('content where none was asked for');
    return answer;
  }

  /** The object, unless its content has more than `maxBytes` bytes. @throws as `read` */
  async readAtMost(name: string | Buffer, maxBytes: number): Promise<ObjectContent | ObjectMissing | ObjectTooLarge> {
    const info = await this.info(name);
    if (info.kind === 'missing') return info;
    return info.size > maxBytes ? { ...info, kind: 'too-large' } : this.read(info.oid);
  }

  /** What stands at `path` in a tree or commit; a submodule's commit is `missing`. @throws as `read` */
  readPath(treeish: string, path: RepoPath): Promise<ObjectContent | ObjectMissing> {
    return this.read(Buffer.concat([Buffer.from(`${treeish}:`), bytesOfRepoPath(path)]));
  }

  /** Ends the process; reads that wait for an answer fail. May be called twice. */
  dispose(): void {
    this.#disposed = true;
    const child = this.#process;
    this.#process = undefined;
    if (child !== undefined) stopProcess(child);
    this.#failAll(new BugError('the object reader was disposed'));
  }

  #ask(command: Request['command'], name: string | Buffer): Promise<ObjectContent | ObjectInfo | ObjectMissing> {
    const bytes = typeof name === 'string' ? Buffer.from(name, 'utf8') : name;
    if (this.#disposed) return Promise.reject(new BugError('the object reader was disposed'));
    // Neither can be sent, and neither names anything.
    if (bytes.length === 0 || bytes.includes(0)) return Promise.resolve({ kind: 'missing' });
    return new Promise((settle, fail) => {
      this.#queue.push({ command, name: bytes, settle, fail });
      if (this.#unsent.length === 0) queueMicrotask(() => this.#send());
      this.#unsent.push(Buffer.from(`${command} `), bytes, Buffer.of(0));
    });
  }

  #send(): void {
    if (this.#unsent.length === 0) return;
    const input = Buffer.concat([...this.#unsent, Buffer.from('flush\0')]);
    this.#unsent = [];
    this.#process ??= this.#start();
    this.#process.stdin.write(input);
  }

  #start(): ChildProcessWithoutNullStreams {
    const args = ['cat-file', '--batch-command', '-z', '--buffer'];
    const child = this.#git.start(args);
    const mine = (): boolean => this.#process === child;
    this.#stderr = '';
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-4096);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!mine()) return;
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      try {
        this.#takeAnswers();
      } catch (error) {
        this.#process = undefined;
        stopProcess(child);
        this.#failAll(error);
      }
    });
    child.on('error', (error) => {
      if (!mine()) return;
      this.#process = undefined;
      const { program, env } = this.#git;
      this.#failAll(startFailure({ program, args, cwd: this.#git.workTree ?? this.#git.gitDir, env }, error));
    });
    child.on('close', (code) => {
      if (!mine()) return;
      this.#process = undefined;
      this.#failAll(gitFailure(args, { code: code ?? -1, stderr: this.#stderr }));
    });
    return child;
  }

  #failAll(error: unknown): void {
    const queue = this.#queue;
    this.#queue = [];
    this.#chunks = [];
    this.#length = 0;
    this.#pending = undefined;
    this.#unsent = [];
    for (const request of queue) request.fail(error);
  }

  #takeAnswers(): void {
    for (let request = this.#queue[0]; request !== undefined; request = this.#queue[0]) {
      if (this.#pending === undefined) {
        const found = this.#takeHeader(request);
        if (found === undefined) return;
        if (found.kind === 'missing' || request.command === 'info') {
          this.#queue.shift();
          request.settle(found);
          continue;
        }
        this.#pending = found;
      }
      const { oid, type, size } = this.#pending;
      if (this.#length < size + 1) return;
      const data = this.#take(size + 1).subarray(0, size);
      this.#pending = undefined;
      this.#queue.shift();
      request.settle({ kind: 'found', oid, type, data });
    }
  }

  /**
   * `<oid> SP <type> SP <size> LF`, or the name as it was asked for followed by ` missing LF` or ` ambiguous LF`. A name
   * may hold line feeds, but none that begins like a header resolves, so the two cannot be confused.
   */
  #takeHeader({ name }: Request): ObjectInfo | ObjectMissing | undefined {
    if (this.#length === 0) return undefined;
    const buffer = this.#joined();
    const shared = Math.min(buffer.length, name.length);
    if (buffer.compare(name, 0, shared, 0, shared) === 0) {
      const end = buffer.indexOf(10, name.length);
      if (buffer.length < name.length || end < 0) return undefined;
      if (noObject.test(buffer.toString('latin1', name.length, end))) {
        this.#take(end + 1);
        return { kind: 'missing' };
      }
    }
    const end = buffer.indexOf(10);
    if (end < 0) return undefined;
    const line = this.#take(end + 1).toString('latin1', 0, end);
    const [, oid, type, size] = header.exec(line) ?? [];
    if (oid === undefined || type === undefined || size === undefined) {
      throw new ToolError('git-failed', 'git cat-file gave an answer that is not understood.');
    }
    return { kind: 'found', oid: oid as Sha, type: type as ObjectType, size: Number(size) };
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    const buffer = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [buffer];
    return buffer;
  }

  #take(count: number): Buffer {
    const buffer = this.#joined();
    const rest = buffer.subarray(count);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return buffer.subarray(0, count);
  }
}

/** Lends `use` a reader and disposes it afterwards; `reader`, when given, is lent instead and left alone. */
export async function withReader<T>(
  git: Git,
  reader: ObjectReader | undefined,
  use: (reader: ObjectReader) => Promise<T>,
): Promise<T> {
  if (reader !== undefined) return use(reader);
  const own = new ObjectReader(git);
  try {
    return await use(own);
  } finally {
    own.dispose();
  }
}
