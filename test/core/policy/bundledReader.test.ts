import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { parsePolicy } from '../../../src/core/policy/parsePolicy';
import { startPolicy } from '../../../src/core/policy/startPolicy';
import { bundled } from '../../support/builtCli';

/** The bundles leave out parts of the YAML library that nothing here should need. */
describe('the policy as the bundles read it', function () {
  this.timeout(60_000);
  let inBundle: typeof parsePolicy;
  before(() => {
    const module: { readonly parsePolicy: typeof parsePolicy } = createRequire(import.meta.url)(
      bundled('src/core/policy/parsePolicy.ts', 'parsePolicy.cjs'),
    );
    inBundle = module.parsePolicy;
  });
  const start = startPolicy({
    repository: 'r',
    branches: ['main'],
    seniors: ['ana@example.com'],
    allowedSigners: '.countersign/allowed_signers',
  });
  const check = (text: string): void => {
    const bytes = Buffer.from(text);
    assert.deepEqual(inBundle(bytes), parsePolicy(bytes), text);
  };

  for (const [what, more] of Object.entries({
    'nothing more': '',
    'tags of version 1.1':
      'a: !!binary aGk=\nb: !!omap [x: 1]\nc: !!pairs [x: 1]\nd: !!set {x}\ne: !!timestamp 2001-12-14\n',
    'words of version 1.1':
      'a: yes\nb: 0o17\nc: 0x1f\nd: 1_000\ne: 190:20:30\nf: .inf\ng: 2001-12-14t21:59:43.10-05:00\n',
    'a version': '%YAML 1.1\n---\n',
    'merge keys': 'a: &x { b: 1 }\nc: { <<: *x }\n<<: *x\n',
    'complex keys': '? [a, b]\n: 1\n? { a: 1 }\n: 2\n',
    'block scalars': 'a: |+2\n    x\n\nb: >-\n  y\n  z\n',
    'a tag of its own': 'a: !own x\nb: !<tag:yaml.org,2002:int> 1\n',
    'what is no YAML': 'a: [1, {b: ]\n"x\n\t- y\n',
  }))
    it(what, () => {
      check(`${start}${more}`);
      check(more);
    });

  it('damaged at any place', () => {
    const part = fc.constantFrom(
      '',
      ' ',
      '\n',
      ':',
      '- ',
      '[',
      '}',
      '&a ',
      '*a',
      '!!set ',
      '<<: ',
      '? ',
      '|',
      '"',
      "'",
      '#',
      '%',
      '\t',
    );
    const place = fc.nat(start.length);
    fc.assert(
      fc.property(place, place, part, (a, b, text) => {
        check(start.slice(0, Math.min(a, b)) + text + start.slice(Math.max(a, b)));
        check(start.slice(0, a) + text + start.slice(a));
      }),
      { numRuns: 200 },
    );
  });
});
