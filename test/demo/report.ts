import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Ran } from './people';

/** What one step says while it runs. */
export interface Step {
  /** Says that something holds; the step fails where it does not, showing `found`. */
  fact(words: string, holds: boolean, found?: unknown): void;
  /** Quotes what a program printed, or what git holds. */
  quote(text: string): void;
  /** Shows a command with its output and exit code. */
  command(line: string, ran: Ran): void;
  /** Takes a screenshot of the step. */
  picture(name: string): Promise<void>;
}

/** Whatever can take a picture of itself. */
export interface Camera {
  screenshot(file: string): Promise<void>;
}

/** Prints the steps as they happen and counts what went wrong. */
export class Report {
  readonly #folder: string;
  readonly #started = Date.now();
  readonly #failed: string[] = [];
  readonly #keepGoing: boolean;
  #number = 0;
  #pictures = 0;
  #camera: Camera | undefined;

  private constructor(folder: string, keepGoing: boolean) {
    this.#folder = folder;
    this.#keepGoing = keepGoing;
  }

  /** Pictures go to `folder`; those of an earlier run are removed. With `keepGoing` a step that failed does not end the demonstration. */
  static async start(folder: string, keepGoing: boolean): Promise<Report> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) if (name.endsWith('.png')) await rm(path.join(folder, name));
    return new Report(folder, keepGoing);
  }

  /** The window that pictures are taken of from now on. */
  watch(camera: Camera | undefined): void {
    this.#camera = camera;
  }

  /** Begins a part with its title. */
  part(title: string): void {
    print(`\n\u001b[1m${title}\u001b[0m  (${this.#elapsed()})\n`);
  }

  /** Runs one step. @throws StepFailed where it fails, unless the report keeps going */
  async step(title: string, body: (step: Step) => Promise<void>): Promise<void> {
    this.#number += 1;
    const number = this.#number;
    const started = Date.now();
    print(`\n${String(number).padStart(2)}. ${title}\n`);
    try {
      await body(this.#makeStep());
      print(`    ${grey(`${seconds(Date.now() - started)} s`)}\n`);
    } catch (problem) {
      this.#failed.push(`${number}. ${title}`);
      const words =
        problem instanceof StepFailed
          ? problem.message
          : problem instanceof Error
            ? (problem.stack ?? problem.message)
            : String(problem);
      print(`    \u001b[31m✗\u001b[0m ${indent(words)}\n`);
      await this.#picture(`failed-${number}`).catch((reason: unknown) =>
        print(`    (no picture: ${String(reason)})\n`),
      );
      if (!this.#keepGoing) throw new StepFailed(`Step ${number} did not happen: ${title}`);
    }
  }

  /** Prints the closing lines and returns the exit code. */
  finish(): number {
    const done = this.#number - this.#failed.length;
    print(
      `\n${done} of ${this.#number} steps happened in ${this.#elapsed()}; pictures are in ${path.relative(process.cwd(), this.#folder) || '.'}.\n`,
    );
    for (const title of this.#failed) print(`  did not happen: ${title}\n`);
    return this.#failed.length === 0 ? 0 : 1;
  }

  #makeStep(): Step {
    return {
      fact: (words, holds, found) => {
        if (!holds)
          throw new StepFailed(
            `${words}${found === undefined ? '' : `; instead:\n${typeof found === 'string' ? found : JSON.stringify(found, undefined, 1)}`}`,
          );
        print(`    \u001b[32m✓\u001b[0m ${words}\n`);
      },
      quote: (text) => quote(text),
      command: (line, ran) => {
        print(`    ${grey('$')} ${line}\n`);
        quote([ran.stdout, ran.stderr].join('').trimEnd());
        if (ran.code !== 0) quote(`(exit code ${ran.code})`);
      },
      picture: (name) => this.#picture(name),
    };
  }

  async #picture(name: string): Promise<void> {
    if (this.#camera === undefined) return;
    this.#pictures += 1;
    await this.#camera.screenshot(path.join(this.#folder, `${String(this.#pictures).padStart(2, '0')}-${name}.png`));
  }

  #elapsed(): string {
    return `${seconds(Date.now() - this.#started)} s`;
  }
}

/** A step that did not happen, in words. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

function print(text: string): void {
  process.stdout.write(text);
}

function quote(text: string): void {
  if (text === '') return;
  for (const line of text.split('\n')) print(`      ${grey('│')} ${line.trimEnd()}\n`);
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n      ');
}

function grey(text: string): string {
  return `\u001b[90m${text}\u001b[0m`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
