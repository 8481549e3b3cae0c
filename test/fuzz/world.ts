import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeGeneric } from '../../src/agents/generic';
import { recordsOf } from '../../src/app/commitRecords';
import { ensureRecords } from '../../src/app/ensureRecords';
import { recordAgent } from '../../src/app/recordAgent';
import { recordEdit } from '../../src/app/recordEdit';
import { type Repository, withRepository } from '../../src/app/repository';
import type { Sha } from '../../src/core/brand';
import { pastHooks } from '../support/pastHooks';
import type { ProvenanceRepo, Ran } from '../support/provenanceRepo';
import { type Form, plain } from './form';
import { actorOf, type Letter, markOf } from './people';
import type { Place } from './place';
import type { Random } from './random';
import { plainLines, type Style } from './style';

/** Whole files by path; `undefined` is a file that is not there. */
export type Files = Record<string, string | undefined>;

/** A repository in the hands of writers, who tell of what they do, or do not. */
export class World {
  /** What was done, one line each. */
  readonly log: string[] = [];
  readonly repo: ProvenanceRepo;
  readonly style: Style;
  readonly form: Form;
  /** The choices of the operation at hand. */
  random: Random;
  /** Where the work goes on: the top of a work tree. */
  work: string;
  /** Lines of several writers that stood in a commit, by each pair of neighbouring words. */
  readonly mixed = new Set<string>();
  /** Files whose last writer told nobody. */
  readonly unseen = new Set<string>();
  /** Files that nobody was seen to give their name. */
  readonly moved = new Set<string>();
  /** Whether git runs no hooks, as that of another client. */
  withoutHooks = false;
  /** Whether it ran none in the operation that was done last. */
  ranWithoutHooks = false;
  readonly #doubted = new Set<string>();
  readonly #nicked = new Map<string, ReadonlySet<Letter>>();
  /** What the one who runs git leaves in its environment. */
  #env: Readonly<Record<string, string>> = {};
  #serial = 0;

  constructor(
    repo: ProvenanceRepo,
    style: Style,
    random: Random,
    surroundings: { readonly place?: Place; readonly form?: Form } = {},
  ) {
    this.repo = repo;
    this.style = style;
    this.random = random;
    this.form = surroundings.form ?? plain;
    this.work = surroundings.place?.work(repo) ?? repo.work;
    this.takeForm(this.work);
  }

