/*
 * What only the script of `pre-push` has (`hookScripts.ts`, which sets the variables and reads git's input before).
 */

/**
 * A push needs judging unless `countersign/protect` (format: `protectFile.ts`) names none of its refs and was made from
 * the very policies that count now: that of the default branch, as long as it is the same branch at the same commit, and
 * that of the commit which a ref has on the remote.
 */
export const pushNeededPart: readonly string[] = [
  'countersign_is() {',
  '  if [ "$1" = - ]; then',
  // The name with anything behind it is enough to be judged.
  '    [ ! -e "$countersign_common/$2" ] && ! LC_ALL=C grep -Fq " $2" "$countersign_common/packed-refs" 2>/dev/null',
  '  elif [ -e "$countersign_common/$2" ]; then',
  '    IFS= read -r countersign_line <"$countersign_common/$2" && [ "$countersign_line" = "$1" ]',
  '  else',
  '    LC_ALL=C grep -Fqx "$1 $2" "$countersign_common/packed-refs" 2>/dev/null',
  '  fi',
  '}',
  'countersign_needed() {',
  '  [ -f "$countersign_common/countersign/protect" ] && [ ! -d "$countersign_common/reftable" ] || return 0',
  '  countersign_home=',
  '  countersign_patterns=',
  '  countersign_part=1',
  '  while IFS= read -r countersign_line; do',
  '    case $countersign_part$countersign_line in',
  '      1) countersign_part=2 ;;',
  '      2) break ;;',
  '      1"$1 "*)',
  `        countersign_home=\${countersign_line#"$1 "}`,
  `        countersign_is "\${countersign_home% *}" "\${countersign_home##* }" || return 0`,
  '        ;;',
  '      2*)',
  '        countersign_patterns="$countersign_patterns$countersign_line',
  '"',
  '        ;;',
  '    esac',
  '  done <"$countersign_common/countersign/protect"',
  '  [ -n "$countersign_home" ] || return 0',
  `  IFS='`,
  `'`,
  '  set -f',
  '  while IFS=" " read -r countersign_a countersign_b countersign_ref countersign_old; do',
  '    [ -n "$countersign_ref" ] || continue',
  '    for countersign_line in $countersign_patterns; do',
  '      case $countersign_ref in $countersign_line) return 0 ;; esac',
  '    done',
  '    case $countersign_old in',
  '      *[!0]*) LC_ALL=C grep -Fqx "$countersign_old" "$countersign_common/countersign/protect" || return 0 ;;',
  '    esac',
  '  done <<COUNTERSIGN_INPUT',
  '$countersign_input',
  'COUNTERSIGN_INPUT',
  '  return 1',
  '}',
];

/**
 * `COUNTERSIGN_PUSH_COMMAND`: the nearest `git push` above, an argument a line; `COUNTERSIGN_PUSH_PID`: its process id.
 * Only its command line tells of a dry run, and it is gone when what runs behind its back could look (proc(5); empty on
 * other systems).
 */
export const pushCommandPart: readonly string[] = [
  'COUNTERSIGN_PUSH_COMMAND=',
  'COUNTERSIGN_PUSH_PID=',
  'countersign_pid=$PPID',
  'while [ -r "/proc/$countersign_pid/stat" ] && IFS= read -r countersign_line <"/proc/$countersign_pid/stat"; do',
  '  case $countersign_line in',
  `    *'(git'*)`,
  `      COUNTERSIGN_PUSH_COMMAND=$(tr '\\000\\n' '\\n ' <"/proc/$countersign_pid/cmdline")`,
  '      case $COUNTERSIGN_PUSH_COMMAND in',
  '        *"',
  'push"|*"',
  'push',
  '"*)',
  '          COUNTERSIGN_PUSH_PID=$countersign_pid',
  '          break',
  '          ;;',
  '      esac',
  '      COUNTERSIGN_PUSH_COMMAND=',
  '      ;;',
  '  esac',
  '  # The name in brackets may hold anything: what follows is counted from its last bracket.',
  `  countersign_line=\${countersign_line##*) }`,
  `  countersign_line=\${countersign_line#* }`,
  `  countersign_pid=\${countersign_line%% *}`,
  `  case $countersign_pid in '' | 0 | 1 | *[!0-9]*) break ;; esac`,
  'done',
  'export COUNTERSIGN_PUSH_COMMAND COUNTERSIGN_PUSH_PID',
];
