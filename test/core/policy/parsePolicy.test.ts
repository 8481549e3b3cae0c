import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { compareRevision } from '../../../src/core/policy/compareRevision';
import { parsePolicy } from '../../../src/core/policy/parsePolicy';
import type { Policy, PolicyProblem } from '../../../src/core/policy/policy';
import { policyDigest } from '../../../src/core/policy/policyDigest';
import { protectedPathMatcher } from '../../../src/core/policy/protectedPaths';
import { startPolicy } from '../../../src/core/policy/startPolicy';

const base = `schema: 1
revision: 3
repository: r
protect: [main]
seniors: [{ principal: ana@example.com }]
allowedSigners: .countersign/allowed_signers
`;

function policyOf(text: string): Policy {
  const parsed = parsePolicy(Buffer.from(text));
  assert.equal(parsed.kind, 'ok', JSON.stringify(parsed));
  return parsed.kind === 'ok' ? parsed.policy : assert.fail();
}

function problemsOf(text: string | Uint8Array): readonly PolicyProblem[] {
  const parsed = parsePolicy(typeof text === 'string' ? Buffer.from(text) : text);
  return parsed.kind === 'invalid' ? parsed.problems : assert.fail('it is valid');
}

const at = (text: string) => problemsOf(text).map(({ line, path }) => `${line} ${path}`);

