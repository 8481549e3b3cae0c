import type { AbsPath } from '../core/brand';
import type { HookName } from './hookName';
import { shellQuote } from './shellQuote';

/*
 * What git runs, and how it reaches the script of a hook (`hookScripts.ts`): a file of ours in the hooks folder, a block in a
 * shell hook that was there, an entry of git's configuration, or a line in a hook that the project tracks.
 */

/** The first line after `#!` of every file that is ours. */
export const ownLine = '# Countersign hook, written by `countersign init`; `countersign deinit` removes it.';
/** The first line of our block in somebody else's hook. */
export const blockStart = '# >>> countersign: written by `countersign init`; `countersign deinit` removes it.';
/** The last line of our block. */
export const blockEnd = '# <<< countersign';

/** How a hook file finds its script: beside the hooks folder, or at a fixed place. */
export type ScriptPlace = { readonly kind: 'beside' } | { readonly kind: 'at'; readonly path: AbsPath };

/** A whole hook file; with `kept`, the file name in the same folder of the hook that was here before. */
export function hookFile(hook: HookName, place: ScriptPlace, kept?: string): string {
  const previous =
    kept === undefined
      ? []
      : [`countersign_previous=\${0%/*}/${kept}`, '[ -x "$countersign_previous" ] || countersign_previous='];
  const without =
    kept === undefined ? 'exit 0' : '[ -z "$countersign_previous" ] || exec "$countersign_previous" "$@"; exit 0';
  return [
    '#!/bin/sh',
    ownLine,
    ...previous,
    `countersign_script=${scriptExpression(hook, place)}`,
    `if [ -f "$countersign_script" ]; then . "$countersign_script"; fi`,
    without,
    '',
  ].join('\n');
}

/**
 * The block for a shell hook that was there, to stand before its first command. It hands the whole hook to the script,
 * which starts it again, as it was started, to run what stands below: so it keeps its name, folder, input and status.
 */
export function hookBlock(hook: HookName, place: ScriptPlace): string {
  return [
    blockStart,
    `if [ "\${COUNTERSIGN_CHAIN-}" = ${hook} ]; then`,
    '  unset COUNTERSIGN_CHAIN',
    `elif [ -f ${scriptExpression(hook, place)} ]; then`,
    '  COUNTERSIGN_PREVIOUS=$0',
    '  export COUNTERSIGN_PREVIOUS',
    `  exec /bin/sh ${scriptExpression(hook, place)} "$@"`,
    'fi',
    blockEnd,
    '',
  ].join('\n');
}

/** The line for a hook that the project tracks: no path of this machine, nothing where Countersign is not set up. */
export function trackedLine(hook: HookName): string {
  return `countersign="$(git rev-parse --git-common-dir)/countersign/hooks/${hook}"; [ ! -f "$countersign" ] || sh "$countersign" "$@"\n`;
}

/** The command for `hook.<name>.command` in git's configuration (git 2.54 and later). */
export function configuredCommand(script: AbsPath): string {
  return `/bin/sh ${shellQuote(script)}`;
}

function scriptExpression(hook: HookName, place: ScriptPlace): string {
  return place.kind === 'beside' ? `"\${0%/*}/../countersign/hooks/${hook}"` : shellQuote(place.path);
}
