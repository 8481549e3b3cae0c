import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { SignOffStatement } from '../../../src/core/signOff/statement';
import { decodeStatement, encodeStatement } from '../../../src/core/signOff/statementCodec';
import { aStatement, oid } from './aStatement';

const { policy: _, expires: __, ...bare } = aStatement();
const { event: ___, ...unnamed } = aStatement();
const whole: readonly (readonly [string, SignOffStatement])[] = [
  ['approve', aStatement()],
  ['vouch', { ...aStatement(), event: 'vouch' }],
  ['without policy and expiry', bare],
  ['request-changes', { ...unnamed, event: 'request-changes', reason: 'The lock is never released.\nSee line 9.' }],
  ['override', { ...unnamed, event: 'override', reason: 'Outage' }],
  ['revoke', { ...unnamed, event: 'revoke', revokes: '9'.repeat(64) }],
  ['revoke with a reason', { ...unnamed, event: 'revoke', revokes: '9'.repeat(64), reason: 'I was wrong.' }],
  ['SHA-256 repository', { ...aStatement(), head: 'c'.repeat(64) as never, commits: ['c'.repeat(64) as never] }],
];

// biome-ignore lint/suspicious/noExplicitAny: the cases damage parsed JSON at any depth.
type Json = Record<string, any>;

function json(): Json {
  return JSON.parse(new TextDecoder().decode(encodeStatement(aStatement())));
}

function decode(value: unknown) {
  return decodeStatement(new TextEncoder().encode(JSON.stringify(value)));
}

/** The paths of all problems, after `change`. */
function check(name: string, change: (json: Json) => void, paths: string): void {
  it(name, () => {
    const value = json();
    change(value);
    const decoded = decode(value);
    assert.equal(decoded.kind === 'decoded' ? '' : decoded.problems.map((p) => p.path).join(' '), paths);
  });
}

describe('statement codec', () => {
  for (const [name, statement] of whole) {
    it(`${name}: decode(encode(s)) = s`, () => {
      assert.deepEqual(decodeStatement(encodeStatement(statement)), { kind: 'decoded', value: statement });
    });
  }

  it('is an in-toto statement in canonical JSON', () => {
    const text = new TextDecoder().decode(encodeStatement(aStatement()));
    assert.ok(text.startsWith('{"_type":"https://in-toto.io/Statement/v1","predicate":{"base":"aaaa'));
    assert.deepEqual(json()['subject'], [
      { name: 'refs/heads/main', digest: { gitCommit: oid('c'), gitTree: oid('d') } },
    ]);
    assert.equal(json()['predicateType'], 'urn:countersign:sign-off:v1');
    assert.equal(json()['predicate'].created, '2026-03-01T12:00:00.000Z');
  });

  const p = (change: (predicate: Json) => void) => (value: Json) => change(value['predicate']);
  check(
    'unknown members are ignored',
    (v) => Object.assign(v, { x: 1 }) && Object.assign(v['predicate'], { y: {} }),
    '',
  );
  check('other type', (v) => (v['_type'] = 'x'), '$._type');
  check('other predicate', (v) => (v['predicateType'] = 'urn:countersign:sign-off:v2'), '$.predicateType');
  check('two subjects', (v) => v['subject'].push(v['subject'][0]), '$.subject');
  check('subject of another ref', (v) => (v['subject'][0].name = 'refs/heads/x'), '$.subject[0].name');
  check(
    'every problem at once',
    p((v) => Object.assign(v, { base: 'A', nonce: 'z', unattended: 1 })),
    '$.predicate.base $.predicate.nonce $.predicate.unattended',
  );
  check(
    'short head',
    (v) => (v['subject'][0].digest.gitCommit = 'abc'),
    '$.subject[0].digest.gitCommit $.predicate.commits',
  );
  check(
    'head not in the range',
    p((v) => v['commits'].pop()),
    '$.predicate.commits',
  );
  check(
    'commit in capitals',
    p((v) => (v['commits'][0] = 'B'.repeat(40))),
    '$.predicate.commits[0]',
  );
  check(
    'no range',
    p((v) => delete v['commits']),
    '$.predicate.commits $.predicate.commits',
  );
  check(
    'too many commits',
    p((v) => (v['commits'] = Array(20_001).fill(oid('c')))),
    '$.predicate.commits',
  );
  check(
    'short target',
    p((v) => (v['targetRef'] = 'main')),
    '$.predicate.targetRef $.subject[0].name',
  );
  check(
    'negative revision',
    p((v) => (v['policy'].revision = -1)),
    '$.predicate.policy.revision',
  );
  check(
    'policy null',
    p((v) => (v['policy'] = null)),
    '$.predicate.policy $.predicate.policy.revision $.predicate.policy.digest',
  );
  check(
    'record of no commit',
    p((v) => (v['records'].x = oid('1'))),
    '$.predicate.records.x',
  );
  check(
    'record of no id',
    p((v) => (v['records'][oid('b')] = 7)),
    `$.predicate.records.${oid('b')}`,
  );
  check(
    'empty principal',
    p((v) => (v['principal'] = '')),
    '$.predicate.principal',
  );
  check(
    'half a surrogate pair',
    p((v) => (v['principal'] = '\ud800')),
    '$.predicate.principal',
  );
  check(
    'lines not ranges',
    p((v) => (v['covered'].regions[0].lines = '1-')),
    '$.predicate.covered.regions[0].lines',
  );
  check(
    'lines end in a comma',
    p((v) => (v['covered'].regions[0].lines = '1,')),
    '$.predicate.covered.regions[0].lines',
  );
  check(
    'region is a text',
    p((v) => (v['covered'].regions = ['x'])),
    '$.predicate.covered.regions[0] $.predicate.covered.regions[0].path $.predicate.covered.regions[0].lines $.predicate.covered.regions[0].how',
  );
  check(
    'answer is a number',
    p((v) => (v['covered'].answers.payments = 1)),
    '$.predicate.covered.answers.payments',
  );
  check(
    'no such day',
    p((v) => (v['created'] = '2026-13-01T00:00:00Z')),
    '$.predicate.created',
  );
  check(
    'time without zone',
    p((v) => (v['created'] = '2026-03-01T00:00:00')),
    '$.predicate.created',
  );
  check(
    'unknown event',
    p((v) => (v['event'] = 'bless')),
    '$.predicate.event',
  );
  check(
    'override without reason',
    p((v) => (v['event'] = 'override')),
    '$.predicate.reason',
  );
  check(
    'revoke of nothing',
    p((v) => (v['event'] = 'revoke')),
    '$.predicate.revokes',
  );
  check(
    'long reason',
    p((v) => Object.assign(v, { event: 'override', reason: 'x'.repeat(16_385) })),
    '$.predicate.reason',
  );

  for (const value of [null, [], 1, '', {}, { predicate: [] }, { subject: {} }]) {
    it(`${JSON.stringify(value)} is malformed`, () => assert.equal(decode(value).kind, 'malformed'));
  }
  it('bytes that are no JSON, no UTF-8 or too many are malformed', () => {
    const cases = [[], [0xff], [0x7b], new Uint8Array(4 * 1024 * 1024 + 1)];
    for (const bytes of cases) assert.equal(decodeStatement(Uint8Array.from(bytes)).kind, 'malformed');
  });

  it('never throws on a damaged statement', () => {
    const bytes = encodeStatement(aStatement());
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, (changes) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, byte] of changes) copy[at] = byte;
        decodeStatement(copy);
      }),
      { numRuns: 1000 },
    );
  });
});
