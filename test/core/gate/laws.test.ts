import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { distinctSigners } from '../../../src/core/gate/coverage';
import { evaluateGate } from '../../../src/core/gate/evaluate';
import type { GateCommit, GateEvent, GateInput } from '../../../src/core/gate/gateInput';
import { rosterOf } from '../../../src/core/gate/roster';
import { approve, commit, input, netOf, policyOf, summary } from './gateBuilder';

const seed = 20260403;
const names = ['a', 'b', 'c'];
const people = ['ana', 'ben', 'pia', 'eve'];

const letters = fc.array(fc.constantFrom('A', 'H', 'U', 'E', '.', 'm'), { maxLength: 30 }).map((all) => all.join(''));
const path = fc.constantFrom('src/pay/x', 'y.ts', '.gitattributes');

const commits: fc.Arbitrary<readonly GateCommit[]> = fc
  .tuple(
    ...names.map(() =>
      fc.record({
        files: fc.dictionary(path, letters, { maxKeys: 2 }),
        author: fc.constantFrom('bob@x', 'ana@x', 'ben@home', 'ben@x'),
      }),
    ),
  )
  .map((all) => all.map(({ files, author }, index) => commit(names[index] ?? '', { ...files }, { author })));

const event: fc.Arbitrary<GateEvent> = fc
  .record({
    who: fc.constantFrom(...people),
    covers: fc.subarray(names),
    kind: fc.constantFrom<GateEvent['kind']>(
      'approve',
      'approve',
      'approve',
      'request-changes',
      'revoke',
      'override',
      'vouch',
    ),
    key: fc.constantFrom('k1', 'k2', undefined),
    signature: fc.constantFrom<GateEvent['signature']>('valid', 'valid', 'valid', 'invalid', 'unknown-key'),
    relation: fc.constantFrom<GateEvent['relation']['kind']>('exact', 'stands', 'carries', 'prefix', 'stale'),
    revokes: fc.constantFrom('approve-ana-a', 'request-changes-ben-a', 'request-changes-ana-a-b', undefined),
    created: fc.constantFrom(0, 1_775_000_000_000),
  })
  .map(({ who, covers, kind, key, signature, relation, revokes, created }) =>
    approve(who, covers, {
      kind,
      signature,
      revokes,
      created,
      reason: 'r',
      relation: relation === 'stale' ? { kind: 'stale', why: 'x' } : { kind: relation },
      ...(key === undefined ? {} : { keyFingerprint: key }),
      ...(signature === 'valid' ? {} : { principals: [] }),
    }),
  );

const policy = fc.constantFrom(
  policyOf(),
  policyOf('signOffs: 2'),
  policyOf('risks: [{name: pay, paths: ["src/pay/**"], signOffs: 2}]', 'carry: never'),
  policyOf('threshold: { lines: 5, share: 0.5, atMost: 10 }'),
);

const gateInput: fc.Arbitrary<GateInput> = fc
  .record({
    policy,
    commits,
    events: fc.array(event, { maxLength: 6 }),
    pusher: fc.constantFrom(undefined, 'ana@x', 'bob'),
  })
  .map(({ policy: rules, commits: range, events, pusher }) =>
    input(rules, range, { events, pusher, net: netOf(range) }),
  );

const kinds = (from: GateInput, kind: string) =>
  evaluateGate(from).findings.filter((found) => found.kind === kind).length;

function law(name: string, property: fc.IRawProperty<unknown>) {
  it(name, () => fc.assert(property, { seed, numRuns: 200 })).timeout(30_000);
}

