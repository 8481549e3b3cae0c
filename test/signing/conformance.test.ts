import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import { findSigner, parseAllowedSigners } from '../../src/core/signOff/allowedSigners';
import {
  fingerprint,
  formatPublicKeyLine,
  parsePublicKey,
  parsePublicKeyLine,
} from '../../src/core/signOff/sshPublicKey';
import { parseSshSignature, verifySshSignature } from '../../src/core/signOff/sshSignature';
import { wireString } from '../../src/core/signOff/sshWire';
import { armour, blobOf, SshFixture } from './sshFixture';

const ns = 'countersign';
const data = Buffer.from('what is signed\n');

/** What we say about a signature, in one word. */
function ours(signature: Uint8Array, message: Uint8Array = data): string {
  const verified = verifySshSignature(signature, message, ns);
  return verified.kind === 'valid' ? 'valid' : verified.reason;
}

/** Ours, from the signers file to the principal, as `ssh-keygen -Y verify` decides it. */
function accepts(allowed: string, principal: string, signature: Uint8Array, message: Uint8Array): boolean {
  const verified = verifySshSignature(signature, message, ns);
  if (verified.kind === 'invalid') return false;
  const signer = findSigner(parseAllowedSigners(Buffer.from(allowed), ns), verified.signature.key.blob, Date.now());
  return signer.kind === 'found' && signer.principals.includes(principal);
}

