import { listConfig } from './config';
import type { Git } from './git';

/** All of git's configuration, read with one process: for whoever asks for several settings. */
export interface Settings {
  /** The last value; `undefined` where it is not set, or has no `=`. Section and variable in any case. */
  get(key: string): string | undefined;
  /** As git reads booleans; `undefined` where it is not set, or is none. */
  bool(key: string): boolean | undefined;
}

const yes: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1']);
const no: ReadonlySet<string> = new Set(['false', 'no', 'off', '0', '']);

/** Reads it. @throws ToolError `git-failed` */
export async function readSettings(git: Git): Promise<Settings> {
  const last = new Map<string, string | undefined>();
  for (const { key, value } of await listConfig(git)) last.set(key, value);
  const keyOf = (key: string): string => {
    const [section = '', ...rest] = key.split('.');
    const variable = rest.pop() ?? '';
    return [section.toLowerCase(), ...rest, variable.toLowerCase()].join('.');
  };
  return {
    get: (key) => last.get(keyOf(key)),
    bool: (key) => {
      const name = keyOf(key);
      if (!last.has(name)) return undefined;
      const value = last.get(name)?.toLowerCase() ?? 'true';
      return yes.has(value) ? true : no.has(value) ? false : undefined;
    },
  };
}