  /** Makes git bring files into this history's form, in the repository that `cwd` is in. */
  takeForm(cwd: string): void {
    const run = (...args: readonly string[]): string => this.repo.tryGit(args, { cwd }).stdout.trim();
    for (const [key, value] of this.form.config) run('config', key, value);
    const file = run('rev-parse', '--path-format=absolute', '--git-path', 'info/attributes');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.form.attributes);
  }

  /** Number of a line or branch; its own in every world. */
  serial(): number {
    return this.#serial++;
  }

  /** Opens the repository in this process, as a command would. */
  open<T>(use: (opened: Repository) => Promise<T>): Promise<T> {
    return withRepository(this.work, { env: this.repo.env }, use);
  }

  /** Runs git, whatever comes of it. */
  tryGit(
    args: readonly string[],
    options: { readonly input?: string | Buffer; readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ): Ran {
    const quiet = this.withoutHooks ? pastHooks : [];
    const ran = this.repo.tryGit([...quiet, ...args], {
      cwd: this.work,
      ...options,
      env: { ...this.#env, ...options.env },
    });
    const failed = ran.status === 0 ? '' : ` -> ${ran.status} ${(ran.stderr || ran.stdout).split('\n')[0]}`;
    this.log.push(`git ${[...quiet, ...args].join(' ')}${failed}`);
    if (/countersign: |at .*\.js:\d/.test(ran.stderr)) throw new Error(ran.stderr);
    return ran;
  }

  /** Runs git; whether it ended well. */
  git(...args: readonly string[]): boolean {
    return this.tryGit(args).status === 0;
  }

  /** What git answers, as lines; none where it fails. Not logged. */
  ask(...args: readonly string[]): readonly string[] {
    const { status, stdout } = this.repo.tryGit(args, { cwd: this.work });
    return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
  }

  /** Whether nothing is changed or untracked. */
  isClean(): boolean {
    return this.ask('status', '--porcelain').length === 0;
  }

  /** Tracked files that are there. */
  tracked(): readonly string[] {
    return this.ask('ls-files').filter((path) => /f\d/.test(path) && isFile(join(this.work, path)));
  }

  /** All files that are there. */
  files(): readonly string[] {
    return [...new Set([...this.tracked(), ...this.ask('ls-files', '--others').filter((path) => /f\d/.test(path))])];
  }

  /** The lines of a file; none where there is none. */
  lines(path: string): readonly string[] {
    const full = join(this.work, path);
    return existsSync(full) ? linesOf(this.form.decode(readFileSync(full))) : [];
  }

  /** The lines of a file as git names it (`HEAD:path`, `:path`); none where there is none. */
  linesAt(name: string): readonly string[] {
    const { status, stdout } = this.repo.tryGit(['cat-file', '--filters', name], { cwd: this.work });
    return status === 0 && stdout !== '' ? linesOf(this.form.decode(Buffer.from(stdout, 'latin1'))) : [];
  }

  /** Leaves of what is known only the records, as in a clone of somebody else who fetched them. */
  async forgetLedger(): Promise<void> {
    const commits = this.ask('rev-list', '--reverse', '--all', '--reflog');
    await this.open((opened) => ensureRecords(opened, recordsOf(opened), commits as Sha[]));
    const [common = ''] = this.ask('rev-parse', '--path-format=absolute', '--git-common-dir');
    rmSync(join(common, 'countersign', 'ledger'), { recursive: true, force: true });
  }

  /** What hooks and `record` logged as their own faults. */
  faults(): string {
    const [common = ''] = this.ask('rev-parse', '--path-format=absolute', '--git-common-dir');
    const file = join(common, 'countersign', 'faults.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Some lines of a writer, at times with some of everybody's. */
  block(who: Letter, most = 3): readonly string[] {
    const { random } = this;
    return Array.from({ length: 1 + random.below(most) }, () =>
      this.style.repeats && random.once(4)
        ? (random.pick(plainLines) ?? '')
        : this.style.line(who, this.serial(), random),
    );
  }

  /**
   * Writes files the way the writer does: told of before and after, or unseen; `meanwhile`, before they are written, others may do
   * something to those that are named.
   */
  async write(
    who: Letter,
    files: Files,
    names: readonly string[] = Object.keys(files),
    meanwhile: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    this.log.push(`${who} writes ${names.join(' ')}`);
    await this.#tell('before-edit', who, names);
    await meanwhile();
    for (const [path, text] of Object.entries(files)) this.put(path, text);
    await this.#tell('after-edit', who, names);
    for (const name of names) {
      if (who === 'U') this.unseen.add(name);
      else this.unseen.delete(name);
    }
  }

  /** Puts a text on disk, and tells nobody. */
  put(path: string, text: string | undefined): void {
    const full = join(this.work, path);
    if (text === undefined) {
      rmSync(full, { force: true });
      return;
    }
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, this.form.encode(text));
  }

  /** Runs what one command of an agent does; its hooks tell of the command alone, and its environment names it. */
  async command(who: keyof typeof markOf, run: () => void): Promise<void> {
    const { tool, model, session: conversation } = actorOf[who];
    const call = `call${this.serial()}`;
    const tell = (when: 'before' | 'after'): Promise<void> =>
      this.open((opened) =>
        recordAgent(
          opened,
          {
            kind: 'shell',
            when,
            session: { tool, model, conversation },
            call,
            names: { folders: [], paths: [] },
            goesOn: false,
          },
          this.work,
        ),
      );
    this.log.push(`${who} begins a command`);
    await tell('before');
    this.#env = { [markOf[who]]: conversation };
    try {
      run();
    } finally {
      this.#env = {};
    }
    await tell('after');
    this.log.push(`${who} has ended the command`);
  }

  /**
   * Says that an AI took a word of somebody else's out of a line: whoever replaces the AI's word, the line counts as edited by it,
   * as long as a word of it is there (design: "none of AI, but an AI removed non-blank characters from inside the line").
   */
  nick(who: Letter, was: string, line: string): void {
    if (who === 'H' || who === 'U') return;
    const words = line.split(' ');
    const lost = was.split(' ').filter((word) => !words.includes(word));
    if (lost.every((word) => word.startsWith(who))) return;
    for (const word of words) this.#nicked.set(word, new Set([...(this.#nicked.get(word) ?? []), who]));
  }

  /** The AIs that took something out of a line. */
  nicksOf(line: string): readonly Letter[] {
    return line.split(' ').flatMap((word) => [...(this.#nicked.get(word) ?? [])]);
  }

  /** Says of a line that nobody can know whose it is. */
  doubt(line: string): void {
    for (const part of this.#partsOf(line)) this.#doubted.add(part);
  }

  /** Whether it was said of a line, or of some of it. */
  isDoubted(line: string): boolean {
    return this.#partsOf(line).some((part) => this.#doubted.has(part));
  }

  #partsOf(line: string): readonly string[] {
    return this.style.alike ? [line.trim()] : line.trim().split(' ');
  }

  /** What `record generic` does, without the start of a process. */
  async #tell(event: 'before-edit' | 'after-edit', who: Letter, files: readonly string[]): Promise<void> {
    if (who === 'U') return;
    const decoded = decodeGeneric(JSON.stringify({ event, cwd: this.work, files, actor: actorOf[who] }));
    if (decoded.kind !== 'edit') throw new Error(decoded.problems.join());
    await this.open((opened) => recordEdit(opened, decoded.edit));
  }
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** A file's text. */
export function textOf(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
}
