import { pathMatcher } from '../policy/glob';
import type { Senior } from '../policy/policy';
import type { GateCommit } from './gateInput';

/** One senior, ready to be compared. Two persons are the same when they are the same object. */
export interface Person {
  readonly principal: string;
  /** Principal, aliases and accounts in lower case. */
  readonly names: ReadonlySet<string>;
  /** Whether this person may sign a file: every name that it has or had. */
  readonly maySign: (names: readonly string[]) => boolean;
}

/** The persons of a roster, in its order. */
export function rosterOf(seniors: readonly Senior[]): readonly Person[] {
  return seniors.map((senior) => {
    const matches = pathMatcher(senior.paths);
    const names = [senior.principal, ...senior.aliases, ...senior.accounts].map((name) => name.toLowerCase());
    return { principal: senior.principal, names: new Set(names), maySign: (paths) => paths.every(matches) };
  });
}

/**
 * Whose key it is, when the signers file gives it these principals: the claimed person if they are among them, else the
 * only one. `undefined` for nobody, and for several of whom none is claimed.
 */
export function personOf(
  roster: readonly Person[],
  principals: readonly string[],
  claimed: string,
): Person | undefined {
  const lower = principals.map((name) => name.toLowerCase());
  const persons = roster.filter((person) => lower.some((name) => person.names.has(name)));
  return (
    persons.find((person) => person.names.has(claimed.toLowerCase())) ?? (persons.length === 1 ? persons[0] : undefined)
  );
}

/** Whether the person is the one of that address, login or account. In doubt, yes: this only ever excludes. */
export function isPerson(person: Person, identity: string): boolean {
  return identityNames(identity).some(
    (name) =>
      person.names.has(name) || (!name.includes('@') && [...person.names].some((own) => own.endsWith(`:${name}`))),
  );
}

/** The addresses of everybody who has a part in the commit's content, lower case. */
export function authorsOf(commit: GateCommit): readonly string[] {
  if (commit.isAutomaticMerge) return [];
  const people = [commit.author, ...commit.coAuthors, ...(commit.isEqualReplay ? [] : [commit.committer])];
  return [...new Set(people.map((address) => address.toLowerCase()))];
}

/** The hosts whose no-reply addresses name an account: `12345+login@` or `12345-login@`. */
const noReplyHosts: Readonly<Record<string, string>> = {
  'users.noreply.github.com': 'github',
  'users.noreply.gitlab.com': 'gitlab',
};

function identityNames(identity: string): readonly string[] {
  const name = identity.trim().toLowerCase();
  const split = name.lastIndexOf('@');
  const host = noReplyHosts[name.slice(split + 1)];
  if (split < 0 || host === undefined) return [name];
  const match = /^(?:([0-9]+)[+-])?(.+)$/.exec(name.slice(0, split));
  return [name, ...[match?.[1], match?.[2]].flatMap((part) => (part === undefined ? [] : [`${host}:${part}`]))];
}
