import { ToolError } from '../core/errors';
import { type Git, type GitResult, gitFailure } from './git';

/** Where a setting stands; reading without one takes all of them together, the last one winning. */
export type ConfigScope = 'local' | 'worktree' | 'global' | 'system';

/** One line of configuration. */
export interface ConfigEntry {
  /** Section and variable in lower case, subsection as written: `remote.Origin.url`. */
  readonly key: string;
  /** `undefined` for a variable without `=`, which is true as a boolean. */
  readonly value: string | undefined;
  readonly scope: string;
}

/** Which configuration to ask. */
export interface ConfigOptions {
  readonly scope?: ConfigScope;
}

/** The last value of a setting; `undefined` when it is not set. */
export async function getConfig(git: Git, key: string, options: ConfigOptions = {}): Promise<string | undefined> {
  return (await getAllConfig(git, key, options)).at(-1);
}

/** All values of a setting, in order. */
export async function getAllConfig(git: Git, key: string, options: ConfigOptions = {}): Promise<readonly string[]> {
  const result = await git.run(
    ['config', ...scopeArgument(options.scope), '--null', '--get-all', '--end-of-options', key],
    { expect: [0, 1] },
  );
  return splitNul(result.stdout);
}

/** A setting as a boolean; `undefined` when it is not set or is no boolean. */
export async function getBoolConfig(git: Git, key: string, options: ConfigOptions = {}): Promise<boolean | undefined> {
  const result = await git.run(
    ['config', ...scopeArgument(options.scope), '--null', '--type=bool', '--get', '--end-of-options', key],
    { expect: [0, 1, 128] },
  );
  const [value] = splitNul(result.stdout);
  if (result.code === 128 && !result.stderr.includes('bad boolean')) throw gitFailure(['config'], result);
  return value === undefined ? undefined : value === 'true';
}

/** All settings of all scopes, in the order in which later ones win. */
export async function listConfig(git: Git): Promise<readonly ConfigEntry[]> {
  const { stdout } = await git.run(['config', '--null', '--show-scope', '--list']);
  const parts = splitNul(stdout);
  const entries: ConfigEntry[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [scope, line] = [parts[index] ?? '', parts[index + 1] ?? ''];
    const end = line.indexOf('\n');
    entries.push(
      end < 0 ? { scope, key: line, value: undefined } : { scope, key: line.slice(0, end), value: line.slice(end + 1) },
    );
  }
  // What our own layer says to each command is nobody's setting.
  return entries.filter(({ scope, key }) => scope !== 'command' || key !== 'advice.graftfiledeprecated');
}

/** Gives a setting of this repository one value in place of all it had. */
export async function setConfig(git: Git, key: string, value: string): Promise<void> {
  await write(git, ['--replace-all', '--end-of-options', key, value], [0]);
}

/** Adds a value to a setting of this repository. */
export async function addConfig(git: Git, key: string, value: string): Promise<void> {
  await write(git, ['--add', '--end-of-options', key, value], [0]);
}

/** Removes a setting of this repository with all its values; nothing happens when there is none. */
export async function unsetConfig(git: Git, key: string): Promise<void> {
  await write(git, ['--unset-all', '--end-of-options', key], [0, 5]);
}

/** Removes one value of a setting of this repository, compared as a whole; nothing happens when there is none. */
export async function unsetConfigValue(git: Git, key: string, value: string): Promise<void> {
  await write(git, ['--fixed-value', '--unset-all', '--end-of-options', key, value], [0, 5]);
}

/** Removes a whole section of this repository's configuration; nothing happens when there is none. */
export async function removeConfigSection(git: Git, section: string): Promise<void> {
  const args = ['config', '--local', '--remove-section', '--end-of-options', section];
  const result = await git.run(args, { expect: [0, 128] });
  if (result.code !== 0 && !/no such section/i.test(result.stderr)) throw gitFailure(args, result);
}

const lockedTries = 20;

/** Git does not wait for the lock of a configuration file, so we do: another writer is done within milliseconds. */
async function write(git: Git, args: readonly string[], expect: readonly number[]): Promise<void> {
  if (args.some((arg) => arg.includes('\0'))) throw new ToolError('bad-input', 'A setting cannot hold a NUL.');
  for (let attempt = 1; ; attempt += 1) {
    const result: GitResult = await git.run(['config', '--local', ...args], { expect: [...expect, 255] });
    if (result.code !== 255) return;
    const isLocked = /could not lock config file .*: File exists/s.test(result.stderr);
    if (!isLocked || attempt === lockedTries) throw gitFailure(['config', ...args], result);
    await new Promise((resolve) => setTimeout(resolve, 5 * attempt));
  }
}

function scopeArgument(scope: ConfigScope | undefined): readonly string[] {
  if (scope === undefined) return [];
  return [`--${scope}`];
}

function splitNul(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  return text === '' ? [] : text.replace(/\0$/, '').split('\0');
}
