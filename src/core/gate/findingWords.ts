import type { RepoPath, Sha } from '../brand';
import { safeText } from '../safeText';
import { type Finding, type FindingKind, type Severity, severityOfKind } from './findings';

/** What the sentence of each kind needs beside what the finding says itself. */
export interface WordFacts {
  readonly needsSignOff: {
    readonly what: string;
    readonly counting: number;
    readonly total: number;
    readonly missing: number;
    readonly range: string;
  };
  readonly vetoed: {
    readonly reason: string | undefined;
    /** Of the request; absent for one of a forge. */
    readonly event?: string | undefined;
  };
  readonly policyInvalid: { readonly where: 'tip' | 'pushed'; readonly detail: string };
  readonly policyRollback: { readonly detail: string };
  readonly protectedPathChanged: { readonly missing: number; readonly range: string };
  readonly historyRewritten: { readonly how: 'deleted' | 'recreated' | 'rewound'; readonly target: string };
  readonly hiddenFromReview: { readonly what: string; readonly range: string };
  readonly evilMerge: { readonly range: string };
  readonly replaceRefs: { readonly ref: string };
  readonly eventsRemoved: { readonly id: string };
  readonly shallowHistory: { readonly what: string };
  readonly signOffStale: { readonly event: string; readonly why: string };
  readonly signOffInvalid: { readonly event: string; readonly why: string };
  readonly signOffExpired: { readonly event: string };
  readonly selfSignOff: { readonly why: string };
  readonly signerNotSenior: { readonly why: string };
  readonly overridden: { readonly reason: string | undefined; readonly reviewBy: string };
  readonly policyMissing: { readonly target: string };
  readonly recordMissing: Record<never, never>;
  readonly recordMismatch: Record<never, never>;
  readonly unattributedLines: { readonly count: number };
}

/** What a finding is about; what is left out is `null` in it. Every text may be untrusted. */
export interface About {
  readonly severity?: Severity;
  readonly commit?: Sha | undefined;
  readonly path?: RepoPath | undefined;
  readonly lines?: string | null;
  readonly risk?: string | null;
  readonly principal?: string | undefined;
}

interface Words {
  readonly message: string;
  readonly next: string | null;
}

/** The finding with its words, made safe to show. */
export function finding<K extends FindingKind>(kind: K, about: About, facts: WordFacts[K]): Finding {
  const { message, next } = words[kind](facts, named(about));
  return {
    kind,
    severity: about.severity ?? severityOfKind[kind],
    commit: about.commit ?? null,
    path: about.path ?? null,
    lines: about.lines ?? null,
    risk: about.risk ?? null,
    principal: about.principal ?? null,
    message: safeText(message, 600),
    next: next === null ? null : safeText(next, 600),
  };
}

/** The first ten digits. */
export function shortId(id: string): string {
  return id.slice(0, 10);
}

interface Named {
  readonly commit: string;
  /** As a command takes it. */
  readonly id: string;
  readonly path: string;
  readonly who: string;
  readonly risk: string;
}

function named(about: About): Named {
  return {
    commit: about.commit === undefined ? 'the range' : `commit ${shortId(about.commit)}`,
    id: about.commit === undefined ? 'HEAD' : shortId(about.commit),
    path: about.path === undefined ? 'a file' : safeText(about.path, 120),
    who: about.principal === undefined ? 'Somebody' : safeText(about.principal, 80),
    risk: about.risk === null || about.risk === undefined ? '' : ` (${safeText(about.risk, 60)})`,
  };
}

function signers(count: number): string {
  return count === 1 ? 'one senior sign-off is missing' : `${count} senior sign-offs are missing`;
}

/** The end of a sentence, with what a person wrote, which has its own full stop or none. */
function because(reason: string | undefined): string {
  return reason === undefined ? '.' : `: "${safeText(reason, 200)}"`;
}

const review = (range: string) => `Ask a senior to review it and to run: countersign sign ${range}`;
const publish = (commit: string) =>
  `Publish the record from the machine that made the commit with: countersign sync <remote> ${commit}`;

const historyWords = {
  deleted: {
    fate: 'would be deleted',
    next: 'Keep it; a branch that is to go has to leave "protect" in .countersign.yml first.',
  },
  recreated: {
    fate: 'would be made anew after it was deleted',
    next: 'Push to another branch, and have whoever runs the server bring this one back.',
  },
  rewound: {
    fate: 'would lose commits that it holds',
    next: 'Take the missing commits back in and push without force: git pull --rebase',
  },
} as const;

