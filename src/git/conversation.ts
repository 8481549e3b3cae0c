import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { BugError, ToolError } from '../core/errors';
import { type Git, gitFailure } from './git';
import { startFailure, stopProcess } from './runProcess';

const mostBytes = 1024 * 1024 * 1024;

/**
 * A git command that answers questions on its standard input one after the other, started with the first of them.
 *
 * Must be disposed: the process keeps the program alive.
 */
export class Conversation {
  readonly #git: Git;
  readonly #args: readonly string[];
  #process: ChildProcessWithoutNullStreams | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(git: Git, args: readonly string[]) {
    this.#git = git;
    this.#args = args;
  }

  /**
   * What the command answers to `question`, without `end`, which is the first place where the answer may stop.
   *
   * @throws ToolError `git-failed` when the process ends (the next question starts another), `bad-input` for too much
   */
  ask(question: string | Buffer, end: string): Promise<Buffer> {
    const answer = this.#turn.then(() => this.#answer(question, Buffer.from(end)));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the process. May be called twice. */
  dispose(): void {
    this.#disposed = true;
    if (this.#process !== undefined) stopProcess(this.#process);
    this.#process = undefined;
  }

  #answer(question: string | Buffer, end: Buffer): Promise<Buffer> {
    if (this.#disposed) return Promise.reject(new BugError('the conversation was disposed'));
    this.#process ??= this.#start();
    const child = this.#process;
    return new Promise((settle, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      let tail = Buffer.alloc(0);
      let stderr = '';
      const stop = (outcome: () => void): void => {
        child.stdout.off('data', onData);
        child.stderr.off('data', onError);
        child.off('error', onFailure);
        child.off('close', onClose);
        outcome();
      };
      const giveUp = (error: unknown): void => {
        this.#process = undefined;
        stop(() => reject(error));
      };
      const onData = (chunk: Buffer): void => {
        chunks.push(chunk);
        length += chunk.length;
        tail = Buffer.concat([tail, chunk.subarray(-end.length)]).subarray(-end.length);
        if (tail.equals(end)) stop(() => settle(Buffer.concat(chunks, length).subarray(0, length - end.length)));
        else if (length > mostBytes) {
          stopProcess(child);
          giveUp(new ToolError('bad-input', 'The answer of git is too large.'));
        }
      };
      const onError = (chunk: Buffer): void => {
        stderr = (stderr + chunk.toString('utf8')).slice(-4096);
      };
      const onFailure = (error: Error): void => {
        const { program, env, workTree, gitDir } = this.#git;
        giveUp(startFailure({ program, args: this.#args, cwd: workTree ?? gitDir, env }, error));
      };
      const onClose = (code: number | null): void => giveUp(gitFailure(this.#args, { code: code ?? -1, stderr }));
      child.stdout.on('data', onData);
      child.stderr.on('data', onError);
      child.on('error', onFailure);
      child.on('close', onClose);
      child.stdin.write(question);
    });
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = this.#git.start(this.#args);
    // How it ends tells.
    child.stdin.on('error', () => undefined);
    return child;
  }
}