describe('policy', () => {
  it('fills in the defaults', () => {
    assert.deepEqual(policyOf(base), {
      schema: 1,
      revision: 3,
      repository: 'r',
      mode: 'observe',
      since: undefined,
      protect: ['main'],
      threshold: { lines: 20, share: 0.2, atMost: undefined },
      count: ['ai', 'ai-edited', 'unknown', 'pasted'],
      exempt: [],
      risks: [],
      signOffs: 1,
      accept: ['key'],
      expires: 14 * 86_400_000,
      carry: 'trivial-rebase',
      claims: 'trust',
      seniorAuthors: 'another-senior',
      soleSenior: 'override',
      override: { by: ['seniors'], reviewWithin: 48 * 3_600_000 },
      seniors: [{ principal: 'ana@example.com', aliases: [], accounts: [], paths: ['**'] }],
      allowedSigners: '.countersign/allowed_signers',
      revocation: undefined,
      gateFiles: undefined,
      trailers: undefined,
      bots: [],
      generated: [],
      signing: { attended: false, hardware: false },
      roleName: undefined,
      requires: undefined,
      oncall: undefined,
      promote: undefined,
      reports: undefined,
    });
  });

  it('reads every key', () => {
    const policy = policyOf(`# comment
schema: 1
revision: 3
repository: 0b9c
mode: enforce
since: ${'1'.repeat(40)}
protect: [main, "release/**", refs/tags/v*]
threshold: { lines: 20, share: 0.2, atMost: 200 }
count: [ai, ai-edited, "unknown:outside-write"]
exempt: ["**/*.lock"]
risks:
  - name: payments
    paths: ["src/pay/**"]
    threshold: { lines: 1 }
    signOffs: 2
    ask: "What happens when the provider answers twice?"
    mode: warn
    accept: [key, forge]
  - { name: db, paths: [db] }
signOffs: 1
accept: [key]
expires: 36h
carry: never
claims: senior
seniorAuthors: own-review
soleSenior: wait-24h
override: { by: [seniors], reviewWithin: 2d }
seniors:
  - { principal: ana@example.com, aliases: [ana@home.example], accounts: ["github:12345"], paths: ["**"] }
allowedSigners: .countersign/allowed_signers
trailers: assisted-by
requires: { version: 1 }
oncall: [ana@example.com]
bots: ["bot[bot]@users.noreply.github.com"]
generated: ["gen/**"]
gateFiles: [".ci/**"]
promote: x
revocation: .countersign/revoked
signing: { attended: true, hardware: true }
reports: { people: no }
roleName: principal engineer
`);
    assert.equal(policy.repository, '0b9c');
    assert.equal(policy.since, '1'.repeat(40));
    assert.equal(policy.expires, 36 * 3_600_000);
    assert.deepEqual(policy.threshold, { lines: 20, share: 0.2, atMost: 200 });
    assert.deepEqual(
      policy.risks.map(({ threshold, signOffs, mode, accept }) => ({ threshold, signOffs, mode, accept })),
      [
        { threshold: { lines: 1, share: 0, atMost: undefined }, signOffs: 2, mode: 'warn', accept: ['key', 'forge'] },
        { threshold: { lines: 1, share: 0, atMost: undefined }, signOffs: 1, mode: 'enforce', accept: ['key'] },
      ],
    );
    assert.deepEqual(policy.reports, { people: 'no' });
  });

  const wrong: readonly (readonly [string, string, readonly string[]])[] = [
    ['an unknown key', `${base}modus: warn\n`, ['7 modus']],
    ['an unknown key inside', `${base}threshold:\n  lines: 3\n  line: 4\n`, ['9 threshold.line']],
    ['an unknown key of a risk', `${base}risks:\n  - name: a\n    path: [x]\n    paths: [x]\n`, ['9 risks[0].path']],
    ['__proto__', `${base}__proto__: { mode: enforce }\n`, ['7 __proto__']],
    ['constructor', `${base}constructor: 1\n`, ['7 constructor']],
    ['a repeated key', `${base}revision: 4\n`, ['7 revision']],
    ['an anchor and an alias', `${base}exempt: &a [x]\ngenerated: *a\n`, ['7 exempt', '8 generated']],
    ['a tag', `${base}mode: !!str warn\n`, ['7 mode']],
    ['a merge key', `${base}<<: { mode: warn }\n`, ['7 <<']],
    ['a complex key', `${base}? [a]\n: b\n`, ['7 ']],
    ['a second document', `${base}---\nmode: warn\n`, ['7 ']],
    ['a directive', `%YAML 1.1\n---\n${base}`, ['1 ']],
    ['missing keys', 'schema: 1\n', ['1 ', '1 ', '1 ', '1 ', '1 ']],
    ['no map', '- 1\n', ['1 ']],
    ['nothing', '', ['1 ']],
    ['another schema', base.replace('schema: 1', 'schema: 2'), ['1 schema']],
    ['a schema in quotes', base.replace('schema: 1', 'schema: "1"'), ['1 schema']],
    ['a negative revision', base.replace('revision: 3', 'revision: -1'), ['2 revision']],
    ['a fractional revision', base.replace('revision: 3', 'revision: 1.5'), ['2 revision']],
    ['an empty protect', base.replace('[main]', '[]'), ['4 protect']],
    ['a bad mode', `${base}mode: strict\n`, ['7 mode']],
    ['a short commit', `${base}since: abc1234\n`, ['7 since']],
    ['a share above 1', `${base}threshold: { share: 20 }\n`, ['7 threshold.share']],
    ['no lines', `${base}threshold: { lines: 0 }\n`, ['7 threshold.lines']],
    ['an unknown class', `${base}count: [ai, robot]\n`, ['7 count[1]']],
    ['an unknown reason', `${base}count: ["unknown:moon"]\n`, ['7 count[0]']],
    ['braces', `${base}exempt: ["*.{a,b}"]\n`, ['7 exempt[0]']],
    ['a negated glob', `${base}exempt: ["!a"]\n`, ['7 exempt[0]']],
    ['a glob that climbs', `${base}exempt: ["../a"]\n`, ['7 exempt[0]']],
    ['a time without a unit', `${base}expires: 14\n`, ['7 expires']],
    ['a wildcard principal', base.replace('ana@example.com', '"*"'), ['5 seniors[0].principal']],
    ['two principals in one', base.replace('ana@example.com', '"a@x,b@x"'), ['5 seniors[0].principal']],
    ['one name for two', base.replace('[{', '[{ principal: b, aliases: [ANA@example.com] }, {'), ['5 seniors[1]']],
    ['a signers file outside', base.replace('.countersign/a', '../a'), ['6 allowedSigners']],
    ['an absolute signers file', base.replace('.countersign/a', '/a'), ['6 allowedSigners']],
    ['two risks of one name', `${base}risks:\n- {name: a, paths: [x]}\n- {name: a, paths: [y]}\n`, ['7 risks']],
    ['no signers wanted', `${base}signOffs: 0\n`, ['7 signOffs']],
    ['a tab', `${base}risks:\n\t- x\n`, ['8 ']],
    ['deep nesting', '['.repeat(60_000), ['1 ']],
    ['deep nesting in blocks', '- '.repeat(30_000), ['1 ']],
    ['deep nesting in maps', '{a: '.repeat(15_000), ['1 ']],
  ];
  for (const [name, text, expected] of wrong) it(`refuses ${name}`, () => assert.deepEqual(at(text), expected));

  it('refuses what is too large, and what is no UTF-8', () => {
    assert.equal(problemsOf(`${base}#${'x'.repeat(64 * 1024)}`).length, 1);
    assert.equal(problemsOf(Buffer.from([0x61, 0xff])).length, 1);
  });

  it('takes thousands of keys without comparing each with each', () => {
    const many = Array.from({ length: 4000 }, (_, index) => `k${index}:`).join('\n');
    assert.equal(problemsOf(many).length, 4000 + 6);
  }).timeout(20_000);

  it('never throws', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&x',
      '*x',
      '!t',
      '<<',
      '%',
      '#',
      '|',
      '>',
      '\t',
      '?',
      '\0',
      '---',
    );
    const arbitrary = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((all) => Buffer.from(all.join(''))),
      fc.uint8Array({ maxLength: 60 }),
      fc.array(piece, { maxLength: 10 }).map((all) => Buffer.from(base + all.join(''))),
    );
    fc.assert(
      fc.property(arbitrary, (bytes) => {
        const parsed = parsePolicy(bytes);
        assert.ok(parsed.kind === 'ok' || parsed.problems.every((problem) => problem.line >= 1));
        assert.ok(parsed.kind === 'ok' || parsed.problems.length > 0);
      }),
      { numRuns: 300, seed: 20260402 },
    );
  }).timeout(20_000);

  const changes: readonly (readonly [string, string, string, string])[] = [
    ['a comment', base, `${base}# x\n`, 'same'],
    ['a written-out default', base, `${base}signOffs: 1\n`, 'same'],
    ['a rule', base, `${base}signOffs: 2\n`, 'rules-changed-without-raise'],
    ['a kept key', base, `${base}promote: 1\n`, 'rules-changed-without-raise'],
    ['a rule and the revision', base, `${base.replace('3', '4')}signOffs: 2\n`, 'raised'],
    ['the revision, down', base, base.replace('3', '2'), 'lowered'],
  ];
  for (const [name, from, to, expected] of changes) {
    it(`compares: ${name}`, () => assert.equal(compareRevision(policyOf(from), policyOf(to)), expected));
  }

  it('starts with a policy that parses and observes', () => {
    const parsed = parsePolicy(
      Buffer.from(
        startPolicy({
          repository: 'abc',
          branches: ['main', 'release/**'],
          seniors: ['ana@example.com'],
          allowedSigners: 's/a',
        }),
      ),
    );
    assert.equal(parsed.kind, 'ok');
    if (parsed.kind !== 'ok') return;
    assert.equal(parsed.policy.mode, 'observe');
    assert.deepEqual(parsed.policy.protect, ['main', 'release/**']);
    assert.deepEqual(parsed.warnings, []);
    assert.equal(
      policyOf(startPolicy({ repository: 'abc', branches: ['main'], seniors: [], allowedSigners: 'a' })).seniors.length,
      0,
    );
  });

  it('digests bytes', () => {
    assert.equal(policyDigest(Buffer.from('')), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  const paths: readonly (readonly [string, boolean, boolean])[] = [
    ['.countersign.yml', false, true],
    ['sub/.countersign.yml', false, false],
    ['.countersign/allowed_signers', false, true],
    ['.countersign/revoked', false, true],
    ['a/b/.gitattributes', false, true],
    ['.github/workflows/x.yml', false, false],
    ['.github/workflows/x.yml', true, true],
    ['sub/.github/workflows/x.yml', true, false],
    ['src/a.ts', true, false],
  ];
  const isProtected = protectedPathMatcher(policyOf(`${base}revocation: .countersign/revoked\n`));
  for (const [path, names, expected] of paths) {
    it(`${path}${names ? ' that names the tool' : ''} is ${expected ? '' : 'not '}protected`, () =>
      assert.equal(isProtected(path, { namesTool: names }), expected));
  }
  it('protects the gate files that the policy lists, and no others', () => {
    const listed = protectedPathMatcher(policyOf(`${base}gateFiles: ["ci/*"]\n`));
    assert.equal(listed('ci/x', {}), true);
    assert.equal(listed('.github/workflows/x.yml', { namesTool: true }), false);
  });
});
