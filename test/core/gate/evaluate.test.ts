import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { evaluateGate } from '../../../src/core/gate/evaluate';
import type { GateCommit, GateInput } from '../../../src/core/gate/gateInput';
import type { Policy } from '../../../src/core/policy/policy';
import { approve, change, commit, evaluate, hour, input, netOf, now, policyOf, sha } from './gateBuilder';

const A20 = 'A'.repeat(20);
const policy = policyOf();
const pay = policyOf('risks: [{name: pay, paths: ["src/pay/**"], signOffs: 2}]');
const a = commit('a', { 'x.ts': A20 });
const blockedA = `blocked | needsSignOff a x.ts 1-20 block`;

function check(
  name: string,
  commits: readonly GateCommit[],
  then: string,
  more: Partial<GateInput> & { readonly by?: Policy } = {},
) {
  const { by = policy, ...rest } = more;
  it(name, () => assert.equal(evaluate(by, commits, rest), then));
}

describe('gate: what needs a sign-off', () => {
  check('human lines pass', [commit('a', { 'x.ts': 'H'.repeat(99) })], 'pass');
  check('AI lines below the threshold pass', [commit('a', { 'x.ts': 'A'.repeat(19) })], 'pass');
  check('AI lines at the threshold do not', [a], blockedA);
  check('an empty range passes', [], 'pass');
  check('another branch is not judged', [a], 'pass', { target: 'refs/heads/feature' });
  check(
    'a commit over two paths names neither',
    [commit('a', { x: 'A'.repeat(10), y: 'A'.repeat(10) })],
    'blocked | needsSignOff a block',
  );
  check(
    'commits that reach it together',
    [commit('a', { x: 'A'.repeat(10) }), commit('b', { y: 'A'.repeat(10) })],
    'blocked | needsSignOff block',
  );
  check(
    'the share of the range keeps it below',
    [commit('a', { x: 'A'.repeat(10) }), commit('b', { y: `${'A'.repeat(10)}${'H'.repeat(90)}` })],
    'pass',
  );
  check('a net change that the commits do not show', [commit('a', { x: 'H' })], 'blocked | needsSignOff x block', {
    net: [{ ...change('x'), added: [{ start: 1, count: 30, class: 'ai' }], deleted: [] }],
  });
  check('net lines of a commit that is not judged', [commit('a', { x: 'H' })], 'pass', {
    net: [{ ...change('x'), added: [{ start: 1, count: 30, class: 'ai', commit: sha('old') }], deleted: [] }],
  });
  check(
    'added and taken away again',
    [a, commit('b', [change('x.ts', '', { deleted: [{ by: 'human', count: 20 }] })])],
    blockedA,
    { net: [] },
  );
  check(
    'a risk has its own threshold',
    [commit('a', { 'src/pay/x': 'AH' })],
    'blocked | needsSignOff a src/pay/x 1 pay block',
    { by: pay },
  );
  check(
    'general rule and risk both speak',
    [commit('a', { 'src/pay/x': A20 })],
    'blocked | needsSignOff a src/pay/x 1-20 block | needsSignOff a src/pay/x 1-20 pay block',
    { by: pay },
  );
  check(
    'no record: human lines are unknown',
    [commit('a', { x: 'H'.repeat(20) }, { record: 'missing' })],
    'blocked | needsSignOff a x 1-20 block | recordMissing a warn',
  );
  check('a record of other content', [commit('a', { x: 'H' }, { record: 'mismatch' })], 'pass | recordMismatch a warn');
  check(
    'lines that the record does not mention',
    [commit('a', [change('x', 'U', { unattributed: 1 })])],
    'pass | unattributedLines a x warn',
  );
});