describe('conformance with ssh-keygen', () => {
  let ssh: SshFixture;
  before(() => {
    ssh = new SshFixture();
  });
  after(() => ssh.dispose());

  for (const type of ['ed25519', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521', 'rsa-2048', 'rsa-3072']) {
    it(`${type}: good, tampered, other namespace, other key, both hashes`, function () {
      this.timeout(30_000);
      const key = ssh.key(`id-${type}`, type);
      const other = ssh.key(`other-${type}`, 'ed25519');
      const allowed = `ana namespaces="${ns}" ${ssh.pub(key)}`;
      const corpus: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
        ['valid', ssh.sign(key, data), data],
        ['valid', ssh.sign(key, data, ns, '-O', 'hashalg=sha256'), data],
        ['valid', ssh.sign(key, ''), Buffer.alloc(0)],
        ['bad-signature', ssh.sign(key, data), Buffer.from('What is signed\n')],
        ['wrong-namespace', ssh.sign(key, data, 'git'), data],
        ['valid', ssh.sign(other, data), data],
      ];
      for (const [expected, signature, message] of corpus) {
        assert.equal(ours(signature, message), expected);
        assert.equal(ours(blobOf(signature), message), expected);
        assert.equal(accepts(allowed, 'ana', signature, message), ssh.verifies(allowed, 'ana', signature, message));
      }
      const printed = execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`])
        .toString()
        .split(' ')[1];
      const parsed = parsePublicKeyLine(ssh.pub(key));
      assert.ok(parsed.kind === 'key');
      assert.equal(fingerprint(parsed.key.blob), printed);
      assert.equal(formatPublicKeyLine(parsed.key, parsed.comment), ssh.pub(key));
    });
  }

  it('agrees on each signature with one flipped bit', function () {
    this.timeout(60_000);
    const key = ssh.key('flip');
    const blob = blobOf(ssh.sign(key, data));
    const allowed = `ana namespaces="${ns}" ${ssh.pub(key)}`;
    assert.equal(ours(blob), 'valid');
    for (let at = 0; at < blob.length; at++) {
      for (const bit of [1, 0x80]) {
        const copy = Buffer.from(blob);
        copy[at]! ^= bit;
        const valid = ours(copy) === 'valid' && accepts(allowed, 'ana', copy, data);
        assert.equal(valid, false, `byte ${at}`);
        if (at % 16 === 0) assert.equal(ssh.verifies(allowed, 'ana', armour(copy), data), false);
      }
    }
  });

  it('never throws on a signature cut at any byte, or longer', () => {
    const armoured = ssh.sign(ssh.key('cut'), data);
    const blob = blobOf(armoured);
    for (let end = 0; end < blob.length; end++) assert.equal(ours(blob.subarray(0, end)), 'malformed');
    for (let end = 0; end < armoured.length - 1; end++) assert.equal(ours(armoured.subarray(0, end)), 'malformed');
    assert.equal(ours(Buffer.concat([blob, Buffer.from([0])])), 'malformed');
    const key = parsePublicKeyLine(ssh.pub(`${ssh.home}/cut`));
    assert.ok(key.kind === 'key');
    for (let end = 0; end < key.key.blob.length; end++)
      assert.notEqual(parsePublicKey(key.key.blob.subarray(0, end)).kind, 'key');
  });

  it('agrees on validity, principals and options', function () {
    this.timeout(30_000);
    const key = ssh.key('valid');
    const signature = ssh.sign(key, data);
    const pub = ssh.pub(key);
    const lines: readonly (readonly [boolean, string])[] = [
      [true, `ana namespaces="${ns}",valid-after="20200101Z" ${pub}`],
      [true, `ana valid-before="20990101120000Z",namespaces="git,${ns}" ${pub}`],
      [true, `bo,ana,cy   namespaces="${ns}"   ${pub}`],
      [true, `"ana" NAMESPACES="${ns}" ${pub}`],
      [true, `ana namespaces="git" ${pub}\nana namespaces="${ns}" ${pub}`],
      [false, `ana namespaces="${ns}",valid-before="20200101Z" ${pub}`],
      [false, `ana namespaces="${ns}",valid-after="209901011200Z" ${pub}`],
      [false, `bo namespaces="${ns}" ${pub}`],
      [false, `ana namespaces="git" ${pub}`],
      [false, `ana namespaces="${ns}",frobnicate ${pub}`],
      [false, `ana namespaces="${ns}",valid-before="2020-01-01" ${pub}`],
      [false, `ana cert-authority,namespaces="${ns}" ${pub}`],
    ];
    for (const [expected, line] of lines) {
      assert.equal(ssh.verifies(line, 'ana', signature, data), expected, line);
      assert.equal(accepts(line, 'ana', signature, data), expected, line);
    }
    const stricter = [`ana ${pub}`, `* namespaces="${ns}" ${pub}`, `ana namespaces="counter*" ${pub}`];
    for (const line of stricter) {
      assert.equal(ssh.verifies(line, 'ana', signature, data), true, line);
      assert.equal(accepts(line, 'ana', signature, data), false, line);
    }
  });

  it('says that certificates are not supported', () => {
    const ca = ssh.key('ca');
    const key = ssh.key('certified');
    execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'x', '-n', 'ana', `${key}.pub`], { stdio: 'ignore' });
    const parsed = parseSshSignature(ssh.sign(`${key}-cert.pub`, data));
    assert.ok(parsed.kind === 'invalid');
    assert.equal(parsed.reason, 'unsupported');
  });

  for (const type of ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com']) {
    it(`${type}: as a token would sign, with its flags`, () => {
      const { keyBlob, signatureOf } = softToken(type);
      const allowed = `ana namespaces="${ns}" ${type} ${keyBlob.toString('base64')}`;
      for (const flags of [1, 5, 0x45, 0]) {
        const blob = signatureOf(data, flags, 7);
        const verified = verifySshSignature(blob, data, ns);
        assert.ok(verified.kind === 'valid');
        const hardware = { userPresent: (flags & 1) !== 0, userVerified: (flags & 4) !== 0, counter: 7, flags };
        assert.deepEqual(verified.signature.hardware, hardware);
        assert.equal(ssh.verifies(allowed, 'ana', armour(blob), data), true);
        const raised = Buffer.from(blob);
        raised[raised.length - 5]! ^= 4;
        assert.equal(ours(raised), 'bad-signature');
        assert.equal(ssh.verifies(allowed, 'ana', armour(raised), data), false);
      }
    });
  }
});

/** A hardware key in software, by OpenSSH's PROTOCOL.u2f. */
function softToken(type: string) {
  const isEd25519 = type.startsWith('sk-ssh-ed25519');
  const pair = isEd25519 ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = pair.publicKey.export({ type: 'spki', format: 'der' });
  const point = der.subarray(der.length - (isEd25519 ? 32 : 65));
  const curve = isEd25519 ? [] : [wireString('nistp256')];
  const keyBlob = Buffer.concat([wireString(type), ...curve, wireString(point), wireString('ssh:')]);
  const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
  const signatureOf = (message: Uint8Array, flags: number, counter: number) => {
    const fields = [wireString(ns), wireString(''), wireString('sha512')];
    const digest = createHash('sha512').update(message).digest();
    const signed = Buffer.concat([Buffer.from('SSHSIG'), ...fields, wireString(digest)]);
    const proof = Buffer.alloc(5);
    proof.writeUInt8(flags);
    proof.writeUInt32BE(counter, 1);
    const input = Buffer.concat([sha256('ssh:'), proof, sha256(signed)]);
    const raw = isEd25519
      ? sign(null, input, pair.privateKey)
      : sign('sha256', input, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
    const bytes = isEd25519 ? raw : Buffer.concat([positive(raw.subarray(0, 32)), positive(raw.subarray(32))]);
    const inner = Buffer.concat([wireString(type), wireString(bytes), proof]);
    const version = Buffer.from([0, 0, 0, 1]);
    return Buffer.concat([Buffer.from('SSHSIG'), version, wireString(keyBlob), ...fields, wireString(inner)]);
  };
  return { keyBlob, signatureOf };
}

function positive(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start);
  return wireString(digits[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}
