import type { Sha } from '../brand';
import type { Acceptance } from '../policy/policy';
import type { GateCommit } from './gateInput';
import type { SignOff } from './judgeEvents';
import { authorsOf, isPerson, type Person } from './roster';
import type { Unit } from './substantial';

/** What a commit's part in a path is asked about. */
type Part = Pick<Unit, 'commit' | 'names'>;

/** How many sign-offs something takes, and of what kind. */
export interface Need {
  readonly signOffs: number;
  readonly accept: readonly Acceptance[];
}

/** Who has signed what. */
export interface Coverage {
  /** One entry a person, key and kind of evidence. */
  readonly signOffs: readonly SignOff[];
  /** Distinct seniors, each with a key of their own, whose sign-off counts for the part. */
  readonly signers: (part: Part, accept: readonly Acceptance[]) => number;
  readonly isCovered: (part: Part, need: Need) => boolean;
  /** Persons whose sign-off counts for the part, whatever the need accepts. */
  readonly persons: (part: Part) => readonly Person[];
  /** Whether the person must not sign the commit, and why. */
  readonly exclusion: (commit: Sha, person: Person) => 'made' | 'push' | undefined;
}

/** Sign-offs add up per commit and path; nobody counts for a commit they made or for anything they push. */
export function coverageOf(
  commits: readonly GateCommit[],
  signOffs: readonly SignOff[],
  pusher: string | undefined,
): Coverage {
  const authors = new Map(commits.map((commit) => [commit.sha, authorsOf(commit)]));
  const exclusion = (commit: Sha, person: Person) => {
    if ((authors.get(commit) ?? []).some((author) => isPerson(person, author))) return 'made' as const;
    return pusher !== undefined && isPerson(person, pusher) ? ('push' as const) : undefined;
  };
  const merged = mergeByKey(signOffs);
  const byCommit = new Map<Sha, readonly SignOff[]>();
  for (const { sha } of commits) {
    byCommit.set(
      sha,
      merged.filter((signOff) => signOff.covers.has(sha) && exclusion(sha, signOff.person) === undefined),
    );
  }
  const counting = (commit: Sha, part: Part) =>
    (byCommit.get(commit) ?? []).filter((signOff) => signOff.person.maySign(part.names));
  /** Where nobody can tell the commit: those that change the path and merges that decided something, else all. */
  const sources = (part: Part): readonly Sha[] => {
    if (part.commit !== undefined) return [part.commit];
    const touching = commits.filter(
      (commit) =>
        (commit.parents.length > 1 && !commit.isAutomaticMerge) ||
        commit.changes.some(
          (change) =>
            part.names.includes(change.path) || (change.oldPath !== undefined && part.names.includes(change.oldPath)),
        ),
    );
    return (touching.length > 0 ? touching : commits).map((commit) => commit.sha);
  };
  const signers = (part: Part, accept: readonly Acceptance[]) => {
    const numbers = sources(part).map((commit) =>
      distinctSigners(counting(commit, part).filter((signOff) => accept.includes(signOff.evidence))),
    );
    return numbers.length === 0 ? 0 : Math.min(...numbers);
  };
  return {
    signOffs: merged,
    signers,
    isCovered: (part, need) => signers(part, need.accept) >= need.signOffs,
    persons: (part) => [
      ...new Set(sources(part).flatMap((commit) => counting(commit, part).map(({ person }) => person))),
    ],
    exclusion,
  };
}

/**
 * The most pairs of a person and a key in which no person and no key is twice (a largest matching, found by augmenting
 * paths): two persons who share a key count once, and so does one person with two keys.
 */
export function distinctSigners(signOffs: readonly Pick<SignOff, 'person' | 'key'>[]): number {
  const keysOf = new Map<Person, Set<string>>();
  for (const { person, key } of signOffs) keysOf.set(person, (keysOf.get(person) ?? new Set()).add(key));
  const holder = new Map<string, Person>();
  const place = (person: Person, tried: Set<string>): boolean => {
    for (const key of keysOf.get(person) ?? []) {
      if (tried.has(key)) continue;
      tried.add(key);
      const other = holder.get(key);
      if (other === undefined || place(other, tried)) {
        holder.set(key, person);
        return true;
      }
    }
    return false;
  };
  return [...keysOf.keys()].filter((person) => place(person, new Set())).length;
}

/** One entry a person, key and kind of evidence: a thousand sign-offs of one senior are looked at as one. */
function mergeByKey(signOffs: readonly SignOff[]): readonly SignOff[] {
  const merged = new Map<string, { readonly first: SignOff; readonly covers: Set<Sha> }>();
  for (const signOff of signOffs) {
    const id = [signOff.person.principal, signOff.key, signOff.evidence].join('\0');
    const entry = merged.get(id) ?? { first: signOff, covers: new Set() };
    for (const sha of signOff.covers) entry.covers.add(sha);
    merged.set(id, entry);
  }
  return [...merged.values()].map(({ first, covers }) => ({ ...first, covers }));
}