describe('gate: who counts', () => {
  const signed = (name: string, then: string, ...events: GateInput['events']) => check(name, [a], then, { events });
  signed('a senior', 'pass', approve('ana', ['a']));
  signed(
    'an alias in the signers file',
    'pass',
    approve('ana', ['a'], { principals: ['ANA@home'], claimedPrincipal: 'ana@home' }),
  );
  signed('nobody of the roster', `${blockedA} | signerNotSenior eve@x info`, approve('eve', ['a']));
  signed(
    'a key that is not in the signers file',
    `${blockedA} | signerNotSenior ana@x info`,
    approve('ana', ['a'], { signature: 'unknown-key', principals: [] }),
  );
  signed(
    'a bad signature',
    `${blockedA} | signOffInvalid ana@x info`,
    approve('ana', ['a'], { signature: 'invalid', principals: [] }),
  );
  signed(
    'a revoked key',
    `${blockedA} | signOffInvalid ana@x info`,
    approve('ana', ['a'], { signature: 'revoked-key', principals: [] }),
  );
  signed(
    'a key of one who claims to be another',
    `${blockedA} | signOffInvalid ana@x info`,
    approve('ana', ['a'], { claimedPrincipal: 'ben@x' }),
  );
  signed('a senior of other paths', `${blockedA} | signerNotSenior a x.ts pia@x info`, approve('pia', ['a']));
  signed(
    'another branch',
    `${blockedA} | signOffStale ana@x info`,
    approve('ana', ['a'], { targetRef: 'refs/heads/dev' }),
  );
  signed('another repository', `${blockedA} | signOffStale ana@x info`, approve('ana', ['a'], { repo: 'fork' }));
  signed(
    'what was signed is not this',
    `${blockedA} | signOffStale ana@x info`,
    approve('ana', [], { relation: { kind: 'stale', why: 'x.ts differs' } }),
  );
  signed(
    'too long ago',
    `${blockedA} | signOffExpired ana@x info`,
    approve('ana', ['a'], { created: now - 15 * 24 * hour }),
  );
  signed('to its own end', `${blockedA} | signOffExpired ana@x info`, approve('ana', ['a'], { expires: now - 1 }));
  signed(
    'from the future',
    `${blockedA} | signOffInvalid ana@x info`,
    approve('ana', ['a'], { created: now + 48 * hour }),
  );
  signed(
    'taken back',
    blockedA,
    approve('ana', ['a'], { id: 'e' }),
    approve('ana', [], { kind: 'revoke', revokes: 'e' }),
  );
  signed(
    'taken back by somebody else',
    'pass',
    approve('ana', ['a'], { id: 'e' }),
    approve('ben', [], { kind: 'revoke', revokes: 'e' }),
  );
  signed('an own review', blockedA, approve('ana', ['a'], { kind: 'vouch' }));
  signed('one that carries', 'pass', approve('ana', ['a'], { relation: { kind: 'carries' } }));
  check('one that carries, where nothing does', [a], `${blockedA} | signOffStale ana@x info`, {
    by: policyOf('carry: never'),
    events: [approve('ana', ['a'], { relation: { kind: 'carries' } })],
  });

  const self = (name: string, more: Partial<GateCommit>, then: string, rest: Partial<GateInput> = {}) =>
    check(name, [commit('a', { 'x.ts': A20 }, more)], then, { events: [approve('ana', ['a'])], ...rest });
  const selfA = `${blockedA} | selfSignOff a ana@x info`;
  self('the author', { author: 'Ana@X' }, selfA);
  self('the author under an alias', { author: 'ana@home' }, selfA);
  self('the author by a no-reply address', { author: '1+ana-dev@users.noreply.github.com' }, selfA);
  self('the committer', { committer: 'ana@x' }, selfA);
  self('a co-author', { coAuthors: ['ana@x'] }, selfA);
  self('the committer of an equal replay', { committer: 'ana@x', isEqualReplay: true }, 'pass');
  self('the author of an equal replay', { author: 'ana@x', isEqualReplay: true }, selfA);
  self('who made an automatic merge', { author: 'ana@x', isAutomaticMerge: true }, 'pass');
  self('the pusher', {}, selfA, { pusher: 'ana@home' });
  self('the pusher by account', {}, selfA, { pusher: 'github:1' });
  self('another pusher', {}, 'pass', { pusher: 'bob' });
  check('the pusher by login', [a], `${blockedA} | selfSignOff a ben@x info`, {
    pusher: 'Ben',
    events: [approve('ben', ['a'])],
  });

  const two = policyOf('signOffs: 2');
  check('one of two', [a], blockedA, { by: two, events: [approve('ana', ['a'])] });
  check('two of two', [a], 'pass', { by: two, events: [approve('ana', ['a']), approve('ben', ['a'])] });
  check('one person with two keys', [a], blockedA, {
    by: two,
    events: [approve('ana', ['a']), approve('ana', ['a'], { keyFingerprint: 'k2' })],
  });
  check('two persons with one key', [a], blockedA, {
    by: two,
    events: [approve('ana', ['a']), approve('ben', ['a'], { keyFingerprint: 'SHA256:ana' })],
  });
  check(
    'one of the two made it',
    [commit('a', { 'x.ts': A20 }, { coAuthors: ['ben@x'] })],
    `${blockedA} | selfSignOff a ben@x info`,
    { by: two, events: [approve('ana', ['a']), approve('ben', ['a'])] },
  );
  check('a risk asks two, the rest one', [commit('a', { 'src/pay/x': 'A', y: A20 })], 'pass', {
    by: pay,
    events: [approve('ana', ['a']), approve('ben', ['a'])],
  });
  check('the second of a risk may be of its paths alone', [commit('a', { 'src/pay/x': 'A', y: A20 })], 'pass', {
    by: pay,
    events: [approve('ana', ['a']), approve('pia', ['a'])],
  });
  check(
    'a risk asks two and has one',
    [commit('a', { 'src/pay/x': 'A' })],
    'blocked | needsSignOff a src/pay/x 1 pay block',
    { by: pay, events: [approve('ana', ['a'])] },
  );
  check('a senior of the path alone', [commit('a', { 'src/pay/x': 'A' })], 'pass', {
    by: pay,
    events: [approve('ana', ['a']), approve('pia', ['a'])],
  });
  check(
    'a file renamed out of their paths',
    [commit('a', [change('y', 'A', { oldPath: change('src/pay/x').path })])],
    'blocked | needsSignOff a y 1 pay block | signerNotSenior a y pia@x info',
    { by: pay, events: [approve('ana', ['a']), approve('pia', ['a'])] },
  );
});

