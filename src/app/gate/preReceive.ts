import { isSha, isZeroSha, type Sha } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { explainPush } from '../../core/gate/explain';
import { sortFindings, type Verdict } from '../../core/gate/findings';
import type { PushFacts } from '../../core/gate/gateInput';
import type { GateResult } from '../../core/gate/gateResult';
import { judgeRepository } from '../../core/gate/judgeRepository';
import { gitAiRef } from '../../core/gitAi/gitAiNote';
import { isProtectedRef } from '../../core/policy/protectedRefs';
import { safeText } from '../../core/safeText';
import { readNotes } from '../../git/notes';
import { listRefs, resolve, resolveRef } from '../../git/refs';
import { listCommits } from '../../git/revList';
import { type Records, recordsOf } from '../commitRecords';
import { recordsRef } from '../recordBook';
import type { Repository } from '../repository';
import { signOffsRef } from './gatherEvents';
import { type Judgement, judge } from './judge';
import { removedEvents } from './removedEvents';
import { raisePolicyFloor, readPolicyFloor, type ServerGoverning, ServerPolicies } from './serverPolicy';

/** One ref of a push as a server is told of it; an id of zeros is absent. */
export interface ReceivedRef {
  readonly oldId: Sha | undefined;
  readonly newId: Sha | undefined;
  readonly ref: string;
}

/** Whether a push may go, and what is said to whoever pushed. */
export interface PushJudgement {
  readonly verdict: Verdict;
  /** For standard error; the first and the last line each stand alone. */
  readonly lines: readonly string[];
}

/**
 * Reads `<old id> SP <new id> SP <ref> LF` lines (githooks(5), pre-receive). @throws ToolError `usage` for a line that is
 * none, since a ref that nobody judges must not pass
 */
export function parseReceivedRefs(input: string): readonly ReceivedRef[] {
  return input
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, oldId, newId, ref] = /^([0-9a-f]+) ([0-9a-f]+) (\S.*)$/s.exec(line) ?? [];
      if (ref === undefined || !isSha(oldId) || !isSha(newId))
        throw new ToolError('usage', 'Standard input is not what git gives to this hook.');
      return { oldId: present(oldId), newId: present(newId), ref };
    });
}

function present(oid: Sha): Sha | undefined {
  return isZeroSha(oid) ? undefined : oid;
}

/** Refs that hold no work: notes, what travels with them, and replaced objects, which are judged by themselves. */
const ourRefs = /^refs\/(?:notes\/countersign|countersign\/|replace\/)/;

/**
 * Judges a push where it arrives, by the notes as it would leave them. Nothing is written but, where all of it may go,
 * the policy floor. @throws ToolError where nothing can be decided
 */
export async function judgeReceived(
  repo: Repository,
  received: readonly ReceivedRef[],
  pusher: string | undefined,
): Promise<PushJudgement> {
  const updates = await withAliases(repo, received);
  let known: Promise<NotesAfter> | undefined;
  const notes = (): Promise<NotesAfter> => {
    known ??= notesAfter(repo, updates);
    return known;
  };
  if (updates.some(({ ref }) => ref === recordsRef || ref === signOffsRef)) await notes();
  const results = [...(await forbiddenUpdates(repo, updates))];

  const branches = updates.filter(({ ref }) => !ourRefs.test(ref));
  const policies = branches.length === 0 ? undefined : await ServerPolicies.open(repo);
  const records = recordsOf(repo, {
    records: async () => (await notes()).records,
    gitAi: async () => (await notes()).gitAi,
  });
  let accepted = 0;
  for (const update of branches) {
    const own = update.oldId === undefined ? undefined : await resolve(repo.git, update.oldId, 'commit');
    const found = policies === undefined ? undefined : await protectedName(policies, update, own);
    if (found === undefined) continue;
    const { ref, server } = found;
    const floor = await readPolicyFloor(repo);
    results.push(
      await judgeUpdate(repo, records, { ...update, ref }, own, server, {
        pusher,
        floor,
        signOffTips: (await notes()).signOffs,
      }),
    );
    const { state } = server.governing;
    if (state.kind === 'ok' && server.isTrusted) accepted = Math.max(accepted, state.policy.revision);
  }
  const verdicts = results.map(({ verdict }) => verdict);
  const verdict = verdicts.includes('blocked') ? 'blocked' : verdicts.includes('undecided') ? 'undecided' : 'pass';
  if (verdict === 'pass' && accepted > 0) await raisePolicyFloor(repo, accepted);
  return { verdict, lines: joined(results, verdict) };
}

