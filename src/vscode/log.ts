import * as vscode from 'vscode';

/** The output channel, made when there is something to say. */
export class Log implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;

  get #output(): vscode.LogOutputChannel {
    this.#channel ??= vscode.window.createOutputChannel('Countersign', { log: true });
    return this.#channel;
  }

  /** One line about something that went on as it should. */
  info(line: string): void {
    this.#output.info(line);
  }

  /** One line about something that went wrong without stopping anything. */
  warn(line: string): void {
    this.#output.warn(line);
  }

  /** A fault of ours; the person's work goes on. */
  fault(doing: string, problem: unknown): void {
    this.#output.error(`${doing}: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
  }

  show(): void {
    this.#output.show(true);
  }

  dispose(): void {
    this.#channel?.dispose();
  }
}

/** Runs something whose failure stops nothing but itself; the one place of this shell where such errors end. */
export function guarded(log: Log, doing: string, work: () => Promise<unknown>): void {
  work().catch((problem: unknown) => log.fault(doing, problem));
}
