import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeGeneric, sessionName } from '../../src/agents/generic';
import { blame } from '../../src/app/blame';
import { recordsOf } from '../../src/app/commitRecords';
import { recordEdit } from '../../src/app/recordEdit';
import { type Repository, withRepository } from '../../src/app/repository';
import { show } from '../../src/app/show';
import type { RepoPath, Sha } from '../../src/core/brand';
import { type Actor, actors, type ProvenanceRepo, payload } from './provenanceRepo';

/** The same numbers for the same seed (mulberry32, T. Ettinger). */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Files = Record<string, string | undefined>;

const wordsOfLine = 4;

/** What a line has to count as: its words begin with the letter of their actor. */
function expected(line: string): { readonly class: string; readonly tools: readonly (string | null)[] } {
  const who = new Set(line.split(' ').map((word) => word[0]));
  const tools = (['A', 'B'] as const).filter((letter) => who.has(letter)).map((letter) => actors[letter].tool);
  if (tools.length > 0) return { class: who.size === tools.length ? 'ai' : 'ai-edited', tools };
  return { class: who.has('U') ? 'unknown' : 'human', tools: [null] };
}

function wordPairs(line: string): readonly string[] {
  const words = line.split(' ');
  return words.slice(1).map((word, index) => `${words[index]} ${word}`);
}

/** One random history in one repository. */
export class OracleRun {
  /** What was done, one line a step. */
  readonly log: string[] = [];
  /** Commits whose records were compared with their lines. */
  checked = 0;
  readonly #repo: ProvenanceRepo;
  readonly #random: (below: number) => number;
  readonly #seen = new Set<string>();
  /** Committed lines of several hands, by each pair of neighbouring words. */
  readonly #mixed = new Set<string>();
  #word = 0;
  #branch = 0;

  constructor(repo: ProvenanceRepo, seed: number) {
    this.#repo = repo;
    this.#random = numbers(seed);
    for (const sha of repo.git('rev-list', '--all').split('\n')) this.#seen.add(sha);
  }