interface Explained {
  readonly verdict: Verdict;
  readonly lines: readonly string[];
}

/** What is worst comes first and last: a client that shows one line then shows one about that. */
function joined(results: readonly Explained[], verdict: Verdict): readonly string[] {
  const [worst, ...same] = results.filter((result) => result.verdict === verdict);
  const rest = [...same, ...results.filter((result) => result.verdict !== verdict)].flatMap(({ lines }) => lines);
  const lines = worst?.lines ?? [];
  const last = lines.at(-1);
  return rest.length === 0 || last === undefined || lines.length === 1
    ? [...lines, ...rest]
    : [...lines.slice(0, -1), ...rest, last];
}

interface Update extends ReceivedRef {
  /** The symbolic refs that stand for the same ref. */
  readonly aliases: readonly string[];
}

/** A symbolic ref of the server moves the ref it stands for, and with it all others that stand for that. */
async function withAliases(repo: Repository, received: readonly ReceivedRef[]): Promise<readonly Update[]> {
  const targets = new Map<string, string>();
  const aliases = new Map<string, string[]>();
  for (const { name, symref } of await listRefs(repo.git)) {
    if (symref === undefined) continue;
    targets.set(name, symref);
    aliases.set(symref, [...(aliases.get(symref) ?? []), name]);
  }
  return received.map((update) => {
    const ref = targets.get(update.ref) ?? update.ref;
    return { ...update, ref, aliases: aliases.get(ref) ?? [] };
  });
}

/** The first of an update's names that is to be judged: its own, else one that stands for it. */
async function protectedName(
  policies: ServerPolicies,
  { ref, aliases }: Update,
  own: Sha | undefined,
): Promise<{ readonly ref: string; readonly server: ServerGoverning } | undefined> {
  for (const name of [ref, ...aliases]) {
    const server = await policies.of(name, own);
    if (server !== undefined) return { ref: name, server };
  }
  return undefined;
}

interface NotesAfter {
  readonly records: readonly Sha[];
  readonly gitAi: readonly Sha[];
  readonly signOffs: readonly Sha[];
}

/** The notes as they will be. @throws ToolError `bad-input` for a ref of notes that would hold none */
async function notesAfter(repo: Repository, updates: readonly ReceivedRef[]): Promise<NotesAfter> {
  const after = async (ref: string): Promise<readonly Sha[]> => {
    const update = updates.find((each) => each.ref === ref);
    const tip = update === undefined ? await resolveRef(repo.git, ref) : update.newId;
    if (tip === undefined) return [];
    if (update !== undefined && (await resolve(repo.git, tip, 'commit')) === undefined) {
      throw new ToolError('bad-input', `${ref} would hold no notes.`, { next: 'Push what git notes made.' });
    }
    // What cannot be read would keep every later push from being decided.
    if (update !== undefined) await readNotes(repo.git, tip);
    return [tip];
  };
  return { records: await after(recordsRef), gitAi: await after(gitAiRef), signOffs: await after(signOffsRef) };
}

