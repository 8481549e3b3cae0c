/** The hooks that are installed. */
export type HookName =
  | 'prepare-commit-msg'
  | 'commit-msg'
  | 'post-commit'
  | 'post-merge'
  | 'post-applypatch'
  | 'post-rewrite'
  | 'pre-push';

/** All of them, in the order in which plans list them. */
export const hookNames: readonly HookName[] = [
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'post-merge',
  'post-applypatch',
  'post-rewrite',
  'pre-push',
];
