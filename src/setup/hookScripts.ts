import type { AbsPath } from '../core/brand';
import { attachPart } from './attachHookScript';
import { ownLine } from './hookFiles';
import type { HookName } from './hookName';
import { pushCommandPart, pushNeededPart } from './pushHookScript';
import { shellQuote } from './shellQuote';

/*
 * The script of a hook, `<common dir>/countersign/hooks/<hook>`, decides what happens. Git does not run it by itself but
 * what reaches it (`hookFiles.ts`).
 *
 * A hook that was there runs first, with the same arguments and standard input. Where git listens to the hook
 * (`prepare-commit-msg`, `commit-msg`, `pre-push`) its refusal ends the matter, so that the message we see is the final
 * one and nothing of ours leaves the machine for a push that somebody else refuses. Ours never fails a commit.
 *
 * Twice for one event is harmless: the message is edited to the same text, a record that is there is not written
 * again, and a push is judged from the same facts.
 */

const blocking: ReadonlySet<HookName> = new Set(['prepare-commit-msg', 'commit-msg', 'pre-push']);
const withInput: ReadonlySet<HookName> = new Set(['post-rewrite', 'pre-push']);

/**
 * The script of a hook. It runs `$countersign_previous` where that is set (else `$COUNTERSIGN_PREVIOUS`), then
 * `<launcher> hook <name> <git's arguments>` with git's standard input and environment, but only where the launcher can
 * have something to do. Only exit status 1 of `pre-push` stops anything.
 *
 * Before: nothing but builtins of the shell, and `grep` on the message, so that a commit without AI starts no program.
 */
export function hookScript(hook: HookName, launcher: AbsPath): string {
  return [
    '#!/bin/sh',
    ownLine,
    `countersign_run=${shellQuote(launcher)}`,
    `countersign_previous=\${countersign_previous:-\${COUNTERSIGN_PREVIOUS-}}`,
    'unset COUNTERSIGN_PREVIOUS',
    'countersign_status=0',
    ...previousPart(hook),
    ...foldersPart,
    ...neededPart(hook),
    ...runPart(hook),
    '',
  ].join('\n');
}

function previousPart(hook: HookName): readonly string[] {
  const input = withInput.has(hook);
  return [
    // A command substitution drops line ends, hence the dot.
    ...(input ? ['countersign_input=$(cat; printf .)', `countersign_input=\${countersign_input%.}`] : []),
    'if [ -n "$countersign_previous" ]; then',
    input
      ? `  printf %s "$countersign_input" 2>/dev/null | COUNTERSIGN_CHAIN=${hook} "$countersign_previous" "$@" || countersign_status=$?`
      : `  COUNTERSIGN_CHAIN=${hook} "$countersign_previous" "$@" || countersign_status=$?`,
    ...(blocking.has(hook) ? ['  [ "$countersign_status" = 0 ] || exit "$countersign_status"'] : []),
    'fi',
    `[ -z "\${COUNTERSIGN_HOOK_RUNNING-}" ] || exit "$countersign_status"`,
    'if [ ! -x "$countersign_run" ]; then',
    ...(hook === 'pre-push'
      ? [
          `  echo 'countersign: not checked, its program is gone; "Set up this repository" or "countersign init" puts it back.' >&2`,
        ]
      : []),
    '  exit "$countersign_status"',
    'fi',
  ];
}

/** `countersign_dir` and `countersign_common`, as git resolves them; hooks start at the top of the work tree. */
const foldersPart: readonly string[] = [
  `countersign_dir=\${GIT_DIR:-.git}`,
  'if [ -f "$countersign_dir" ]; then',
  '  IFS= read -r countersign_line <"$countersign_dir"',
  `  countersign_dir=\${countersign_line#gitdir: }`,
  'fi',
  '[ -d "$countersign_dir" ] || countersign_dir=$(git rev-parse --git-dir)',
  `countersign_common=\${GIT_COMMON_DIR-}`,
  'if [ -z "$countersign_common" ]; then',
  '  countersign_common=$countersign_dir',
  '  if [ -f "$countersign_dir/commondir" ]; then',
  '    IFS= read -r countersign_line <"$countersign_dir/commondir"',
  '    case $countersign_line in',
  '      /* | [A-Za-z]:*) countersign_common=$countersign_line ;;',
  '      *) countersign_common=$countersign_dir/$countersign_line ;;',
  '    esac',
  '  fi',
  'fi',
];