describe('gate: how sign-offs add up', () => {
  const b = commit('b', { 'y.ts': A20 });
  check('the earlier part alone', [a, b], 'blocked | needsSignOff b y.ts 1-20 block', {
    events: [approve('ana', ['a'], { relation: { kind: 'prefix' } })],
  });
  check('two parts', [a, b], 'pass', {
    events: [approve('ana', ['a'], { relation: { kind: 'prefix' } }), approve('ben', ['b'])],
  });
  check('an uncovered rest that reaches nothing', [a, commit('b', { y: 'A'.repeat(5) })], 'pass', {
    events: [approve('ana', ['a'])],
  });
  check(
    'an uncovered rest that reaches it together',
    [a, commit('b', { y: 'A'.repeat(10) }), commit('c', { z: 'A'.repeat(10) })],
    'blocked | needsSignOff block',
    { events: [approve('ana', ['a'])] },
  );
  check(
    'each senior signs what the other made',
    [commit('a', { x: A20 }, { author: 'ana@x' }), commit('b', { y: A20 }, { author: 'ben@x' })],
    'pass | selfSignOff a ana@x info | selfSignOff b ben@x info',
    { events: [approve('ana', ['a', 'b']), approve('ben', ['a', 'b'])] },
  );
  check(
    'net lines of nobody in particular need all that touch the path',
    [a, commit('b', { 'x.ts': 'A' })],
    'blocked | needsSignOff x.ts block',
    {
      events: [approve('ana', ['a'])],
      net: [{ ...change('x.ts'), added: [{ start: 1, count: 20, class: 'ai' }], deleted: [] }],
    },
  );
});

