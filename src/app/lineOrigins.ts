import type { Attributed } from '../core/attribution/attributed';
import type { BaseLookup, LineOrigin } from '../core/attribution/lineClass';
import type { RepoPath, Sha } from '../core/brand';
import { gitLineTexts } from '../core/text/gitLines';
import { lineAt, lineStarts } from '../core/text/lines';
import type { TextId } from '../core/text/textId';
import type { BlameLine } from '../git/blame';
import { BlobSearch } from '../git/findBlob';
import { commitsSinceAdoption } from './adoption';
import { type FileText, readFileText } from './blobs';
import type { RecordBook } from './recordBook';
import type { Repository } from './repository';
import { type HomeSources, TextHomes } from './textHomes';

/** What a clone knows beyond its records and the history that is asked about. */
export interface OriginSources extends HomeSources {
  /** Builds the records that commits of this clone lack. */
  readonly derive?: (commits: readonly Sha[]) => Promise<void>;
}

/** A text of a file at the first of some paths, or that was at another one of them. */
export interface TextToTell {
  readonly attributed: Attributed;
  readonly paths: readonly RepoPath[];
  /** The commits in which, and in the history of the first of which, the texts that it is based on are looked for. */
  readonly revs: readonly Sha[];
  /** The lines that are asked about (0-based, of the attributed text); all of them when absent. */
  readonly lines?: ReadonlySet<number>;
  /** The file at the first path in the first commit. */
  readonly first?: FileText | undefined;
}

/** Lines of a text that others are based on, as blame tells them. */
interface BaseLines {
  readonly starts: readonly number[];
  readonly lines: readonly BlameLine[];
}

/** The lines of a file in a commit, and what is said of those that the commit added, by their text. */
interface FileOfCommit {
  readonly texts: readonly string[];
  readonly byText: ReadonlyMap<string, LineOrigin>;
}

/** Answers who wrote lines of commits, by blame and the records; keeps what it found. */
export class LineOrigins {
  readonly #repo: Repository;
  readonly #book: RecordBook;
  readonly #files = new Map<
    string,
    { readonly lines: ReadonlyMap<number, LineOrigin>; readonly file: Promise<FileOfCommit> }
  >();
  readonly #sources: OriginSources;
  readonly #homes: TextHomes;
  /** Of the commits without a record, whether they are from before recording began. */
  readonly #before = new Map<Sha, boolean>();

  constructor(repo: Repository, book: RecordBook, sources: OriginSources = {}) {
    this.#repo = repo;
    this.#book = book;
    this.#sources = sources;
    this.#homes = new TextHomes(repo, book, sources);
  }

  /**
   * Who wrote lines of the file at `path` in commit `rev`, and which commit added each; lines are git's, 1-based. All of
   * them where `range` is absent.
   */
  async linesAt(
    rev: Sha,
    path: RepoPath,
    range?: readonly [number, number],
  ): Promise<ReadonlyMap<number, LineOrigin & { readonly commit: Sha | undefined }>> {
    const blame = await this.#repo.lineHistory.linesAt(rev, path, range);
    return blame.kind === 'no-path' ? new Map() : this.originsOf(blame.lines);
  }

