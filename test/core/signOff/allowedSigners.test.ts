import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { findSigner, parseAllowedSigners } from '../../../src/core/signOff/allowedSigners';

const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIKGQyK7aEOzQ2Ws4i3/26JRfaH1yYRBJjoGHYTYxRUdA';
const key = `ssh-ed25519 ${blob}`;
const ns = 'namespaces="countersign"';
const keyBytes = Buffer.from(blob, 'base64');
const bytes = (text: string) => new TextEncoder().encode(text);
const now = Date.UTC(2026, 2, 15);

/** `ana bo`: whose the key is; `unknown-key`; `3 wildcard-principal`: the line that does not count and why. */
function check(name: string, file: string, signer: string, at = now): void {
  it(name, () => {
    const found = findSigner(parseAllowedSigners(bytes(file), 'countersign'), keyBytes, at);
    const told =
      found.kind === 'found'
        ? found.principals.join(' ')
        : found.kind === 'not-counted'
          ? `${found.line} ${found.problems.join(' ')}`
          : found.kind;
    assert.equal(told, signer);
  });
}

function problems(file: string): string {
  return parseAllowedSigners(bytes(file), 'countersign')
    .lines.map((line) => `${line.line}:${line.problems.join(',')}`)
    .join(' ');
}

describe('allowed signers', () => {
  check('a plain line', `ana ${ns} ${key}`, 'ana');
  check('comments, blank lines, CRLF, tabs', `# x\r\n\r\n\tana\t${ns}\t${key} her key\r\n`, 'ana');
  check('two principals', `ana,bo ${ns} ${key}`, 'ana bo');
  check('quoted principal', `"ana maria,bo" ${ns} ${key}`, 'ana maria bo');
  check('several lines of one key add up', `ana ${ns} ${key}\nbo ${ns} ${key}`, 'ana bo');
  check('several namespaces', `ana namespaces="git,countersign" ${key}`, 'ana');
  check('option names in capitals', `ana NameSpaces="countersign" ${key}`, 'ana');
  check('another key', `ana ${ns} ${key.replace('KGQ', 'KGR')}`, 'unknown-key');
  check('an empty file', '', 'unknown-key');
  check('no namespaces', `ana ${key}`, '1 no-namespaces');
  check('another namespace', `ana namespaces="git" ${key}`, '1 other-namespaces');
  check('a namespace pattern', `ana namespaces="*" ${key}`, '1 other-namespaces');
  check('a negated namespace', `ana namespaces="!countersign,countersign" ${key}`, '1 other-namespaces');
  check('wildcard principal', `*@example.com ${ns} ${key}`, '1 wildcard-principal');
  check('wildcard beside a name', `ana,* ${ns} ${key}`, '1 wildcard-principal');
  check('negated principal', `!ana,bo ${ns} ${key}`, '1 wildcard-principal');
  check('certificate authority', `ana cert-authority,${ns} ${key}`, '1 cert-authority');
  check('unknown option', `ana ${ns},no-touch ${key}`, '1 unknown-option');
  check('namespaces without a value', `ana namespaces ${key}`, '1 unknown-option no-namespaces');
  check('an option twice', `ana ${ns},${ns} ${key}`, '1 malformed');
  check('a broken line does not hide a good one', `ana ${key}\nbo ${ns} ${key}`, 'bo');
  check('begins later', `ana ${ns},valid-after="20260316Z" ${key}`, 'not-yet-valid');
  check('begins this moment', `ana ${ns},valid-after="20260315Z" ${key}`, 'ana');
  check('ends this moment', `ana ${ns},valid-before="20260315000000Z" ${key}`, 'no-longer-valid');
  check('ends in a minute', `ana ${ns},valid-before="202603150001Z" ${key}`, 'ana');
  check('local end: no longer anywhere on earth', `ana ${ns},valid-before="20260316" ${key}`, 'ana');
  check('local end: over where the day comes first', `ana ${ns},valid-before="202603151359" ${key}`, 'no-longer-valid');
  check(
    'local begin: not yet where the day comes last',
    `ana ${ns},valid-after="202603141201" ${key}`,
    'not-yet-valid',
  );
  check('local begin: everywhere', `ana ${ns},valid-after="202603141200" ${key}`, 'ana');
  check('no such day', `ana ${ns},valid-after="20260230Z" ${key}`, '1 malformed');
  check('nine digits', `ana ${ns},valid-after="202603010Z" ${key}`, '1 malformed');
  check(
    'ends before it begins',
    `ana ${ns},valid-after="20260302Z",valid-before="20260301Z" ${key}`,
    '1 empty-validity',
  );

  it('keeps what it cannot read, with its line', () => {
    const rsa = 'AAAAB3NzaC1yc2EAAAADAQABAAAAAwEAAQ==';
    const lines = [
      'ana',
      `ana ${ns}`,
      `ana ${ns} ssh-ed25519 AAAA`,
      `ana ${ns} ssh-rsa ${blob}`,
      `ana ${ns} ssh-rsa ${rsa}`,
    ];
    assert.equal(problems(lines.join('\n')), '1:malformed 2:malformed 3:malformed 4:malformed 5:malformed');
    const dss = `ana ${ns} ssh-dss ${Buffer.from('\0\0\0\x07ssh-dss\0\0\0\x01x', 'latin1').toString('base64')}`;
    assert.equal(problems(`#\n${dss}`), '2:unsupported-key');
    assert.equal(problems(`a ${ns},valid-after="20260101" ${key}`), '1:local-time');
  });

  it('is quick on a hostile line', () => {
    const start = Date.now();
    problems(
      `ana ${'a='.repeat(100_000)}\nana ${'a,'.repeat(100_000)}\nana namespaces="${'\\"'.repeat(100_000)}\n"${'a '.repeat(100_000)}`,
    );
    assert.ok(Date.now() - start < 500);
  });
});