describe('gate laws', () => {
  law(
    'no event but a revocation by its signer lifts a veto',
    fc.property(gateInput, event, (before, added) => {
      fc.pre(added.kind !== 'revoke');
      const after = { ...before, events: [...before.events, added] };
      if (kinds(before, 'vetoed') > 0) assert.equal(evaluateGate(after).verdict, 'blocked');
    }),
  );
  law(
    'a revocation by somebody else changes no verdict',
    fc.property(gateInput, fc.nat(), (before, pick) => {
      const target = before.events[pick % Math.max(1, before.events.length)];
      fc.pre(target !== undefined && !target.principals.includes('ben@x'));
      const revoke = approve('ben', [], { kind: 'revoke', revokes: target?.id, id: 'r' });
      fc.pre(!before.events.some((each) => each.id === target?.id && each.principals.includes('ben@x')));
      assert.equal(
        summary(evaluateGate({ ...before, events: [...before.events, revoke] })),
        summary(evaluateGate(before)),
      );
    }),
  );
  law(
    'without an approval, a vouch, an override or a revocation nothing blocked passes',
    fc.property(gateInput, fc.nat(), (before, pick) => {
      const index = pick % Math.max(1, before.events.length);
      const gone = before.events[index];
      fc.pre(gone !== undefined && gone.kind !== 'request-changes' && gone.kind !== 'revoke');
      const after = evaluateGate({ ...before, events: before.events.filter((_, at) => at !== index) });
      if (evaluateGate(before).verdict === 'blocked') assert.equal(after.verdict, 'blocked');
    }),
  );
  law(
    'order and duplicates of events do not matter',
    fc.property(gateInput, fc.infiniteStream(fc.nat()), (before, stream) => {
      const shuffled = [...before.events, ...before.events.slice(0, 2)]
        .map((each) => ({ each, key: stream.next().value ?? 0 }))
        .sort((one, other) => one.key - other.key)
        .map(({ each }) => each);
      assert.deepEqual(evaluateGate({ ...before, events: shuffled }), evaluateGate(before));
    }),
  );
  law(
    'an event without a valid signature changes no verdict',
    fc.property(gateInput, event, (before, added) => {
      const forged: GateEvent = { ...added, signature: 'invalid', principals: [] };
      assert.equal(
        evaluateGate({ ...before, events: [...before.events, forged] }).verdict,
        evaluateGate(before).verdict,
      );
    }),
  );
  law(
    'what nobody knows is never better than what is human',
    fc.property(gateInput, (before) => {
      const worse = before.commits.map((each): GateCommit => ({ ...each, record: 'missing' }));
      if (evaluateGate(before).verdict === 'blocked') {
        assert.equal(evaluateGate({ ...before, commits: worse }).verdict, 'blocked');
      }
    }),
  );
  law(
    'no mode but enforce blocks, and all modes find the same',
    fc.property(gateInput, (before) => {
      const { policy: state } = before;
      if (state.kind !== 'ok') return;
      const soft = (mode: 'observe' | 'warn') => {
        const risks = state.policy.risks.map((risk) => ({ ...risk, mode }));
        return evaluateGate({ ...before, policy: { ...state, policy: { ...state.policy, mode, risks } } });
      };
      const kindsOf = (from: typeof before) =>
        evaluateGate(from)
          .findings.map((found) => found.kind)
          .join();
      assert.equal(soft('observe').verdict, 'pass');
      assert.equal(soft('warn').verdict, 'pass');
      assert.equal(
        soft('warn')
          .findings.map((found) => found.kind)
          .join(),
        kindsOf(before),
      );
    }),
  );
  law(
    'a passing gate with needs has, for each, that many distinct persons',
    fc.property(gateInput, (before) => {
      const result = evaluateGate(before);
      for (const each of result.coverage.commits) {
        if (each.state === 'covered') assert.ok(each.signedBy.length >= each.needed);
        if (each.state === 'needed') assert.equal(result.verdict, 'blocked');
      }
    }),
  );
  law(
    'signers are the largest matching of persons and keys',
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 7 }), (pairs) => {
      const roster = rosterOf(
        ['0', '1', '2', '3'].map((principal) => ({ principal, aliases: [], accounts: [], paths: ['**'] })),
      );
      const signOffs = pairs.map(([person, key]) => ({ person: roster[person]!, key: `${key}` }));
      const best = (rest: readonly (readonly [number, number])[]): number => {
        const [first, ...others] = rest;
        if (first === undefined) return 0;
        return Math.max(
          best(others),
          1 + best(others.filter(([person, key]) => person !== first[0] && key !== first[1])),
        );
      };
      assert.equal(distinctSigners(signOffs), best(pairs));
    }),
  );
});
