import { hookNames } from '../../src/setup/hookName';

/**
 * Arguments of git that keep our hooks from running, as another client does that knows of none: those of the hook folder, and those in git's
 * configuration (git 2.54 and later, git-config(1) `hook.<friendly-name>.enabled`).
 */
export const pastHooks: readonly string[] = [
  'core.hooksPath=/dev/null',
  ...hookNames.map((name) => `hook.countersign-${name}.enabled=false`),
].flatMap((setting) => ['-c', setting]);
