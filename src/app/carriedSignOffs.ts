import type { Sha } from '../core/brand';
import type { SignOffStatement } from '../core/signOff/statement';
import { readCommit } from '../git/commit';
import { reviewDigest } from './gate/reviewDigest';
import type { Repository } from './repository';

/** How many commits that are to be published are tried as the place that a signed head was carried to, newest first. */
const mostPlaces = 30;

/** With more places at which the commits leave the rest of the history they are no one piece of work. */
const mostBases = 4;

/** How many signed commits are looked at for one that was made again. */
const mostSigned = 50;

/**
 * Tells which sign-offs of commits that are gone are about some of `commits`, because those make the same change on
 * another base, as after a rebase. Whether the sign-off then counts is the gate's to say.
 */
export class CarriedSignOffs {
  readonly #repo: Repository;
  readonly #commits: readonly Sha[];
  readonly #digests = new Map<string, Promise<string | undefined>>();
  #places: Promise<Places> | undefined;

  constructor(repo: Repository, commits: readonly Sha[]) {
    this.#repo = repo;
    this.#commits = [...new Set(commits)];
  }

  /** Whether the commits make the change that a statement signs. */
  async includes(statement: SignOffStatement): Promise<boolean> {
    if (this.#commits.length === 0) return false;
    this.#places ??= findPlaces(this.#repo, this.#commits);
    const { authored, newest, bases } = await this.#places;
    if (bases.length === 0 || bases.length > mostBases) return false;
    if (!(await this.#wasMadeAgain(statement, authored))) return false;
    for (const head of newest) {
      for (const base of bases) if ((await this.#digest(base, head)) === statement.diffSha256) return true;
    }
    return false;
  }

  /** A rebase, pick or squash keeps who wrote something and when: what has nobody's in common is not worth a diff. */
  async #wasMadeAgain(statement: SignOffStatement, authored: ReadonlySet<string>): Promise<boolean> {
    for (const sha of statement.commits.slice(-mostSigned)) {
      const read = await readCommit(this.#repo.objects, sha);
      if (read.kind === 'found' && authored.has(authorOf(read.commit.author))) return true;
    }
    return false;
  }

  #digest(base: Sha, head: Sha): Promise<string | undefined> {
    const key = `${base} ${head}`;
    const known = this.#digests.get(key) ?? reviewDigest(this.#repo, base, head);
    this.#digests.set(key, known);
    return known;
  }
}

interface Places {
  /** Authors and moments. */
  readonly authored: ReadonlySet<string>;
  readonly newest: readonly Sha[];
  /** Parents that are none of the commits. */
  readonly bases: readonly Sha[];
}

async function findPlaces(repo: Repository, commits: readonly Sha[]): Promise<Places> {
  const own = new Set(commits);
  const authored = new Set<string>();
  const bases = new Set<Sha>();
  const times = new Map<Sha, number>();
  for (const sha of commits) {
    const read = await readCommit(repo.objects, sha);
    if (read.kind !== 'found') continue;
    const { author, committer, parents } = read.commit;
    authored.add(authorOf(author));
    times.set(sha, committer.time);
    for (const parent of parents) if (!own.has(parent)) bases.add(parent);
  }
  const newest = [...times].sort((a, b) => b[1] - a[1]).slice(0, mostPlaces);
  return { authored, newest: newest.map(([sha]) => sha), bases: [...bases] };
}

function authorOf({ email, time }: { readonly email: string; readonly time: number }): string {
  return `${time} ${email}`;
}
