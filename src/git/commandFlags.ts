/** How a command's options take values, as its manual says. */
export interface OptionSyntax {
  /** Letters whose value follows, attached or as the next argument. */
  readonly valued: string;
  /** Letters whose value may only be attached. */
  readonly attached: string;
  /** Long options whose value may be the next argument. */
  readonly longValued: readonly string[];
}

/** git-commit(1). */
export const commitSyntax: OptionSyntax = {
  valued: 'CcFmt',
  attached: 'Su',
  longValued: [
    ...['--author', '--cleanup', '--date', '--file', '--fixup', '--message', '--pathspec-from-file'],
    ...['--reedit-message', '--reuse-message', '--squash', '--template', '--trailer'],
  ],
};

/** git-push(1). */
export const pushSyntax: OptionSyntax = {
  valued: 'o',
  attached: '',
  longValued: ['--exec', '--push-option', '--receive-pack', '--repo'],
};

/**
 * The options of a command line, one by one: `-am x` gives `-a` and `-m`, `--amend` itself, `--cleanup=strip` as
 * `--cleanup`. Values and paths are left out, and what stands behind `--`.
 */
export function commandFlags(args: readonly string[], syntax: OptionSyntax): readonly string[] {
  const flags: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') break;
    if (arg.startsWith('--')) {
      const name = arg.split('=', 1)[0] ?? arg;
      flags.push(name);
      if (name === arg && syntax.longValued.includes(name)) index++;
    } else if (arg.startsWith('-')) {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at] ?? '';
        flags.push(`-${letter}`);
        if (syntax.attached.includes(letter)) break;
        if (!syntax.valued.includes(letter)) continue;
        if (at === arg.length - 1) index++;
        break;
      }
    }
  }
  return flags;
}