const words: { readonly [K in FindingKind]: (facts: WordFacts[K], about: Named) => Words } = {
  needsSignOff: ({ what, counting, total, missing, range }, { risk }) => ({
    message: `${counting} of ${total} changed lines in ${what}${risk} are AI-assisted or of unknown source, and ${signers(missing)}.`,
    next: review(range),
  }),
  vetoed: ({ reason, event }, { who }) => ({
    message: `${who} requests changes${because(reason)}`,
    next: `Make the changes, or ask them to take the request back with: countersign revoke${event === undefined ? '' : ` ${event.slice(0, 16)}`}`,
  }),
  policyInvalid: ({ where, detail }) => ({
    message:
      where === 'pushed'
        ? `The policy would no longer work: ${safeText(detail, 300)}`
        : `The policy at the target's tip does not work: ${safeText(detail, 300)}`,
    next:
      where === 'pushed'
        ? 'Correct .countersign.yml and the signers file that it names, commit, and look at it with: countersign check'
        : 'Have .countersign.yml and the signers file that it names corrected there, and look at it with: countersign check',
  }),
  policyRollback: ({ detail }) => ({
    message: `${detail}`,
    next: 'Keep the policy, and raise its "revision" when its rules change.',
  }),
  protectedPathChanged: ({ missing, range }, { path, commit }) => ({
    message: `${path} is protected, ${commit} changes it, and ${signers(missing)}.`,
    next: review(range),
  }),
  historyRewritten: ({ how, target }) => ({
    message: `${safeText(target, 120)} is protected and ${historyWords[how].fate}.`,
    next: historyWords[how].next,
  }),
  hiddenFromReview: ({ what, range }, { path, commit }) => ({
    message: `${path} in ${commit} has content that a review would not show: ${what}.`,
    next: `Remove it, or have a senior look at exactly that and run: countersign sign ${range}`,
  }),
  evilMerge: ({ range }, { path, commit }) => ({
    message: `In ${commit}, a merge, ${path} has content that neither side has.`,
    next: review(range),
  }),
  replaceRefs: ({ ref }) => ({
    message: `${safeText(ref, 120)} makes git show other objects than those that are pushed.`,
    next: `Remove it with: git replace -d <object>`,
  }),
  eventsRemoved: ({ id }) => ({
    message: `The sign-off ${shortId(safeText(id))} was here before and is gone.`,
    next: 'Bring it back with: countersign sync',
  }),
  shallowHistory: ({ what }) => ({
    message: `${what} is not in this clone, so nothing can be decided.`,
    next: 'Fetch all of the history with: git fetch --unshallow',
  }),
  signOffStale: ({ event, why }, { who }) => ({
    message: `The ${event} of ${who} is not about this: ${safeText(why, 200)}.`,
    next: 'Ask for another one.',
  }),
  signOffInvalid: ({ event, why }, { who }) => ({
    message: `The ${event} of ${who} does not count: ${safeText(why, 200)}.`,
    next: null,
  }),
  signOffExpired: ({ event }, { who }) => ({
    message: `The ${event} of ${who} has expired.`,
    next: 'Ask for another one.',
  }),
  selfSignOff: ({ why }, { who, commit }) => ({
    message: `The sign-off of ${who} does not count for ${commit}, which they ${why}.`,
    next: 'Ask another senior.',
  }),
  signerNotSenior: ({ why }, { who }) => ({
    message: `The sign-off of ${who} does not count: ${safeText(why, 200)}.`,
    next: 'Ask a senior of the roster; see who is in it under "seniors" of .countersign.yml.',
  }),
  overridden: ({ reason, reviewBy }, { who }) => ({
    message: `${who} let this through without the sign-off it needs${because(reason)}`,
    next: `Have somebody else review it by ${reviewBy}, who then runs: countersign sign`,
  }),
  policyMissing: ({ target }) => ({
    message: `There is no policy for ${safeText(target, 120)}, so nothing is asked.`,
    next: 'Write one with: countersign init --policy',
  }),
  recordMissing: (_, { commit, id }) => ({
    message: `Nobody recorded who wrote ${commit}; its lines count as unknown.`,
    next: publish(id),
  }),
  recordMismatch: (_, { commit, id }) => ({
    message: `The record attached to ${commit} is about other content; its lines count as unknown.`,
    next: publish(id),
  }),
  unattributedLines: ({ count }, { path, commit }) => ({
    message: `The record of ${commit} does not mention ${count} lines of ${path}; they count as unknown.`,
    next: null,
  }),
};
