import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { evaluateGate } from '../../../src/core/gate/evaluate';
import type { GateCommit, GateInput } from '../../../src/core/gate/gateInput';
import { commitSignOff, signedCommits } from '../../../src/core/views/commitSignOff';
import { type SignOffView, signOffView } from '../../../src/core/views/signOffView';
import { approve, change, commit, input, netOf, policyOf } from '../gate/gateBuilder';

interface Case {
  readonly commits: readonly GateCommit[];
  readonly policy?: readonly string[];
  readonly more?: Partial<GateInput>;
  readonly pushRef?: string | undefined;
}

const rules = [
  'threshold: {lines: 3, share: 0.1}',
  'risks: [{name: pay, paths: ["src/pay/**"], threshold: {lines: 1}}]',
];

function viewOf({ commits, policy = rules, more = {}, pushRef = 'refs/heads/main' }: Case): SignOffView {
  const result = evaluateGate(input(policyOf(...policy), commits, { net: netOf(commits), ...more }));
  const outgoing = commits.map(({ sha, subject, author }) => ({ sha, subject, author }));
  return signOffView({ result, commits: outgoing, pushRef, branch: 'work' });
}

/** `state waiting/commits gesture | name:need:missing name:need:missing`. */
function drawn({ summary, commits }: SignOffView): string {
  const rows = commits.map(({ subject, need, missing }) => `${subject.replace('subject ', '')}:${need}:${missing}`);
  return `${summary.state} ${summary.waiting}/${summary.commits} ${summary.gesture} | ${rows.join(' ')}`;
}

function check(name: string, subject: Case, expected: string): void {
  it(name, () => assert.equal(drawn(viewOf(subject)), expected));
}

const [plain, three, five] = ['H', 'AAA', 'AAAAA'].map((letters) => ({ 'src/a.ts': letters }));

describe('the view of outgoing work', () => {
  check('is clear without AI', { commits: [commit('a', plain ?? {})] }, 'clear 0/1 push | a:none:0');
  check('waits for a sign-off', { commits: [commit('a', three ?? {})] }, 'blocked 1/1 push | a:needed:1');
  check(
    'puts the risky one first, then the larger, then the newest',
    {
      commits: [
        commit('a', three ?? {}),
        commit('b', { 'src/pay/x.ts': 'A' }),
        commit('c', plain ?? {}),
        commit('d', five ?? {}),
        commit('e', three ?? {}),
      ],
    },
    'blocked 4/5 push | b:needed:1 d:needed:1 e:needed:1 a:needed:1 c:none:0',
  );
  check(
    'is signed once somebody has signed',
    { commits: [commit('a', three ?? {}), commit('b', plain ?? {})], more: { events: [approve('ana', ['a', 'b'])] } },
    'signed 0/2 push | a:covered:0 b:none:0',
  );
  check(
    'counts what is still missing of two',
    {
      commits: [commit('a', three ?? {})],
      policy: ['threshold: {lines: 3, share: 0.1}', 'signOffs: 2'],
      more: { events: [approve('ana', ['a'])] },
    },
    'blocked 1/1 push | a:needed:1',
  );
  check(
    'says beforehand what a merge will ask',
    { commits: [commit('a', three ?? {})], pushRef: 'refs/heads/work' },
    'blocked 1/1 merge | a:needed:1',
  );
  check(
    'advises where the mode refuses nothing',
    { commits: [commit('a', three ?? {})], policy: [...rules, 'mode: observe'] },
    'advised 1/1 push | a:needed:1',
  );
  check(
    'judges nothing for a target without protection',
    { commits: [commit('a', three ?? {})], more: { target: 'refs/heads/work' }, pushRef: 'refs/heads/work' },
    'not-protected 0/1 push | a:unjudged:0',
  );
  check(
    'waits for the range where no commit alone reaches a threshold',
    { commits: [commit('a', { 'src/a.ts': 'AA' }), commit('b', { 'src/b.ts': 'AA' })] },
    'blocked 2/2 push | b:none:0 a:none:0',
  );
  check(
    'cannot decide over a cut-off history',
    { commits: [commit('a', plain ?? {})], more: { cutOff: [{ what: 'fork-point' }] } },
    'undecided 0/1 push | a:none:0',
  );

  it('says which lines of which files count, risky files first', () => {
    const files = [change('src/a.ts', 'HAAA'), change('src/pay/x.ts', 'A'), change('.countersign.yml', 'H')];
    const [first] = viewOf({ commits: [commit('a', files)] }).commits;
    assert.deepEqual(
      first?.files.map(({ path, lines, firstLine, risks, isProtected }) => [
        path,
        lines,
        firstLine,
        risks.join(),
        isProtected,
      ]),
      [
        ['src/pay/x.ts', '1', 1, 'pay', false],
        ['.countersign.yml', undefined, undefined, '', true],
        ['src/a.ts', '2-4', 2, '', false],
      ],
    );
  });

  it('keeps with a commit why a sign-off at hand does not count, and does not repeat that one is needed', () => {
    const [first] = viewOf({
      commits: [commit('a', three ?? {}, { author: 'ana@x' })],
      more: { events: [approve('ana', ['a'])] },
    }).commits;
    assert.deepEqual(
      first?.findings.map(({ kind }) => kind),
      ['selfSignOff'],
    );
    assert.deepEqual(first?.coverage?.maySign, ['ben@x']);
  });

  it('puts what decides first among what is about no commit', () => {
    const stale = approve('ana', [], { relation: { kind: 'stale', why: 'w' } });
    const veto = approve('ben', ['gone'], { kind: 'request-changes', reason: 'r', relation: { kind: 'carries' } });
    const { general } = viewOf({ commits: [commit('a', plain ?? {})], more: { events: [stale, veto] } });
    assert.deepEqual(
      general.map(({ kind }) => kind),
      ['vetoed', 'signOffStale'],
    );
  });
});

describe('where the sign-off of a commit stands', () => {
  const a = commit('a', three ?? {});
  const stands = (of: GateCommit, subject: Case): string => {
    const view = viewOf(subject);
    const state = commitSignOff(view, of.sha);
    const words = state === undefined ? 'not outgoing' : Object.values(state).flat().join(' ');
    return signedCommits(view).has(of.sha) ? `${words}, signed` : words;
  };
  it('waits', () => assert.equal(stands(a, { commits: [a] }), 'waiting 1 false'));
  it('is signed', () =>
    assert.match(stands(a, { commits: [a], more: { events: [approve('ana', ['a'])] } }), /^signed ana.*, signed$/));
  it('is not asked for', () => {
    const small = commit('a', plain ?? {});
    assert.equal(stands(small, { commits: [small] }), 'not-asked');
  });
  it('is asked for together with others', () => {
    const [first, second] = [commit('a', { 'src/a.ts': 'AA' }), commit('b', { 'src/b.ts': 'AA' })];
    assert.equal(stands(first, { commits: [first, second] }), 'waiting 1 false');
  });
  it('is of no interest for a commit that is not outgoing', () =>
    assert.equal(stands(commit('b', {}), { commits: [a] }), 'not outgoing'));
});
