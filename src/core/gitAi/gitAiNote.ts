import { createHash } from 'node:crypto';
import type { LineRange } from '../record/lineRanges';

/*
 * The text of a note in git-ai's format (Git AI Standard, authorship/3.0.0):
 *
 *   note        := attestation* "---" LF json
 *   attestation := path LF ( "  " key " " ranges LF )+
 *   path        := raw | '"' raw '"'            ; quoted iff it contains a space, TAB or LF; nothing is escaped
 *   ranges      := item ("," item)*             ; item := N | A-B, 1-based, inclusive, ascending
 *   key         := "s_" 14hex "::t_" 14hex      ; an AI session and the call that wrote the lines
 *                | "h_" 14hex                   ; a person who was seen typing
 *                | 16hex | 7hex                 ; an AI prompt, before sessions were there
 *
 * Keys are `<prefix>_` and the start of a SHA-256: of `tool:conversation` for sessions and prompts, of `Name <email>` for
 * people. The JSON has `schema_version`, `git_ai_version`, `base_commit_sha`, `prompts` (always there), `humans` and
 * `sessions` (left out when empty), as serde writes it: two spaces, keys of maps in byte order, no line feed at the end.
 * A line without a key is a line of which nobody knows who wrote it. Of keys that claim one line the last counts.
 */

/** Where git-ai keeps its notes. */
export const gitAiRef = 'refs/notes/ai';

/** The one version of the format. */
export const gitAiSchema = 'authorship/3.0.0';

/** What a key stands for. */
export type GitAiAuthor =
  | { readonly kind: 'ai'; readonly tool: string; readonly model: string | undefined; readonly session: string }
  | { readonly kind: 'human' };

/** The lines of one key in one file. */
export interface GitAiEntry {
  readonly key: string;
  readonly ranges: readonly LineRange[];
}

/** First digits of the SHA-256 of a text, as keys have them. */
export function gitAiHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 14);
}