describe('gate: vetoes and overrides', () => {
  const veto = approve('ben', ['a'], { kind: 'request-changes', id: 'v', reason: 'no' });
  const vetoed = 'vetoed a ben@x block';
  check('a veto without need', [commit('a', { x: 'H' })], `blocked | ${vetoed}`, { events: [veto] });
  check('a veto against a sign-off', [a], `blocked | ${vetoed}`, { events: [approve('ana', ['a']), veto] });
  check('a veto that its signer took back', [a], 'pass', {
    events: [approve('ana', ['a']), veto, approve('ben', [], { kind: 'revoke', revokes: 'v' })],
  });
  check('a veto that somebody else took back', [a], `blocked | ${vetoed}`, {
    events: [approve('ana', ['a']), veto, approve('ana', [], { kind: 'revoke', revokes: 'v' })],
  });
  check('a veto taken back with a bad signature', [a], `blocked | ${vetoed}`, {
    events: [
      approve('ana', ['a']),
      veto,
      approve('ben', [], { kind: 'revoke', revokes: 'v', signature: 'invalid', principals: [] }),
    ],
  });
  check('a veto never expires', [a], `blocked | ${vetoed}`, {
    events: [approve('ana', ['a']), { ...veto, created: 0 }],
  });
  check('a veto carries, where no sign-off does', [a], `blocked | ${vetoed}`, {
    by: policyOf('carry: never'),
    events: [approve('ana', ['a']), { ...veto, relation: { kind: 'carries' } }],
  });
  check('a veto of other content', [a], 'pass | signOffStale ben@x info', {
    events: [approve('ana', ['a']), { ...veto, relation: { kind: 'stale', why: 'x' }, covers: [] }],
  });
  check('a veto of nobody in the roster', [commit('a', { x: 'H' })], 'pass | signerNotSenior eve@x info', {
    events: [{ ...veto, principals: ['eve@x'], claimedPrincipal: 'eve@x' }],
  });
  check(
    'a copy of a veto with a broken signature hides nothing',
    [commit('a', { x: 'H' })],
    `blocked | ${vetoed} | signOffInvalid ben@x info`,
    { events: [veto, { ...veto, signature: 'invalid', principals: [] }] },
  );

  const override = approve('ana', ['a'], { kind: 'override', id: 'o', reason: 'fire' });
  check('an override', [a], 'pass | overridden ana@x warn', { events: [override] });
  check('an override without a reason', [a], `${blockedA} | signOffInvalid ana@x info`, {
    events: [{ ...override, reason: ' ' }],
  });
  check('an override of somebody whom the policy does not let', [a], `${blockedA} | signOffInvalid ana@x info`, {
    by: policyOf('override: { by: [ben@x] }'),
    events: [override],
  });
  check(
    'an override by the author',
    [commit('a', { 'x.ts': A20 }, { author: 'ana@x' })],
    'pass | overridden ana@x warn',
    { events: [override] },
  );
  check(
    'an override is no sign-off of a protected path',
    [commit('a', { '.countersign.yml': A20 })],
    'blocked | protectedPathChanged a .countersign.yml block | overridden ana@x warn',
    { events: [override] },
  );
  check('an override against a veto', [a], `blocked | ${vetoed} | overridden ana@x warn`, { events: [override, veto] });
  check('a debt that somebody else paid', [a], 'pass', { events: [override, approve('ben', ['a'])] });
  check('a debt that the same person cannot pay', [a], 'pass | overridden ana@x warn', {
    events: [override, approve('ana', ['a'])],
  });
  const sole = (rule: string) => policyOf('seniors: [{principal: ana@x}]', `soleSenior: ${rule}`);
  const own = [commit('a', { 'x.ts': A20 }, { author: 'ana@x' })];
  check('the only senior on their own work', own, 'pass | overridden ana@x warn', {
    by: sole('override'),
    events: [override],
  });
  check('the only senior, too early', own, `${blockedA} | signOffInvalid ana@x info`, {
    by: sole('wait-24h'),
    events: [override],
  });
  check('the only senior, a day later', own, 'pass | overridden ana@x warn', {
    by: sole('wait-24h'),
    events: [{ ...override, created: now - 25 * hour }],
  });
  check('the only senior, denied', own, `${blockedA} | signOffInvalid ana@x info`, {
    by: sole('deny'),
    events: [override],
  });
});

