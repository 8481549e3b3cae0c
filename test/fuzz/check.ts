import { blame } from '../../src/app/blame';
import { recordsOf } from '../../src/app/commitRecords';
import type { Repository } from '../../src/app/repository';
import { show } from '../../src/app/show';
import type { RepoPath, Sha } from '../../src/core/brand';
import { type Expected, isExpected, type Said } from './people';
import type { World } from './world';

function wordPairs(line: string): readonly string[] {
  const words = line.split(' ');
  return words.slice(1).map((word, index) => `${words[index]} ${word}`);
}

/** Whether an answer names nobody whom the tokens do not name, and no less doubt. */
function isOpen(said: Said, wanted: Expected): boolean {
  if (said.class === 'unknown') return isExpected(said, { class: 'unknown', sessions: [] });
  return said.class === 'ai-edited' && wanted.class === 'ai' && isExpected({ ...said, class: 'ai' }, wanted);
}

/** What the check has looked at so far, and what it does not look at again. */
export class Check {
  /** Lines that were asked about. */
  lines = 0;
  /** Those of them whose answer was wrong. */
  wrong = 0;
  /** Those whose answer stayed open where two wrote at once. */
  doubted = 0;
  /** Commits whose counts were compared with git's own diff. */
  commits = 0;
  readonly #seen: Set<string>;
  readonly #tolerated = new Set<string>();
  /** Trailers that were joined where no hook ran. */
  readonly #joined = new Set<string>();
  /** `HEAD` and the records as they were when all of its lines were found right. */
  #right = '';

  /** Commits that are there by now are not looked at. */
  constructor(world: World) {
    this.#seen = new Set(world.ask('rev-list', '--all'));
  }

  /** Asks of every line of every file, on disk and in `HEAD`, who wrote it; the answers that are wrong. */
  async problems(world: World): Promise<readonly string[]> {
    const history = world
      .ask('show-ref', '--head')
      .filter((line) => /HEAD$|refs\/notes\//.test(line))
      .join('\n');
    const fresh = world.ask('rev-list', '--reverse', '--topo-order', 'HEAD').filter((sha) => !this.#seen.has(sha));
    const found: string[] = [];
    await world.open(async (opened) => {
      for (const path of world.files()) found.push(...(await this.#file(world, opened, path, undefined)));
      for (const entry of history === this.#right ? [] : world.ask('ls-tree', '-r', 'HEAD')) {
        const [, path = ''] = /^100\d{3} .*\t(.*)$/.exec(entry) ?? [];
        if (/f\d/.test(path)) found.push(...(await this.#file(world, opened, path, 'HEAD')));
      }
      for (const sha of fresh) found.push(...(await this.#counts(world, opened, sha as Sha)));
    });
    for (const sha of fresh) this.#seen.add(sha);
    this.commits += fresh.length;
    if (found.length === 0) this.#right = history;
    return found;
  }

  async #file(world: World, opened: Repository, path: string, rev: 'HEAD' | undefined): Promise<readonly string[]> {
    const { lines, texts } = await blame(opened, recordsOf(opened), path as RepoPath, rev);
    const problems: string[] = [];
    for (const said of lines) {
      const text = world.form.bare(texts[said.line - 1] ?? '');
      const wanted = world.style.expected(text);
      if (wanted === undefined) continue;
      this.lines++;
      if (said.class === 'ai-edited' && rev !== undefined) for (const pair of wordPairs(text)) world.mixed.add(pair);
      if (isExpected(said, wanted)) continue;
      // A record knows lines, not characters: what was committed as edited stays so when an AI replaces the other's word.
      const stays =
        said.class === 'ai-edited' && wanted.class === 'ai' && wordPairs(text).some((pair) => world.mixed.has(pair));
      const nicked =
        wanted.sessions.length === 0 && isExpected(said, { class: 'ai-edited', sessions: world.nicksOf(text) });
      if (nicked || (stays && isExpected({ ...said, class: 'ai' }, wanted))) this.#tolerated.add(text);
      else if (world.isDoubted(text) && isOpen(said, wanted)) this.doubted++;
      else {
        this.wrong++;
        const place = `${rev ?? 'disk'}:${path}:${said.line}`;
        problems.push(
          `${place} "${text}" is ${said.class} ${said.tool} ${said.model} ${said.reason} (${said.commit?.slice(0, 8)}), not ${wanted.class} ${wanted.sessions}`,
        );
      }
    }
    return problems;
  }

  /** The record counts exactly the lines that git's own diff says the commit adds; the message names no more than one. */
  async #counts(world: World, opened: Repository, sha: Sha): Promise<readonly string[]> {
    const short = sha.slice(0, 8);
    const message = world.ask('log', '-1', '--format=%B', sha).filter((line) => line.startsWith('AI-Provenance: '));
    // Without hooks nobody is there to make one of what a squash joins; and it is carried on from there.
    const isJoined = message.length > 1 && (world.ranWithoutHooks || this.#joined.has(message.join('\n')));
    if (isJoined) this.#joined.add(message.join('\n'));
    else if (message.length > 1) return [`${short} has trailers ${message.join(' and ')}`];
    const [shown] = await show(opened, recordsOf(opened), sha);
    const parents = (world.ask('rev-list', '--parents', '-n', '1', sha)[0] ?? '').split(' ').slice(1);
    const author = world.ask('log', '-1', '--format=%s', sha)[0] ?? '';
    if (parents.length > 1 || author.startsWith('elsewhere')) return [];
    const how = ['-p', '-U0', '--root', '--no-commit-id', '--diff-algorithm=myers', '--indent-heuristic', '-M50%'];
    const patch = world.ask('diff-tree', ...how, sha);
    // A rebase of all of a history makes an empty commit for itself.
    if (shown?.record == null) return patch.length === 0 ? [] : [`${short} has no record`];
    let open = 0;
    const counts = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0 };
    for (const line of patch) {
      if (!/^\+(?!\+\+ [ab/])/.test(line)) continue;
      const text = world.form.bare(line.slice(1));
      const expected = world.style.expected(text);
      if (expected === undefined || world.isDoubted(text)) open++;
      else if (this.#tolerated.has(text)) counts['ai-edited']++;
      else counts[expected.class as keyof typeof counts]++;
    }
    const { deleted: _, ...own } = shown.counts;
    // Lines that tell nothing may be anybody's.
    const off = (Object.keys(counts) as (keyof typeof counts)[]).some((key) => own[key] < counts[key]);
    const sum = (all: typeof counts): number => Object.values(all).reduce((a, b) => a + b, 0);
    return off || sum(own) > sum(counts) + open
      ? [`${short} counts ${JSON.stringify(own)}, not ${JSON.stringify(counts)} and ${open} more`]
      : [];
  }
}