  /** Who wrote lines, given what blame says of them; by the number in the blamed file. */
  async originsOf(
    lines: readonly BlameLine[],
  ): Promise<ReadonlyMap<number, LineOrigin & { readonly commit: Sha | undefined }>> {
    await this.#prepare(lines.flatMap(({ commit }) => commit ?? []));
    const result = new Map<number, LineOrigin & { readonly commit: Sha | undefined }>();
    for (const line of lines) result.set(line.finalLine, { ...(await this.#originOf(line)), commit: line.commit });
    return result;
  }

  async #prepare(commits: readonly Sha[]): Promise<void> {
    const missing = await this.#book.without(commits);
    if (missing.length === 0) return;
    const first = this.#book.firstMissed(missing);
    if (first.length > 0) await this.#sources.derive?.(first);
    await this.#book.prepare(missing);
    const open = missing.filter((commit) => !this.#before.has(commit));
    const since = new Set(await commitsSinceAdoption(this.#repo, open));
    for (const commit of open) this.#before.set(commit, !since.has(commit));
  }

  async #originOf(line: BlameLine): Promise<LineOrigin> {
    if (line.commit === undefined) return { class: 'unknown', reason: 'not-watched' };
    const lines = await this.#book.linesOf(line.commit, line.origPath);
    const known = lines.get(line.origLine) ?? (lines.size === 0 ? undefined : await this.#sameText(line, lines));
    // What others leave open, as what nobody tells of, is told by when it was.
    if (known !== undefined && known.reason !== 'no-record') return known;
    return { class: 'unknown', reason: this.#before.get(line.commit) === true ? 'before-adoption' : 'no-record' };
  }

  /** The same text on another line that the commit added to the file: diff and blame may choose differently among equal lines. */
  async #sameText(line: BlameLine, lines: ReadonlyMap<number, LineOrigin>): Promise<LineOrigin | undefined> {
    if (line.commit === undefined) return undefined;
    const { texts, byText } = await this.#file(line.commit, line.origPath, lines);
    const wanted = texts[line.origLine - 1];
    return wanted === undefined ? undefined : byText.get(wanted);
  }

  #file(commit: Sha, path: RepoPath, lines: ReadonlyMap<number, LineOrigin>): Promise<FileOfCommit> {
    const key = `${commit}:${path}`;
    const known = this.#files.get(key);
    if (known?.lines === lines) return known.file;
    const file = readFileText(this.#repo, commit, path).then((found) => {
      const texts = found === undefined ? [] : gitLineTexts(found.bytes);
      const byText = new Map<string, LineOrigin>();
      for (const [number, origin] of lines) {
        const text = texts[number - 1];
        if (text !== undefined && !byText.has(text)) byText.set(text, origin);
      }
      return { texts, byText };
    });
    this.#files.set(key, { lines, file });
    return file;
  }

  /** {@link baseLookups} for one text of a file at `path`, and those of its lines that are in `lines`, or all. */
  async baseLookup(
    attributed: Attributed,
    path: RepoPath,
    revs: readonly Sha[],
    lines?: ReadonlySet<number>,
  ): Promise<BaseLookup> {
    const text = { attributed, paths: [path], revs, ...(lines === undefined ? {} : { lines }) };
    const [lookup = () => undefined] = await this.baseLookups([text]);
    return lookup;
  }

  /** Look-ups for the `base` runs of attributed texts, in their order; what they need is asked for together. */
  async baseLookups(texts: readonly TextToTell[]): Promise<readonly BaseLookup[]> {
    const needed = texts.map(({ attributed, lines }) => neededOffsets(attributed, lines));
    const search = new BlobSearch(
      this.#repo.git,
      needed.flatMap((offsets) => [...offsets.keys()]),
    );
    const bases: ReadonlyMap<TextId, BaseLines>[] = [];
    for (const [index, text] of texts.entries()) bases.push(await this.#basesOf(text, needed[index], search));
    const blamed = bases.flatMap((base) => [...base.values()].flatMap(({ lines }) => lines));
    await this.#prepare(blamed.flatMap(({ commit }) => commit ?? []));
    return Promise.all(bases.map((base) => this.#lookupIn(base)));
  }

  async #lookupIn(bases: ReadonlyMap<TextId, BaseLines>): Promise<BaseLookup> {
    const origins = new Map<TextId, ReadonlyMap<number, LineOrigin>>();
    for (const [textId, { lines }] of bases) origins.set(textId, await this.originsOf(lines));
    return (textId, offset) => {
      const base = bases.get(textId);
      return base && origins.get(textId)?.get(lineAt(base.starts, offset) + 1);
    };
  }

  async #basesOf(
    { paths, revs, first }: TextToTell,
    needed: ReadonlyMap<TextId, readonly number[]> = new Map(),
    search: BlobSearch,
  ): Promise<ReadonlyMap<TextId, BaseLines>> {
    const bases = new Map<TextId, BaseLines>();
    const [rev] = revs;
    const [own] = paths;
    for (const [textId, offsets] of needed) {
      const home =
        rev !== undefined && own !== undefined && first?.textId === textId
          ? { commit: rev, path: own, text: first.text }
          : await this.#homes.find(textId, paths, revs, search);
      if (home === undefined) continue;
      const starts = lineStarts(home.text);
      const numbers = offsets.map((offset) => lineAt(starts, offset) + 1);
      const from = numbers.reduce((a, b) => Math.min(a, b));
      const to = numbers.reduce((a, b) => Math.max(a, b));
      const blame = await this.#repo.lineHistory.linesAt(home.commit, home.path, [from, to]);
      bases.set(textId, { starts, lines: blame.kind === 'no-path' ? [] : blame.lines });
    }
    return bases;
  }
}

function neededOffsets(attributed: Attributed, lines: ReadonlySet<number> | undefined): ReadonlyMap<TextId, number[]> {
  const needed = new Map<TextId, number[]>();
  const starts = lineStarts(attributed.text);
  let at = 0;
  for (const run of attributed.runs) {
    if (run.kind === 'base') {
      const offsets = needed.get(run.text) ?? [];
      const first = lineAt(starts, at);
      const last = lineAt(starts, at + run.length - 1);
      for (let line = first; line <= last; line++) {
        if (lines !== undefined && !lines.has(line)) continue;
        const from = Math.max(at, starts[line] ?? 0);
        const to = Math.min(at + run.length, starts[line + 1] ?? attributed.text.length) - 1;
        offsets.push(run.offset + from - at, run.offset + to - at);
      }
      if (offsets.length > 0) needed.set(run.text, offsets);
    }
    at += run.length;
  }
  return needed;
}