describe('gate: reviews on a forge', () => {
  const by = policyOf('accept: [key, forge]');
  const review = (account: string, state: 'approved' | 'changes-requested' = 'approved', name = 'a') => [
    { account, state, commit: sha(name) },
  ];
  check('count where the policy accepts them', [a], 'pass', { by, forge: review('GitHub:1') });
  check('do not count where it does not', [a], blockedA, { forge: review('github:1') });
  check('count for exactly the head', [a], `${blockedA} | signOffStale ana@x info`, {
    by,
    forge: review('github:1', 'approved', 'z'),
  });
  check('count for rostered accounts', [a], `${blockedA} | signerNotSenior github:9 info`, {
    by,
    forge: review('github:9'),
  });
  check('count for accounts, not addresses', [a], `${blockedA} | signerNotSenior ana@x info`, {
    by,
    forge: review('ana@x'),
  });
  check('veto', [a], 'blocked | vetoed a ben@x block', {
    by,
    events: [approve('ana', ['a'])],
    forge: review('github:ben', 'changes-requested'),
  });
  check('are one person with their key', [a], blockedA, {
    by: policyOf('accept: [key, forge]', 'signOffs: 2'),
    events: [approve('ana', ['a'])],
    forge: review('github:1'),
  });
  check(
    'do not count for a risk that asks keys',
    [commit('a', { 'src/pay/x': 'A' })],
    'blocked | needsSignOff a src/pay/x 1 p block',
    {
      by: policyOf('accept: [key, forge]', 'risks: [{name: p, paths: ["src/pay/**"], accept: [key]}]'),
      forge: review('github:1'),
    },
  );
});

describe('gate: what is always protected', () => {
  const edit = (path: string, more = {}) => [commit('a', [change(path, 'H', more)])];
  for (const path of ['.countersign.yml', '.countersign/allowed_signers', 'sub/.gitattributes']) {
    check(path, edit(path), `blocked | protectedPathChanged a ${path} block`);
    check(`${path}, signed`, edit(path), 'pass', { events: [approve('ana', ['a'])] });
  }
  check(
    'a protected path under its old name',
    edit('x', { oldPath: change('.countersign.yml').path }),
    'blocked | protectedPathChanged a x block',
  );
  check(
    'a workflow that names the tool',
    edit('.github/workflows/x.yml', { namesTool: true }),
    'blocked | protectedPathChanged a .github/workflows/x.yml block',
  );
  check('a workflow that does not', edit('.github/workflows/x.yml'), 'pass');
  check('an exempt one', edit('.countersign.yml'), 'blocked | protectedPathChanged a .countersign.yml block', {
    by: policyOf('exempt: ["**"]'),
  });
  check(
    'changed and changed back',
    [...edit('.gitattributes'), commit('b', [change('.gitattributes', 'H')])],
    'blocked | protectedPathChanged a .gitattributes block | protectedPathChanged b .gitattributes block',
    { net: [] },
  );
  check(
    'the author alone',
    [commit('a', { '.countersign.yml': 'H' }, { author: 'ana@x' })],
    'blocked | protectedPathChanged a .countersign.yml block | selfSignOff a ana@x info',
    { events: [approve('ana', ['a'])] },
  );
  const merge = commit('m', [], { parents: [sha('a'), sha('o')] });
  const net = [{ ...change('.countersign.yml'), added: [], deleted: [] }];
  check(
    'a merge that takes an older side',
    [commit('a', { x: 'H' }), merge],
    'blocked | protectedPathChanged .countersign.yml block',
    { net },
  );
  check('a signed merge that does', [commit('a', { x: 'H' }), merge], 'pass', { net, events: [approve('ana', ['m'])] });
  check('what commits that are not judged changed', [commit('a', { x: 'H' })], 'pass', { net });
});

