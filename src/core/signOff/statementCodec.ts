/*
 * A sign-off statement on the wire (canonical JSON, RFC 8785; in-toto Statement v1; laid out here for reading):
 *
 *   {"_type":"https://in-toto.io/Statement/v1",
 *    "subject":[{"name":<targetRef>,"digest":{"gitCommit":<head>,"gitTree":<resultTree>}}],
 *    "predicateType":"urn:countersign:sign-off:v1",
 *    "predicate":{"event","repo","targetRef","base","commits":[...],"diffSha256","policy":{"revision","digest"},
 *      "records":{<commit>:<blob>},"principal","covered":{"regions":[{"path","lines","how","from"}],"answers":{...}},
 *      "knows":[...],"nonce","created","expires","reason","revokes","unattended"}}
 *
 * Times are RFC 3339 in UTC (`2026-03-01T12:00:00.000Z`). What is absent is left out.
 */
import type { RepoPath, Sha } from '../brand';
import { isSha } from '../brand';
import { encodeCanonicalJson } from '../canonicalJson';
import type { Decoded, DecodeProblem } from './decodeProblem';
import { MemberReader } from './memberReader';
import type { CoveredRegions, SignOffEventKind, SignOffStatement } from './statement';
import { statementLimits as limits, predicateType, statementType } from './statement';

/** The payload to sign: canonical JSON, so that one statement has one event id. */
export function encodeStatement(statement: SignOffStatement): Uint8Array {
  const { head, resultTree, created, expires, covered, policy, ...rest } = statement;
  const json = encodeCanonicalJson({
    _type: statementType,
    subject: [{ name: statement.targetRef, digest: { gitCommit: head, gitTree: resultTree } }],
    predicateType,
    predicate: {
      ...rest,
      policy: policy && { revision: policy.revision, digest: policy.digest },
      covered: { regions: covered.regions.map((region) => ({ ...region })), answers: covered.answers },
      created: new Date(created).toISOString(),
      expires: expires === undefined ? undefined : new Date(expires).toISOString(),
    },
  });
  return new TextEncoder().encode(json);
}

/** Reads a payload that anybody may have written; unknown members are ignored, nothing else is forgiven. Never throws. */
export function decodeStatement(payload: Uint8Array): Decoded<SignOffStatement> {
  const problems: DecodeProblem[] = [];
  const json = parseJson(payload, problems);
  if (problems.length > 0) return { kind: 'malformed', problems };

  const top = new MemberReader('$', json, problems);
  top.literal('_type', [statementType]);
  top.literal('predicateType', [predicateType]);
  const subjects = top.list('subject', 1);
  const subject = new MemberReader('$.subject[0]', subjects[0], problems);
  if (subjects.length !== 1) top.report('subject', 'exactly one is needed');
  const digest = subject.object('digest');
  const predicate = top.object('predicate');
  const targetRef = predicate.text('targetRef', limits.nameLength);
  if (!targetRef.startsWith('refs/')) predicate.report('targetRef', 'not a full ref name');
  if (subject.text('name', limits.nameLength) !== targetRef) subject.report('name', 'not the target ref');

  const head = digest.sha('gitCommit');
  const commits = predicate
    .list('commits', limits.commits)
    .map((value, at) => predicate.check(isSha(value), `commits[${at}]`, 'not an object id', value as Sha));
  if (!commits.includes(head)) predicate.report('commits', 'the head is not among them');

  const covered = predicate.object('covered');
  const policy = predicate.optionalObject('policy');
  const base = {
    repo: predicate.text('repo', limits.nameLength),
    targetRef,
    base: predicate.sha('base'),
    head,
    resultTree: digest.sha('gitTree'),
    commits,
    diffSha256: predicate.sha256('diffSha256'),
    ...(policy && { policy: { revision: policy.integer('revision'), digest: policy.sha256('digest') } }),
    records: decodeRecords(predicate.object('records')),
    principal: predicate.text('principal', limits.nameLength),
    covered: {
      regions: covered
        .list('regions', limits.regions)
        .map((value, at) => decodeRegions(new MemberReader(`${covered.path}.regions[${at}]`, value, problems))),
      answers: decodeAnswers(covered.object('answers')),
    },
    knows: predicate
      .list('knows', limits.knows)
      .map((value, at) => predicate.check(isSha256(value), `knows[${at}]`, 'not an event id', value as string)),
    nonce: predicate.matching('nonce', /^[0-9a-f]{32}$/, '128 bits in hex'),
    created: predicate.time('created'),
    ...(predicate.has('expires') && { expires: predicate.time('expires') }),
    unattended: predicate.boolean('unattended'),
  };
  const statement = withEvent(base, predicate);
  return problems.length > 0 ? { kind: 'malformed', problems } : { kind: 'decoded', value: statement };
}

const eventKinds: readonly [SignOffEventKind, ...SignOffEventKind[]] = [
  'approve',
  'vouch',
  'request-changes',
  'revoke',
  'override',
];

function withEvent(base: Omit<SignOffStatement, 'event'>, predicate: MemberReader): SignOffStatement {
  const event = predicate.literal('event', eventKinds);
  switch (event) {
    case 'request-changes':
    case 'override':
      return { ...base, event, reason: predicate.text('reason', limits.textLength) };
    case 'revoke': {
      const revokes = predicate.sha256('revokes');
      if (!predicate.has('reason')) return { ...base, event, revokes };
      return { ...base, event, revokes, reason: predicate.text('reason', limits.textLength) };
    }
    default:
      return { ...base, event };
  }
}

function decodeRecords(records: MemberReader): Readonly<Record<string, Sha>> {
  const found: [string, Sha][] = [];
  for (const commit of records.keys(limits.commits)) {
    if (!isSha(commit)) records.report(commit, 'not an object id');
    found.push([commit, records.sha(commit)]);
  }
  return Object.fromEntries(found);
}

function decodeAnswers(answers: MemberReader): Readonly<Record<string, string>> {
  return Object.fromEntries(answers.keys(limits.answers).map((name) => [name, answers.text(name, limits.textLength)]));
}

function decodeRegions(regions: MemberReader): CoveredRegions {
  return {
    path: regions.text('path', limits.textLength) as RepoPath,
    lines: regions.matching('lines', /^(?:[1-9]\d{0,8}(?:-[1-9]\d{0,8})?(?:,(?!$)|$))*$/, 'line ranges'),
    how: regions.literal('how', ['shown', 'acknowledged', 'carried']),
    ...(regions.has('from') && { from: regions.sha256('from') }),
  };
}

function parseJson(payload: Uint8Array, problems: DecodeProblem[]): unknown {
  if (payload.length > limits.payloadBytes) {
    problems.push({ path: '$', problem: `larger than ${limits.payloadBytes} bytes` });
    return undefined;
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
  } catch (error) {
    problems.push({ path: '$', problem: error instanceof Error ? error.message : 'not JSON' });
    return undefined;
  }
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
