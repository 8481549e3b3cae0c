import type { AbsPath } from '../../core/brand';
import { shellQuote } from '../shellQuote';

/**
 * The line that an agent runs for a hook, for a POSIX shell: prints nothing and ends well whatever happens, also when our
 * program is gone, since several agents take anything else for a refusal of the tool (Copilot, Gemini CLI).
 */
export function userCommand(launcher: AbsPath, id: string): string {
  return `sh -c ${shellQuote(`${inner(launcher)} record ${id} >/dev/null 2>&1; exit 0`)}`;
}

/** The same for a file that a project commits: where Countersign is not installed it does nothing. */
export function sharedCommand(id: string): string {
  const places = [
    'countersign',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    '"${XDG_DATA_HOME:-$HOME/.local/share}/countersign/runtime/countersign"',
    '"$HOME/Library/Application Support/countersign/runtime/countersign"',
  ];
  const script = `for c in ${places.join(' ')}; do command -v "$c" && { "$c" record ${id}; exit 0; }; done >/dev/null 2>&1; exit 0`;
  return `sh -c ${shellQuote(script)}`;
}

/** Whether a hook's command is one of ours, of whatever version and place. */
export function isOurCommand(command: string, id: string): boolean {
  return command.includes('countersign/runtime/countersign') && new RegExp(`record ${id}(?![\\w-])`).test(command);
}

/** A path as a word, readable where it can be. */
function inner(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path)) return path;
  return /["$`\\!]/.test(path) ? shellQuote(path) : `"${path}"`;
}