describe('gate: policy', () => {
  const next = (
    revision: number,
    more: Partial<Policy> = {},
    usableSeniors = ['ana@x', 'ben@x'],
  ): Partial<GateInput> => ({
    pushedPolicy: { kind: 'ok', commit: sha('a'), policy: { ...policy, revision, ...more }, usableSeniors },
  });
  const h = [commit('a', { x: 'H' })];
  const rollback = 'blocked | policyRollback a block';
  const problems = [{ line: 3, path: 'mode', message: 'This is wrong.' }];
  check('raised', h, 'pass', next(4, { signOffs: 2 }));
  check('lowered', h, rollback, next(2));
  check('changed without a raise', h, rollback, next(3, { signOffs: 2 }));
  check('equal in rules', h, 'pass', next(3));
  check(
    'with too few usable seniors',
    h,
    'blocked | policyInvalid a block',
    next(4, { signOffs: 2 }, ['ana@x', 'ANA@x']),
  );
  check('that does not decode', h, 'blocked | policyInvalid a block', {
    pushedPolicy: { kind: 'invalid', commit: sha('a'), problems },
  });
  check('removed', h, rollback, { pushedPolicy: { kind: 'removed', commit: sha('a') } });
  check('at the tip does not decode', h, 'pass | policyInvalid warn', {
    policy: { kind: 'ok', policy, digest: 'd', commit: sha('t'), fallback: { tip: sha('u'), problems } },
  });
  check('none ever decoded', [a], 'pass | policyInvalid warn', {
    policy: { kind: 'invalid', commit: sha('t'), problems },
  });
  check('none', [a], 'pass | policyMissing warn', { policy: { kind: 'none', protectedRefHadOne: false } });
  check('none, where one was', [a], 'blocked | policyRollback block', {
    policy: { kind: 'none', protectedRefHadOne: true },
  });
  check('none yet, and a bad one comes', [a], 'pass | policyInvalid a warn | policyMissing warn', {
    policy: { kind: 'none', protectedRefHadOne: false },
    pushedPolicy: { kind: 'invalid', commit: sha('a'), problems },
  });
  check('below the floor', h, 'blocked | policyRollback block', { policyFloor: 4 });
  check('at the floor', h, 'pass', { policyFloor: 3 });
  check('raised to the floor', h, 'pass', { policyFloor: 4, ...next(4) });
  check('none, and the server has a floor', [a], 'blocked | policyRollback block | policyMissing warn', {
    policyFloor: 3,
    policy: { kind: 'none', protectedRefHadOne: false },
  });
});

describe('gate: modes', () => {
  check('warn', [a], 'pass | needsSignOff a x.ts 1-20 warn', { by: policyOf('mode: warn') });
  check('observe', [a], 'pass | needsSignOff a x.ts 1-20 info', { by: policyOf('mode: observe') });
  check('observe does not soften what is undecided', [], 'undecided | shallowHistory undecided', {
    by: policyOf('mode: observe'),
    cutOff: [{ what: 'fork-point' }],
  });
  check('a risk of its own mode', [commit('a', { 'src/pay/x': 'A' })], 'blocked | needsSignOff a src/pay/x 1 p block', {
    by: policyOf('mode: observe', 'risks: [{name: p, paths: ["src/pay/**"], mode: enforce}]'),
  });
  check('a risk that only observes', [commit('a', { 'src/pay/x': 'A' })], 'pass | needsSignOff a src/pay/x 1 p info', {
    by: policyOf('risks: [{name: p, paths: ["src/pay/**"], mode: observe}]'),
  });
  check('vetoes, too', [commit('a', { x: 'H' })], 'pass | vetoed a ben@x warn', {
    by: policyOf('mode: warn'),
    events: [approve('ben', ['a'], { kind: 'request-changes' })],
  });
});

describe('gate: repository and history', () => {
  const h = [commit('a', { x: 'H' })];
  check('lost commits', h, 'blocked | historyRewritten o block', {
    push: { kind: 'update', oldId: sha('o'), newId: sha('a'), lost: [sha('o')] },
  });
  check('a fast-forward', h, 'pass', { push: { kind: 'update', oldId: sha('o'), newId: sha('a'), lost: [] } });
  check('deleted', [], 'blocked | historyRewritten block', {
    head: undefined,
    push: { kind: 'delete', oldId: sha('o') },
  });
  check('recreated', h, 'blocked | historyRewritten block', { push: { kind: 'recreate', newId: sha('a') } });
  check('created', h, 'pass', { push: { kind: 'create', newId: sha('a') } });
  check('an unprotected branch may be rewritten', h, 'pass', {
    target: 'refs/heads/f',
    push: { kind: 'delete', oldId: sha('o') },
  });
  check('replaced objects', h, 'blocked | replaceRefs block', { replaceRefs: ['refs/replace/x'] });
  check('vanished sign-offs', h, 'blocked | eventsRemoved block', { removedEvents: ['e'] });
  check('a shallow clone', h, 'undecided | shallowHistory a undecided', {
    cutOff: [{ what: 'parent', commit: sha('a') }],
  });
  check('a shallow clone in which something blocks', [a], `${blockedA} | shallowHistory a undecided`, {
    cutOff: [{ what: 'parent', commit: sha('a') }],
  });
});