/** Defines `countersign_needed`. */
function neededPart(hook: HookName): readonly string[] {
  const uncommitted = 'countersign_loud || [ -e "$countersign_dir/countersign-prepared" ]';
  switch (hook) {
    case 'prepare-commit-msg':
    case 'commit-msg':
    case 'post-commit':
      return [
        ...loudPart,
        ...pickPart,
        'countersign_needed() {',
        ...(hook === 'commit-msg' ? untouchedPart : []),
        '  if countersign_pick; then return 1; fi',
        `  if ${uncommitted}; then return 0; fi`,
        '  if [ -d "$countersign_dir/rebase-merge" ]; then',
        '    # A plain pick, which has a CHERRY_PICK_HEAD too, is left to post-rewrite; a stop, a fixup or an editor is not one.',
        '    for countersign_file in amend stopped-sha current-fixups; do',
        '      if [ -e "$countersign_dir/rebase-merge/$countersign_file" ]; then return 0; fi',
        '    done',
        ...(hook === 'post-commit' ? [] : [`    [ "\${GIT_EDITOR-}" = : ] || return 0`]),
        '    return 1',
        '  fi',
        '  for countersign_head in CHERRY_PICK_HEAD REVERT_HEAD MERGE_HEAD SQUASH_MSG rebase-apply; do',
        '    if [ -e "$countersign_dir/$countersign_head" ]; then return 0; fi',
        '  done',
        hook === 'post-commit'
          ? '  return 1'
          : `  LC_ALL=C grep -q -e '^AI-Provenance: v1 ' -e '^This reverts commit ' "$1" 2>/dev/null`,
        '}',
      ];
    case 'post-merge':
    case 'post-applypatch':
      return [...loudPart, 'countersign_needed() {', `  ${uncommitted}`, '}'];
    case 'post-rewrite':
      return [
        ...loudPart,
        'countersign_needed() {',
        `  if ${uncommitted} || [ -e "$countersign_common/refs/notes/countersign" ] || [ -d "$countersign_common/reftable" ]; then`,
        '    return 0',
        '  fi',
        `  LC_ALL=C grep -q ' refs/notes/countersign$' "$countersign_common/packed-refs" 2>/dev/null`,
        '}',
      ];
    case 'pre-push':
      return pushNeededPart;
  }
}

/**
 * `countersign_loud`: whether there may be AI work anywhere. `countersign/quiet` says that there is none, as long as every
 * notes ref with records is what it was when that was found; it holds them as `packed-refs` would. A ref that is gone
 * takes nothing in; where refs are kept in another way nothing can be compared.
 */
const loudPart: readonly string[] = [
  'countersign_loud() {',
  '  [ -f "$countersign_common/countersign/quiet" ] || return 0',
  '  [ ! -d "$countersign_common/reftable" ] || return 0',
  "  countersign_quiet='",
  "'",
  '  while IFS= read -r countersign_line; do',
  '    countersign_quiet="$countersign_quiet$countersign_line',
  '"',
  '  done <"$countersign_common/countersign/quiet"',
  '  for countersign_file in "$countersign_common/refs/notes/countersign" \\',
  // The name of a remote may hold slashes.
  ...['*', '*/*', '*/*/*'].map(
    (remote, index) =>
      `    "$countersign_common/refs/countersign/remotes/"${remote}/notes/countersign${index < 2 ? ' \\' : '; do'}`,
  ),
  '    [ -e "$countersign_file" ] || continue',
  '    IFS= read -r countersign_line <"$countersign_file" || return 0',
  `    case $countersign_quiet in *"`,
  `$countersign_line \${countersign_file#"$countersign_common/"}`,
  `"*) ;; *) return 0 ;; esac`,
  '  done',
  '  [ -f "$countersign_common/packed-refs" ] || return 1',
  `  countersign_packed=$(LC_ALL=C grep -E ' refs/(notes|countersign/remotes/.*/notes)/countersign$' "$countersign_common/packed-refs")`,
  '  while IFS= read -r countersign_line; do',
  '    # A loose ref hides a packed one, and was compared.',
  `    [ -n "$countersign_line" ] && [ ! -e "$countersign_common/\${countersign_line#* }" ] || continue`,
  `    case $countersign_quiet in *"`,
  '$countersign_line',
  `"*) ;; *) return 0 ;; esac`,
  '  done <<COUNTERSIGN_PACKED',
  '$countersign_packed',
  'COUNTERSIGN_PACKED',
  '  return 1',
  '}',
];