  /** One random operation, and the check of every commit that it made. */
  async step(): Promise<void> {
    const operations: readonly (readonly [number, () => Promise<void> | void])[] = [
      [30, () => this.#edit()],
      [8, () => this.#commitAll()],
      [4, () => this.#commitSome()],
      [6, () => this.#commitHunks()],
      [3, () => this.#commitPath()],
      [5, () => this.#amend()],
      [3, () => this.#stash()],
      [2, () => this.#resetAndCommit()],
      [3, () => this.#switch()],
      [3, () => this.#rebase()],
      [3, () => this.#cherryPick()],
      [3, () => this.#merge()],
      [2, () => this.#squash()],
      [2, () => this.#revert()],
      [3, () => this.#rename()],
    ];
    let left = this.#random(operations.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, operation] of operations) {
      left -= weight;
      if (left >= 0) continue;
      await operation();
      break;
    }
    await this.#check();
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#random(items.length)];
  }

  #line(actor: Actor): string {
    const words = Array.from({ length: wordsOfLine }, (_, index) => `${actor}${this.#word}${'wxyz'[index]}`);
    this.#word++;
    return words.join(' ');
  }

  #block(actor: Actor): string[] {
    return Array.from({ length: 1 + this.#random(3) }, () => this.#line(actor));
  }

  #tracked(): readonly string[] {
    return this.#repo
      .git('ls-files')
      .split('\n')
      .filter((path) => /^f\d/.test(path) && existsSync(join(this.#repo.work, path)));
  }

  #onDisk(): readonly string[] {
    const untracked = this.#repo.git('ls-files', '--others').split('\n');
    return [...this.#tracked(), ...untracked].filter((path) => /^f\d/.test(path));
  }

  #changed(lines: readonly string[], actor: Actor): readonly string[] {
    const result = [...lines];
    if (result.length >= 8 && this.#random(6) === 0) {
      // Past more lines than it has, so that it is this block that moved and not what lies between.
      const block = result.splice(0, 2 + this.#random(2));
      result.splice(block.length + 1 + this.#random(result.length - block.length), 0, ...block);
      return result;
    }
    for (let count = 1 + this.#random(2); count > 0; count--) {
      const at = this.#random(result.length + 1);
      switch (this.#random(5)) {
        case 0:
        case 1:
          result.splice(at, 0, ...this.#block(actor));
          break;
        case 2:
          result.splice(at, 1 + this.#random(3));
          break;
        case 3:
          result.splice(at, 1 + this.#random(2), ...this.#block(actor));
          break;
        default: {
          // A line keeps most of its words, so both who wrote it and who changed it show.
          const words = result[at]?.split(' ');
          if (words === undefined) break;
          words[this.#random(words.length)] = `${actor}${this.#word++}v`;
          if (new Set(words.map((word) => word[0])).size <= 2) result[at] = words.join(' ');
          break;
        }
      }
    }
    return result;
  }

  async #edit(): Promise<void> {
    const actor = this.#pick(['A', 'A', 'B', 'H', 'H', 'U'] as const) ?? 'A';
    const files: Files = {};
    const existing = this.#onDisk();
    for (let count = 1 + this.#random(2); count > 0; count--) {
      const path =
        existing.length === 0 || this.#random(6) === 0 ? `f${this.#random(5)}` : (this.#pick(existing) ?? 'f0');
      const full = join(this.#repo.work, path);
      const lines = existsSync(full) ? readFileSync(full, 'utf8').split('\n').slice(0, -1) : [];
      const after = this.#changed(lines, actor);
      files[path] = after.length === 0 ? undefined : after.map((line) => `${line}\n`).join('');
    }
    this.log.push(`${actor} edits ${Object.keys(files).join(' ')}`);
    await this.#write(actor, files);
  }

  async #write(actor: Actor, files: Files): Promise<void> {
    const names = Object.keys(files);
    if (actor !== 'U') await this.#hook('before-edit', actor, names);
    for (const [path, text] of Object.entries(files)) {
      if (text === undefined) rmSync(join(this.#repo.work, path), { force: true });
      else this.#repo.write(path, text);
    }
    if (actor !== 'U') await this.#hook('after-edit', actor, names);
  }

  /** What `record generic` does, without the start of a process. */
  async #hook(
    event: 'before-edit' | 'after-edit',
    actor: Exclude<Actor, 'U'>,
    files: readonly string[],
  ): Promise<void> {
    const decoded = decodeGeneric(payload(event, actor, files, this.#repo.work));
    assert.equal(decoded.kind, 'edit');
    if (decoded.kind === 'edit') await this.#with((opened) => recordEdit(opened, decoded.edit));
  }

  #with<T>(use: (opened: Repository) => Promise<T>): Promise<T> {
    return withRepository(this.#repo.work, { env: this.#repo.env }, use);
  }

  #git(...args: readonly string[]): boolean {
    const { status, stderr } = this.#repo.tryGit(args);
    this.log.push(`git ${args.join(' ')}${status === 0 ? '' : ` -> ${status} ${stderr.split('\n')[0]}`}`);
    if (stderr.includes('countersign')) throw new Error(stderr);
    return status === 0;
  }

  #isClean(): boolean {
    return this.#repo.git('status', '--porcelain') === '';
  }

  #commitAll(): void {
    this.#git('add', '-A');
    this.#git('commit', '-qm', 'all');
  }

  #commitSome(): void {
    const path = this.#pick(this.#onDisk());
    if (path === undefined) return;
    this.#git('add', '--', path);
    this.#git('commit', '-qm', 'some');
  }

  #commitPath(): void {
    const path = this.#pick(this.#tracked());
    if (path !== undefined) this.#git('commit', '-qm', 'path', '--', path);
  }

  /** Stages some hunks of the difference, as `git add -p` does. */
  #commitHunks(): void {
    const path = this.#pick(this.#tracked());
    if (path === undefined) return;
    const patch = this.#repo.git('diff', '-U0', '--no-renames', '--', path);
    const [head = '', ...hunks] = patch.split(/^(?=@@ )/m);
    if (hunks.length < 2 || !head.includes('+++ b/')) return;
    const chosen = hunks.filter(() => this.#random(2) === 0);
    if (chosen.length === 0) return;
    const input = `${head}${chosen.map((hunk) => (hunk.endsWith('\n') ? hunk : `${hunk}\n`)).join('')}`;
    const { status } = this.#repo.tryGit(['apply', '--cached', '--unidiff-zero', '--recount'], { input });
    this.log.push(`stage ${chosen.length} of ${hunks.length} hunks of ${path} -> ${status}`);
    if (status === 0) this.#git('commit', '-qm', 'hunks');
  }

  #amend(): void {
    switch (this.#random(3)) {
      case 0:
        this.#git('commit', '-q', '--amend', '-m', 'reworded');
        break;
      case 1:
        this.#git('commit', '-qa', '--amend', '--no-edit');
        break;
      default:
        this.#git('add', '-A');
        this.#git('commit', '-q', '--amend', '--no-edit');
    }
  }

  #stash(): void {
    if (!this.#git('stash', '-q', '-u')) return;
    if (this.#random(2) === 0) this.#switch();
    if (!this.#git('stash', 'pop', '-q')) {
      this.#git('checkout', '-q', '-f', 'HEAD', '--', '.');
      this.#git('reset', '-q', '--hard');
      this.#git('clean', '-qfd');
      this.#git('stash', 'drop', '-q');
    }
  }

  #resetAndCommit(): void {
    if (Number(this.#repo.git('rev-list', '--count', '--first-parent', 'HEAD')) < 4) return;
    this.#git('reset', '-q', this.#pick(['--soft', '--mixed'] as const) ?? '--soft', `HEAD~${1 + this.#random(2)}`);
    this.#commitAll();
  }

  #branches(): readonly string[] {
    const current = this.#repo.git('branch', '--show-current');
    return this.#repo
      .git('branch', '--format=%(refname:short)')
      .split('\n')
      .filter((name) => name !== '' && name !== current && !name.startsWith('('));
  }

  #switch(): void {
    const other = this.#pick(this.#branches());
    if (other !== undefined && this.#random(2) === 0) this.#git('checkout', '-q', other);
    else if (this.#branch < 4)
      this.#git('checkout', '-q', '-b', `b${this.#branch++}`, this.#random(2) === 0 ? 'HEAD~1' : 'HEAD');
  }

  async #rebase(): Promise<void> {
    const other = this.#pick(this.#branches());
    if (other === undefined || !this.#isClean()) return;
    if (!this.#git('rebase', '-q', other)) await this.#resolve('rebase');
  }

  async #cherryPick(): Promise<void> {
    const other = this.#pick(this.#branches());
    if (other === undefined || !this.#isClean()) return;
    if (!this.#git('cherry-pick', other)) await this.#resolve('cherry-pick');
  }

  async #merge(): Promise<void> {
    const other = this.#pick(this.#branches());
    if (other === undefined || !this.#isClean()) return;
    if (!this.#git('merge', '-q', '--no-edit', other)) await this.#resolve('merge');
  }

  #squash(): void {
    const other = this.#pick(this.#branches());
    if (other === undefined || !this.#isClean()) return;
    if (this.#git('merge', '-q', '--squash', other)) this.#git('commit', '-q', '--no-edit');
    else this.#git('reset', '-q', '--hard');
  }

  async #revert(): Promise<void> {
    if (!this.#isClean()) return;
    const commit = this.#pick(this.#repo.git('rev-list', '--no-merges', '-n', '4', 'HEAD').split('\n'));
    if (commit === undefined || this.#repo.git('rev-list', '--count', commit) === '1') return;
    if (!this.#git('revert', '--no-edit', commit)) await this.#resolve('revert');
  }

  /** A person settles a conflict: takes the lines of both sides, and at times adds one. Or gives up. */
  async #resolve(command: 'rebase' | 'cherry-pick' | 'merge' | 'revert'): Promise<void> {
    for (let round = 0; round < 6; round++) {
      const unmerged = this.#repo
        .git('diff', '--name-only', '--diff-filter=U')
        .split('\n')
        .filter((path) => path !== '');
      const files: Files = {};
      for (const path of unmerged) {
        const full = join(this.#repo.work, path);
        const lines = existsSync(full) ? readFileSync(full, 'utf8').split('\n').slice(0, -1) : [];
        if (!lines.some((line) => line.startsWith('<<<<<<<'))) break;
        const kept = [...new Set(lines.filter((line) => !/^(?:<{7}|={7}|>{7}|\|{7})/.test(line)))];
        if (this.#random(2) === 0) kept.splice(this.#random(kept.length + 1), 0, this.#line('H'));
        files[path] = kept.map((line) => `${line}\n`).join('');
      }
      if (unmerged.length === 0 || Object.keys(files).length < unmerged.length || this.#random(4) === 0) break;
      this.log.push(`H settles ${Object.keys(files).join(' ')}`);
      await this.#write('H', files);
      this.#git('add', '-A');
      if (command === 'merge' ? this.#git('commit', '-q', '--no-edit') : this.#git(command, '--continue')) return;
    }
    this.#git(command, '--abort');
  }

  #rename(): void {
    const path = this.#pick(this.#tracked());
    const to = `f${5 + this.#random(4)}`;
    if (path === undefined || existsSync(join(this.#repo.work, to))) return;
    if (this.#random(2) === 0) this.#git('mv', path, to);
    else {
      this.log.push(`mv ${path} ${to}`);
      renameSync(join(this.#repo.work, path), join(this.#repo.work, to));
    }
  }

  async #check(): Promise<void> {
    const fresh = this.#repo
      .git('rev-list', '--reverse', '--topo-order', 'HEAD')
      .split('\n')
      .filter((sha) => !this.#seen.has(sha));
    if (fresh.length === 0) return;
    const problems: string[] = [];
    const tolerated = new Set<string>();
    const mixed: string[] = [];
    await this.#with(async (opened) => {
      const records = recordsOf(opened);
      for (const path of this.#repo.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n')) {
        if (!/^f\d/.test(path)) continue;
        const { lines, texts } = await blame(opened, records, path as RepoPath, 'HEAD');
        for (const { line, class: lineClass, tool, model, session, commit } of lines) {
          const text = texts[line - 1] ?? '';
          const wanted = expected(text);
          if (lineClass === 'ai-edited') mixed.push(...wordPairs(text));
          const actor = Object.values(actors).find((one) => one.kind === 'ai' && one.tool === tool);
          const known =
            actor?.kind === 'ai'
              ? actor.model === model && sessionName(actor.tool, actor.session) === session
              : model === null && session === null;
          // A record knows lines, not characters: what was committed as edited stays so when an AI replaces the other's word.
          const stays =
            lineClass === 'ai-edited' && wanted.class === 'ai' && wordPairs(text).some((pair) => this.#mixed.has(pair));
          if (stays) tolerated.add(text);
          if ((lineClass !== wanted.class && !stays) || !wanted.tools.includes(tool) || !known) {
            problems.push(
              `${path}:${line} "${text}" is ${lineClass} ${tool} ${model} ${session} (${commit?.slice(0, 8)}), not ${wanted.class}`,
            );
          }
        }
      }
      for (const sha of fresh) problems.push(...(await this.#checkCounts(opened, sha as Sha, tolerated)));
    });
    for (const pair of mixed) this.#mixed.add(pair);
    for (const sha of fresh) this.#seen.add(sha);
    this.checked += fresh.length;
    if (problems.length > 0) throw new Error(problems.slice(0, 8).join('\n'));
  }

  /** The record counts exactly the lines that git's own diff says the commit adds. */
  async #checkCounts(opened: Repository, sha: Sha, tolerated: ReadonlySet<string>): Promise<readonly string[]> {
    const [shown] = await show(opened, recordsOf(opened), sha);
    if (shown?.record == null) return [`${sha.slice(0, 8)} has no record`];
    const parents = this.#repo.git('rev-list', '--parents', '-n', '1', sha).split(' ').slice(1);
    if (parents.length > 1) return [];
    const diff = this.#repo.git(
      'diff-tree',
      '-p',
      '-U0',
      '--root',
      '--no-commit-id',
      '--diff-algorithm=myers',
      '--indent-heuristic',
      '-M50%',
      sha,
    );
    const counts = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0 };
    for (const line of diff.split('\n')) {
      if (tolerated.has(line.slice(1)) && line.startsWith('+')) counts['ai-edited']++;
      else if (/^\+[ABHU]\d/.test(line)) counts[expected(line.slice(1)).class as keyof typeof counts]++;
      else if (/^\+(?!\+\+ )/.test(line)) counts.unknown++;
    }
    const { deleted: _, ...own } = shown.counts;
    return JSON.stringify(own) === JSON.stringify(counts)
      ? []
      : [`${sha.slice(0, 8)} counts ${JSON.stringify(own)}, not ${JSON.stringify(counts)}`];
  }
}