describe('gate: what a review does not show', () => {
  const hide = (kind: 'bidi' | 'binary' | 'attributes', lines?: string, path = 'x', letters = 'AH') => [
    commit('a', [change(path, letters, { hidden: [{ kind, ...(lines === undefined ? {} : { lines }) }] })]),
  ];
  check('in a counting line', hide('bidi', '1'), 'blocked | hiddenFromReview a x 1 block');
  check('in a human line', hide('bidi', '2'), 'pass');
  check('in a human file', hide('attributes', undefined, 'x', 'HH'), 'pass');
  check('in a signed commit', hide('bidi', '1'), 'pass', { events: [approve('ana', ['a'])] });
  check('a binary', hide('binary'), 'pass | hiddenFromReview a x info');
  check(
    'a binary of a risk',
    hide('binary', undefined, 'src/pay/x'),
    'blocked | needsSignOff a src/pay/x 1 pay block | hiddenFromReview a src/pay/x block',
    { by: pay },
  );
  const evil = commit('m', { x: 'A' }, { parents: [sha('p'), sha('q')], evilMergePaths: [change('x').path] });
  check('an evil merge', [evil], 'blocked | evilMerge m x block');
  check('a signed evil merge', [evil], 'pass', { events: [approve('ana', ['m'])] });
});

describe('gate: result', () => {
  it('lists findings by commit, kind and path, those of no commit last', () => {
    const commits = [
      commit('a', { 'y/.gitattributes': 'H', '.gitattributes': 'H', 'x.ts': A20 }),
      commit('b', { z: A20 }),
    ];
    const then = [
      'blocked',
      'needsSignOff a x.ts 1-20 block',
      'protectedPathChanged a .gitattributes block',
      'protectedPathChanged a y/.gitattributes block',
      'needsSignOff b z 1-20 block',
      'eventsRemoved block',
    ];
    assert.equal(evaluate(policy, commits, { removedEvents: ['e'] }), then.join(' | '));
  });

  it('has every key of a finding', () => {
    const [found] = evaluateGate(input(policy, [a])).findings;
    assert.deepEqual(Object.keys(found ?? {}).sort(), [
      'commit',
      'kind',
      'lines',
      'message',
      'next',
      'path',
      'principal',
      'risk',
      'severity',
    ]);
  });

  it('tells a view what each commit needs and has', () => {
    const commits = [
      commit('a', { 'src/pay/x': 'AAH', y: 'HH' }),
      commit('b', { y: 'H' }),
      commit('c', { '.gitattributes': 'H' }, { author: 'ana@x' }),
    ];
    const { coverage } = evaluateGate(
      input(pay, commits, {
        net: netOf(commits),
        events: [approve('ana', ['a', 'b', 'c']), approve('ben', ['a', 'c'])],
      }),
    );
    assert.deepEqual(coverage.commits, [
      {
        commit: sha('a'),
        state: 'covered',
        needed: 2,
        reasons: [{ risk: 'pay', counting: 2, total: 3, needed: 2, isCovered: true }],
        protectedPaths: [],
        counting: [{ path: 'src/pay/x', lines: '1-2', counting: 2, deleted: 0, risks: ['pay'] }],
        count: { counting: 2, total: 5 },
        maySign: ['ana@x', 'ben@x', 'pia@x'],
        signedBy: ['ana@x', 'ben@x'],
        record: 'present',
      },
      {
        commit: sha('b'),
        state: 'none',
        needed: 0,
        reasons: [],
        protectedPaths: [],
        counting: [],
        count: { counting: 0, total: 1 },
        maySign: ['ana@x', 'ben@x', 'pia@x'],
        signedBy: ['ana@x'],
        record: 'present',
      },
      {
        commit: sha('c'),
        state: 'covered',
        needed: 1,
        reasons: [],
        protectedPaths: ['.gitattributes'],
        counting: [],
        count: { counting: 0, total: 1 },
        maySign: ['ben@x'],
        signedBy: ['ben@x'],
        record: 'present',
      },
    ]);
    assert.deepEqual(coverage.netCount, { counting: 2, total: 7 });
  });

  it('names an overridden commit', () => {
    const { coverage } = evaluateGate(
      input(policy, [a], { events: [approve('ana', ['a'], { kind: 'override', reason: 'r' })] }),
    );
    assert.equal(coverage.commits[0]?.state, 'overridden');
  });
});
