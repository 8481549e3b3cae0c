import type { RepoPath, Sha } from '../../../src/core/brand';
import { evaluateGate } from '../../../src/core/gate/evaluate';
import type {
  GateCommit,
  GateEvent,
  GateInput,
  LineRun,
  NetChange,
  PathChange,
} from '../../../src/core/gate/gateInput';
import type { GateResult } from '../../../src/core/gate/gateResult';
import { parsePolicy } from '../../../src/core/policy/parsePolicy';
import type { Policy } from '../../../src/core/policy/policy';

export const now = Date.parse('2026-04-01T12:00:00Z');
export const hour = 3_600_000;

/** A readable stand-in for an id: the name as hex, filled up. */
export function sha(name: string): Sha {
  return Buffer.from(name).toString('hex').padEnd(40, '0') as Sha;
}

/** A policy of the given YAML lines on top of what is required; three seniors, ana, ben and pia (pay alone). */
export function policyOf(...lines: readonly string[]): Policy {
  const own = new Set(lines.map((line) => line.split(':', 1)[0]));
  const text = [
    'schema: 1',
    'revision: 3',
    'repository: repo',
    'mode: enforce',
    'protect: [main]',
    'allowedSigners: .countersign/allowed_signers',
    'seniors: [{principal: ana@x, aliases: [ana@home], accounts: ["github:1"]}, {principal: ben@x, accounts: ["github:ben"]}, {principal: pia@x, paths: ["src/pay/**"]}]',
  ]
    .filter((line) => !own.has(line.split(':', 1)[0]))
    .concat(lines)
    .join('\n');
  const parsed = parsePolicy(Buffer.from(text));
  if (parsed.kind === 'ok') return parsed.policy;
  throw new Error(JSON.stringify(parsed.problems));
}

const classes: Readonly<Record<string, Pick<LineRun, 'class' | 'skip' | 'claimed' | 'reason'>>> = {
  A: { class: 'ai' },
  E: { class: 'ai-edited' },
  H: { class: 'human' },
  C: { class: 'human', claimed: true },
  P: { class: 'pasted' },
  U: { class: 'unknown', reason: 'outside-write' },
  '.': { class: 'ai', skip: 'blank' },
  m: { class: 'ai', skip: 'moved' },
};

/** One letter a line: A ai, E ai-edited, H human, C claimed human, P pasted, U unknown, `.` blank, m moved. */
export function runs(letters: string): readonly LineRun[] {
  return [...letters].map((letter, index) => ({ start: index + 1, count: 1, ...(classes[letter] ?? { class: 'ai' }) }));
}

export function change(path: string, letters = '', more: Partial<PathChange> = {}): PathChange {
  return { path: path as RepoPath, added: runs(letters), deleted: [], ...more };
}

/** A commit by `author` (`bob@x`) whose files are given as path and letters. */
export function commit(
  name: string,
  files: Readonly<Record<string, string>> | readonly PathChange[],
  more: Partial<GateCommit> = {},
): GateCommit {
  return {
    sha: sha(name),
    parents: [sha(`${name}^`)],
    subject: `subject ${name}`,
    author: 'bob@x',
    committer: more.author ?? 'bob@x',
    coAuthors: [],
    isAutomaticMerge: false,
    isEqualReplay: false,
    record: 'present',
    changes: Array.isArray(files) ? files : Object.entries(files).map(([path, letters]) => change(path, letters)),
    evilMergePaths: [],
    ...more,
  };
}

/** An approval of `who` (`ana`) for the commits of these names, signed an hour ago with a key of their own. */
export function approve(who: string, covers: readonly string[], more: Partial<GateEvent> = {}): GateEvent {
  return {
    kind: 'approve',
    id: `${more.kind ?? 'approve'}-${who}-${covers.join('-')}`,
    signature: 'valid',
    keyFingerprint: `SHA256:${who}`,
    principals: [`${who}@x`],
    claimedPrincipal: `${who}@x`,
    repo: 'repo',
    targetRef: 'refs/heads/main',
    head: sha(covers.at(-1) ?? 'none'),
    created: now - hour,
    expires: undefined,
    revokes: undefined,
    reason: undefined,
    relation: { kind: 'exact' },
    covers: covers.map(sha),
    ...more,
  };
}

export function input(policy: Policy, commits: readonly GateCommit[], more: Partial<GateInput> = {}): GateInput {
  return {
    now,
    target: 'refs/heads/main',
    base: sha('base'),
    head: commits.at(-1)?.sha ?? sha('head'),
    policy: { kind: 'ok', policy, digest: 'd', commit: sha('tip') },
    pushedPolicy: { kind: 'unchanged' },
    policyFloor: undefined,
    commits,
    net: [],
    events: [],
    pusher: undefined,
    forge: [],
    push: undefined,
    cutOff: [],
    replaceRefs: [],
    removedEvents: [],
    ...more,
  };
}

/** The net change of commits that touch different paths, or of one commit. */
export function netOf(commits: readonly GateCommit[]): readonly NetChange[] {
  return commits.flatMap((each) =>
    each.changes.map(
      ({ special, added, deleted, ...rest }): NetChange => ({
        ...rest,
        added: added.map((run) => ({ ...run, commit: each.sha })),
        deleted: deleted.map((run) => ({ ...run, commit: each.sha })),
        ...(special === undefined ? {} : { special: { ...special, commit: each.sha } }),
      }),
    ),
  );
}

/** `verdict kind:commit:path:risk:principal/severity ...`, the shape in which cases name what they expect. */
export function summary(result: GateResult): string {
  const names = new Map(
    result.findings.map((found) => [found.commit, found.commit === null ? '' : nameOf(found.commit)]),
  );
  const parts = result.findings.map(
    (found) =>
      `${[found.kind, names.get(found.commit), found.path, found.lines, found.risk, found.principal]
        .filter((part) => part !== null && part !== '')
        .join(' ')} ${found.severity}`,
  );
  return [result.verdict, ...parts].join(' | ');
}

export function evaluate(policy: Policy, commits: readonly GateCommit[], more: Partial<GateInput> = {}): string {
  return summary(evaluateGate(input(policy, commits, { net: netOf(commits), ...more })));
}

function nameOf(id: Sha): string {
  return Buffer.from(id.replace(/(?:00)+$/, ''), 'hex').toString();
}
