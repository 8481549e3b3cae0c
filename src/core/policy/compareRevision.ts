import type { Policy } from './policy';

/** What a policy does to the revision of the one before it. `same`: neither rules nor revision differ. */
export type RevisionChange = 'same' | 'raised' | 'lowered' | 'rules-changed-without-raise';

/** Compares what two policies say, not their bytes: comments, order of keys and written-out defaults are no change. */
export function compareRevision(before: Policy, after: Policy): RevisionChange {
  if (after.revision > before.revision) return 'raised';
  if (after.revision < before.revision) return 'lowered';
  return stableText(before) === stableText(after) ? 'same' : 'rules-changed-without-raise';
}

function stableText(policy: Policy): string {
  return JSON.stringify(policy, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : value,
  );
}
