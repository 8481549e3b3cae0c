import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { decodeEnvelope, encodeEnvelope, preAuthenticationEncoding } from '../../../src/core/signOff/envelope';
import { parseEventLog, removedLines, uniteEventLogs } from '../../../src/core/signOff/eventLog';

const bytes = (text: string) => new TextEncoder().encode(text);
const line = encodeEnvelope(bytes('{"a":1}'), [{ keyid: 'SHA256:x', sig: bytes('sig') }]);

describe('envelope', () => {
  it('is DSSE on one line', () => {
    const signature = '{"keyid":"SHA256:x","sig":"c2ln"}';
    assert.equal(
      line,
      `{"payload":"eyJhIjoxfQ==","payloadType":"application/vnd.in-toto+json","signatures":[${signature}]}`,
    );
  });

  it('signs the pre-authentication encoding', () => {
    const encoded = preAuthenticationEncoding(bytes('é'));
    assert.equal(new TextDecoder().decode(encoded), 'DSSEv1 28 application/vnd.in-toto+json 2 é');
  });

  it('has the SHA-256 of its payload as id', () => {
    const decoded = decodeEnvelope(line);
    assert.ok(decoded.kind === 'decoded');
    assert.equal(decoded.value.id, createHash('sha256').update('{"a":1}').digest('hex'));
    assert.equal(new TextDecoder().decode(decoded.value.payload), '{"a":1}');
    assert.deepEqual(
      decoded.value.signatures.map(({ keyid, sig }) => [keyid, Buffer.from(sig).toString()]),
      [['SHA256:x', 'sig']],
    );
  });

  const variants: readonly (readonly [string, string, string])[] = [
    ['url-safe base64 without padding', line.replace('eyJhIjoxfQ==', 'eyJhIjoxfQ'), ''],
    ['no keyid', line.replace('"keyid":"SHA256:x",', ''), ''],
    ['further members', line.replace('{', '{"x":[],'), ''],
    ['not JSON', '{', '$'],
    ['a list', '[]', '$'],
    ['other payload type', line.replace('in-toto', 'in-tutu'), '$.payloadType'],
    ['no signature', line.replace(/\[.*\]/, '[]'), '$.signatures'],
    ['base64 with a gap', line.replace('eyJh', 'eyJ h'), '$.payload'],
    ['base64 one digit long', line.replace('eyJhIjoxfQ==', 'e'), '$.payload'],
    ['a signature that is a text', line.replace(/\[.*\]/, '["x"]'), '$.signatures[0] $.signatures[0].sig'],
    ['control characters in the key id', line.replace('SHA256:x', '\\u001b[2J'), '$.signatures[0].keyid'],
  ];
  for (const [name, text, paths] of variants) {
    it(name, () => {
      const decoded = decodeEnvelope(text);
      assert.equal(decoded.kind === 'decoded' ? '' : decoded.problems.map((p) => p.path).join(' '), paths);
    });
  }
});

describe('event log', () => {
  it('skips empty lines and reports broken ones', () => {
    const log = parseEventLog(`\n${line}\r\n\nrubbish\n${line}`);
    assert.deepEqual(
      log.events.map((event) => event.line),
      [line, line],
    );
    assert.deepEqual(
      log.broken.map((broken) => broken.line),
      [4],
    );
  });

  it('is empty for an empty note', () => assert.deepEqual(parseEventLog(''), { events: [], broken: [] }));

  it('unites in any order, any grouping, any number of times', () => {
    const note = fc.array(fc.constantFrom('a', 'b', 'c', '', ' ', 'd')).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(note, note, note, (a, b, c) => {
        const all = uniteEventLogs([a, b, c]);
        assert.equal(uniteEventLogs([c, a, b, a]), all);
        assert.equal(uniteEventLogs([uniteEventLogs([a, b]), c]), all);
        assert.deepEqual(removedLines(a, all), []);
      }),
    );
  });

  it('sees a removed line', () => assert.deepEqual(removedLines('a\nb\n', 'b\n\n'), ['a']));
});
