import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { encodeCanonicalJson } from '../../src/core/canonicalJson';

function check(value: unknown, json: string): void {
  it(json, () => assert.equal(encodeCanonicalJson(value), json));
}

describe('encodeCanonicalJson', () => {
  check({ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}');
  check({ a: undefined, b: {} }, '{"b":{}}');
  check({ '10': 1, '9': 2, A: 3, a: 4, é: 5 }, '{"10":1,"9":2,"A":3,"a":4,"é":5}');
  check({ '\u{1f600}': 1, '\ufb33': 2 }, '{"\u{1f600}":1,"\ufb33":2}');
  check('\u0000\u001f\u007f"\\/\n\u2028', '"\\u0000\\u001f\u007f\\"\\\\/\\n\u2028"');
  check([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0, 1e21], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21]');
  check(JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}');

  const refused = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '\ud800',
    { '\udc00': 1 },
    [undefined],
    () => 1,
    new Date(0),
    1n,
    undefined,
  ];
  for (const value of refused) {
    it(`refuses ${String(value)}`, () => assert.throws(() => encodeCanonicalJson(value), { name: 'BugError' }));
  }

  it('parses back to the same value, and again to the same text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const json = encodeCanonicalJson(value);
        assert.equal(encodeCanonicalJson(JSON.parse(json)), json);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