/**
 * `countersign_pick`: whether a rebase itself makes this commit, which `post-rewrite` then follows with all others in one go:
 * a rebase of many commits must not start the program for each. Git's own command line tells (proc(5); where it cannot be
 * read nothing is known): whoever commits at a stop, and a rebase that asks for a message, runs `git commit`. The last of
 * the commits that become one by `fixup` is no plain pick: the message that is kept has to speak of all of them.
 */
const pickPart: readonly string[] = [
  'countersign_pick() {',
  '  [ -d "$countersign_dir/rebase-merge" ] && [ -r "/proc/$PPID/cmdline" ] || return 1',
  `  case $(tr '\\000' ' ' <"/proc/$PPID/cmdline") in`,
  '    *commit*) return 1 ;;',
  '    *rebase*) ;;',
  '    *) return 1 ;;',
  '  esac',
  '  [ -e "$countersign_dir/rebase-merge/current-fixups" ] || return 0',
  '  IFS= read -r countersign_line <"$countersign_dir/rebase-merge/git-rebase-todo"',
  '  case $countersign_line in',
  `    fixup* | squash* | 'f '* | 's '*) return 0 ;;`,
  '  esac',
  '  return 1',
  '}',
];

/**
 * Where no editor opened, nobody has touched what `prepare-commit-msg` wrote, unless another hook added a line behind
 * it: with ours still last, or none of ours there, nothing is to be brought up to date.
 */
const untouchedPart: readonly string[] = [
  `  if [ "\${GIT_EDITOR-}" = : ]; then`,
  '    countersign_ours=',
  '    while IFS= read -r countersign_line || [ -n "$countersign_line" ]; do',
  '      case $countersign_line in',
  '        "AI-Provenance: v1 "*) countersign_ours=last ;;',
  `        ?*) [ -z "$countersign_ours" ] || countersign_ours=inside ;;`,
  '      esac',
  '    done <"$1"',
  '    [ "$countersign_ours" = inside ] || return 1',
  '  fi',
];

function runPart(hook: HookName): readonly string[] {
  const run = `COUNTERSIGN_HOOK_RUNNING=${hook} "$countersign_run" hook ${hook}`;
  if (hook === 'pre-push') {
    return [
      'countersign_behind() {',
      '  [ -n "$countersign_input" ] || return 0',
      // After a moment: the program would take the processor from the push.
      `  (trap '' HUP; sleep 1; printf %s "$countersign_input" | ${run} --background "$@") </dev/null >/dev/null 2>&1 &`,
      '}',
      ...pushCommandPart,
      'if countersign_needed "$@"; then',
      `  printf %s "$countersign_input" 2>/dev/null | ${run} "$@" || countersign_status=$?`,
      '  case $countersign_status in',
      '    # Only what was judged is published by then.',
      '    0) countersign_behind "$@" ;;',
      '    1) ;;',
      '    *)',
      '      echo "countersign: not checked, its program ended with $countersign_status; the push goes on." >&2',
      '      countersign_status=0',
      '      ;;',
      '  esac',
      'else',
      '  countersign_behind "$@"',
      'fi',
      'exit "$countersign_status"',
    ];
  }
  return [
    ...(hook === 'post-commit' ? attachPart : []),
    hook === 'post-commit'
      ? 'if countersign_needed "$@" && ! countersign_attach; then'
      : 'if countersign_needed "$@"; then',
    withInput.has(hook) ? `  printf %s "$countersign_input" 2>/dev/null | ${run} "$@"` : `  ${run} "$@"`,
    'fi',
    'exit "$countersign_status"',
  ];
}