/** Refused whatever a policy says: replaced objects, and sign-offs that would vanish. */
async function forbiddenUpdates(repo: Repository, updates: readonly ReceivedRef[]): Promise<readonly Explained[]> {
  const explained: Explained[] = [];
  for (const { ref, oldId, newId } of updates) {
    const replaceRefs = ref.startsWith('refs/replace/') && newId !== undefined ? [ref] : [];
    const removed =
      ref === signOffsRef && oldId !== undefined && oldId !== newId ? await removedEvents(repo, oldId, newId) : [];
    const findings = judgeRepository({ replaceRefs, removedEvents: removed });
    if (findings.length === 0) continue;
    explained.push(
      explainResult({
        verdict: 'blocked',
        base: null,
        head: newId ?? null,
        target: ref,
        policyCommit: null,
        findings: sortFindings(findings, []),
        isProtected: true,
        coverage: { commits: [], range: [], net: [], netCount: { counting: 0, total: 0 } },
      }),
    );
  }
  return explained;
}

interface Circumstances {
  readonly pusher: string | undefined;
  readonly floor: number | undefined;
  readonly signOffTips: readonly Sha[];
}

async function judgeUpdate(
  repo: Repository,
  records: Records,
  update: ReceivedRef,
  own: Sha | undefined,
  server: ServerGoverning,
  { pusher, floor, signOffTips }: Circumstances,
): Promise<Explained> {
  const { governing, tip } = server;
  const head = update.newId === undefined ? undefined : await resolve(repo.git, update.newId, 'commit');
  if (update.newId !== undefined && head === undefined) {
    return {
      verdict: 'undecided',
      lines: [`countersign: undecided: ${safeText(update.ref, 120)} would name something that is no commit.`],
    };
  }
  const protect = governing.state.kind === 'ok' ? governing.state.policy.protect : [];
  const refs = protect.length === 0 ? [] : await listRefs(repo.git);
  const judgement = await judge(repo, records, {
    target: update.ref,
    policyTip: tip,
    forkTip: tip,
    head,
    admitted: refs
      .filter(({ name }) => name !== update.ref && isProtectedRef(protect, name))
      .map(({ peeled }) => peeled),
    signOffTips,
    push: await pushFacts(repo, update, own, head),
    pusher,
    policyFloor: floor,
    governing,
  });
  return explainJudgement(judgement);
}

async function pushFacts(
  repo: Repository,
  update: ReceivedRef,
  own: Sha | undefined,
  head: Sha | undefined,
): Promise<PushFacts | undefined> {
  const { oldId, newId } = update;
  if (newId === undefined) return oldId === undefined ? undefined : { kind: 'delete', oldId };
  if (oldId === undefined) return { kind: 'create', newId };
  if (own === undefined || head === undefined) return { kind: 'update', oldId, newId, lost: [] };
  const lost = await listCommits(repo.git, { include: [own], exclude: [head], max: 5 });
  return { kind: 'update', oldId, newId, lost: lost.map(({ sha }) => sha) };
}

function explainResult(result: GateResult): Explained {
  return { verdict: result.verdict, lines: explainPush(result) };
}

/** The words for a result; what lacks a record is told once with the command that brings it, before the last line. */
function explainJudgement({ result }: Judgement): Explained {
  const { verdict, lines } = explainResult(result);
  const lacking = result.findings.filter(({ kind }) => kind === 'recordMissing' || kind === 'recordMismatch');
  if (lacking.length === 0) return { verdict, lines };
  const range = result.base === null ? short(result.head) : `${short(result.base)}..${short(result.head)}`;
  const hint = `countersign: ${lacking.length === 1 ? 'a commit has' : `${lacking.length} commits have`} no record here; where they were made, publish theirs and push again: countersign sync <remote> ${range}`;
  const last = lines.at(-1);
  return {
    verdict,
    lines: verdict === 'blocked' && last !== undefined ? [...lines.slice(0, -1), hint, last] : [...lines, hint],
  };
}

function short(oid: Sha | null): string {
  return (oid ?? '').slice(0, 12);
}
