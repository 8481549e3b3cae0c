import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** How far up the tree of processes is looked. */
const mostAncestors = 12;

/**
 * Programs and arguments of the processes this one runs under, nearest first; `undefined` where the system does not show
 * them (only Linux's procfs does, proc(5)).
 */
export function ancestors(pid = process.pid): readonly (readonly string[])[] | undefined {
  const commands: (readonly string[])[] = [];
  let current = pid;
  for (let depth = 0; depth < mostAncestors; depth++) {
    const parent = parentOf(current);
    if (parent === undefined) return depth === 0 ? undefined : commands;
    if (parent <= 1) return commands;
    commands.push(argumentsOf(parent) ?? []);
    current = parent;
  }
  return commands;
}

/** The arguments of the git commands among the {@link ancestors}, without `git` itself. */
export function gitAncestors(): readonly (readonly string[])[] | undefined {
  return ancestors()?.flatMap(([program, ...args]) =>
    program !== undefined && /^git(?:-[a-z-]+)?(?:\.exe)?$/.test(basename(program)) ? [args] : [],
  );
}

function parentOf(pid: number): number | undefined {
  try {
    // The name in brackets may hold anything: the fields that follow are counted from its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return Number.isInteger(parent) ? parent : undefined;
  } catch {
    return undefined;
  }
}

function argumentsOf(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return undefined;
  }
}

/** Global options of git that take a value in the next argument. */
const withValue = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--super-prefix',
  '--config-env',
  '--exec-path',
]);

/** The command of a git command line, and what follows it; nothing where there is none. */
export function gitCommandOf(
  args: readonly string[],
): { readonly command: string; readonly rest: readonly string[] } | undefined {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (withValue.has(arg)) index++;
    else if (!arg.startsWith('-')) return { command: arg, rest: args.slice(index + 1) };
  }
  return undefined;
}
