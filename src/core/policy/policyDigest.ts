import { createHash } from 'node:crypto';

/** SHA-256 of a policy's bytes, lower-case hex: what a statement names as the policy it was made under. */
export function policyDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
