import type { RepoPath, Sha } from '../../../src/core/brand';
import type { SignOffStatement } from '../../../src/core/signOff/statement';

/** An object id of one digit. */
export function oid(digit: string): Sha {
  return digit.repeat(40) as Sha;
}

/** A complete approval by ana@example.com. */
export function aStatement(): SignOffStatement & { readonly event: 'approve' | 'vouch' } {
  return {
    event: 'approve',
    repo: 'example-repo',
    targetRef: 'refs/heads/main',
    base: oid('a'),
    head: oid('c'),
    resultTree: oid('d'),
    commits: [oid('b'), oid('c')],
    diffSha256: 'e'.repeat(64),
    policy: { revision: 3, digest: 'f'.repeat(64) },
    records: { [oid('b')]: oid('1'), [oid('c')]: oid('2') },
    principal: 'ana@example.com',
    covered: {
      regions: [
        { path: 'src/a.ts' as RepoPath, lines: '1-4,9', how: 'acknowledged' },
        { path: 'src/gone.ts' as RepoPath, lines: '', how: 'shown' },
        { path: 'src/ö.ts' as RepoPath, lines: '12', how: 'carried', from: '3'.repeat(64) },
      ],
      answers: { payments: 'It is idempotent.' },
    },
    knows: ['4'.repeat(64)],
    nonce: '0123456789abcdef0123456789abcdef',
    created: Date.UTC(2026, 2, 1, 12, 0, 0),
    expires: Date.UTC(2026, 2, 15, 12, 0, 0),
    unattended: false,
  };
}
