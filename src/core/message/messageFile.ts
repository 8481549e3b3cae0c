import { commentPrefix, isBlank, joinMessage, type MessageLine, scissorsIndex, splitMessage } from './messageLines';
import { trailerBlockEnd } from './trailerBlock';
import { isAssistedByLine, isProvenanceLine } from './trailers';

/** What the hook finds out before it edits a message file. Texts are decoded as Latin-1, so that every byte survives. */
export interface MessageContext {
  readonly hook: 'prepare-commit-msg' | 'commit-msg';
  /** Config `core.commentString`, else `core.commentChar`, else `#`; `auto` as it stands. */
  readonly commentPrefix: string;
  /** Whether an editor will open, or was: false when the hook's `GIT_EDITOR` is `:`. */
  readonly editor: boolean;
  /** False when the commit was started with `--no-verify` or `-n`, so that `commit-msg` will not run. */
  readonly verify: boolean;
  /** The second argument of `prepare-commit-msg`, where there is one. */
  readonly source?: 'message' | 'template' | 'merge' | 'squash' | 'commit' | undefined;
  /** `--cleanup`, else config `commit.cleanup`, else `default`. */
  readonly cleanup: 'default' | 'strip' | 'whitespace' | 'verbatim' | 'scissors';
  /** The content of the file that `-t` or config `commit.template` names; absent where there is none. */
  readonly template?: string | undefined;
  /** Names and keys of config `trailer.<name>.key`: git takes them for known trailers. */
  readonly knownKeys?: readonly string[] | undefined;
}

/**
 * The message file with exactly `trailers` (lines without line ends; none removes ours), everything else byte for byte
 * and in order.
 *
 * Ours are each whole `AI-Provenance: v1` line and the unbroken run of whole `Assisted-by` lines directly above it,
 * outside comments, above the scissors. They go to the end of the block that git takes for the trailers, else become a
 * block of their own at the end of the text, before the comment block.
 *
 * With `edit(m, t) = editMessage(m, t, c).text`, for every message `m` in which nothing is ours:
 * `edit(edit(m, t), []) = m`, `edit(edit(m, t), u) = edit(m, u)`.
 */
export function editMessage(
  text: string,
  trailers: readonly string[],
  context: MessageContext,
): { readonly text: string; readonly changed: boolean } {
  const lines = splitMessage(text);
  const prefix = commentPrefix(lines, context.commentPrefix);
  const cut = scissorsIndex(lines, prefix);
  const isComment = (line: MessageLine) => context.editor && line.text.startsWith(prefix);
  const bare = withoutOurs(lines.slice(0, cut), isComment);
  const edited = withTrailers(bare, trailers, prefix, context);
  const result = joinMessage(edited) + joinMessage(lines.slice(cut));
  return { text: result, changed: result !== text };
}

/**
 * Whether git will give up the commit for its message: without ours nothing is left of it, or the template as it was.
 */
export function isGivenUp(text: string, context: MessageContext): boolean {
  const lines = splitMessage(text);
  const prefix = commentPrefix(lines, context.commentPrefix);
  const isComment = (line: MessageLine) => context.editor && line.text.startsWith(prefix);
  const bare = withoutOurs(lines.slice(0, scissorsIndex(lines, prefix)), isComment);
  return isEmptyMessage(bare, prefix, context) || isUntouchedTemplate(bare, prefix, context);
}

/** Whether trailers of ours stand in the message file, by the definition of {@link editMessage}. */
export function hasOurTrailers(text: string, context: Pick<MessageContext, 'commentPrefix' | 'editor'>): boolean {
  const lines = splitMessage(text);
  const prefix = commentPrefix(lines, context.commentPrefix);
  return lines
    .slice(0, scissorsIndex(lines, prefix))
    .some((line) => isProvenanceLine(line.text) && !(context.editor && line.text.startsWith(prefix)));
}

function withTrailers(
  bare: readonly MessageLine[],
  trailers: readonly string[],
  prefix: string,
  context: MessageContext,
): readonly MessageLine[] {
  if (trailers.length === 0) return bare;
  const isComment = (line: MessageLine) => context.editor && line.text.startsWith(prefix);
  const empty = isEmptyMessage(bare, prefix, context);
  const willBeEdited = context.hook === 'prepare-commit-msg' && context.editor;
  if (!willBeEdited && (empty || isUntouchedTemplate(bare, prefix, context))) return bare;
  if (willBeEdited && !context.verify) return asComments(bare, trailers, prefix, context);

  const textLines = [...bare.entries()].filter(([, line]) => !isComment(line));
  const first = textLines.findIndex(([, line]) => !isBlank(line));
  if (first < 0) return insertLines(bare, 0, ['', '', ...trailers]);
  const content = textLines.slice(first);
  const missing = trailers.some(isProvenanceLine)
    ? trailers
    : trailers.filter((trailer) => !content.some(([, line]) => line.text === trailer));
  if (missing.length === 0) return bare;
  const blockEnd = trailerBlockEnd(
    content.map(([, line]) => line),
    { commentPrefix: prefix, knownKeys: context.knownKeys ?? [], hasTitle: !empty },
  );
  if (blockEnd !== undefined) return extendBlock(bare, (content[blockEnd - 1]?.[0] ?? -1) + 1, missing);
  const last = content.findLast(([, line]) => !isBlank(line));
  return insertLines(bare, (last?.[0] ?? -1) + 1, ['', ...missing]);
}

/** Trailers at the end of a block: where it ends in a pair of theirs already, that line becomes ours instead of a second one. */
function extendBlock(
  lines: readonly MessageLine[],
  index: number,
  trailers: readonly string[],
): readonly MessageLine[] {
  let start = index;
  while (isAssistedByLine(lines[start - 1]?.text ?? '') && trailers.includes(lines[start - 1]?.text ?? '')) start--;
  const rest = insertLines(lines, index, trailers);
  return [...rest.slice(0, start), ...rest.slice(index)];
}

/** Removes our trailers, and the blank line that made a block of them. */
function withoutOurs(lines: readonly MessageLine[], isComment: (line: MessageLine) => boolean): readonly MessageLine[] {
  const kept: MessageLine[] = [];
  lines.forEach((line, i) => {
    if (isComment(line) || !isProvenanceLine(line.text)) {
      kept.push(line);
      return;
    }
    while (isAssistedByLine(kept.at(-1)?.text ?? '')) kept.pop();
    const below = lines[i + 1];
    if (below === undefined || isBlank(below) || isComment(below)) {
      if (kept.every(isBlank)) kept.length = 0;
      else if (isBlank(kept.at(-1) ?? line)) kept.pop();
    }
    const last = kept.at(-1);
    if (line.eol === '' && last !== undefined) kept[kept.length - 1] = { text: last.text, eol: '' };
  });
  return kept;
}

/** `--no-verify` keeps `commit-msg` from taking trailers out of a message that stayed empty: git must drop them by itself. */
function asComments(
  bare: readonly MessageLine[],
  trailers: readonly string[],
  prefix: string,
  context: MessageContext,
): readonly MessageLine[] {
  if (context.cleanup !== 'default' && context.cleanup !== 'strip') return bare;
  const comments = trailers.map((trailer) => `${prefix} ${trailer}`);
  if (comments.every((comment) => bare.some((line) => line.text === comment))) return bare;
  const last = bare.findLastIndex((line) => !line.text.startsWith(prefix) && !isBlank(line));
  const block = bare.findIndex((line, i) => i > last && line.text.startsWith(prefix));
  return insertLines(bare, block < 0 ? bare.length : block, comments);
}

/** What git calls empty (builtin/commit.c, `rest_is_empty`): nothing but white space and `Signed-off-by` lines. */
function isEmptyMessage(lines: readonly MessageLine[], prefix: string, context: MessageContext): boolean {
  // Where the user's own GIT_EDITOR is `:`, git writes its comments and no line of the file came with the command.
  const comments = context.editor || (context.hook === 'prepare-commit-msg' && !isGiven(context.source));
  return isEmptyText(lines.filter((line) => !(comments && line.text.startsWith(prefix))).map((line) => line.text));
}

function isGiven(source: MessageContext['source']): boolean {
  return source !== undefined && source !== 'template';
}

function isEmptyText(lines: readonly string[]): boolean {
  return lines.every((line) => /^[ \t\r]*$/.test(line) || line.startsWith('Signed-off-by: '));
}

/** Git's `template_untouched`: the template as it would be cleaned, and after it at most sign-offs. */
function isUntouchedTemplate(lines: readonly MessageLine[], prefix: string, context: MessageContext): boolean {
  if (context.template === undefined) return false;
  const template = cleaned(splitMessage(context.template), prefix, context);
  const message = cleaned(lines, prefix, context);
  return template.every((line, i) => line === message[i]) && isEmptyText(message.slice(template.length));
}

/** The lines as git's cleanup leaves them: no comments, no white space at ends, runs of blank lines as one. */
function cleaned(lines: readonly MessageLine[], prefix: string, context: MessageContext): readonly string[] {
  const texts = lines
    .filter((line) => !(context.editor && line.text.startsWith(prefix)))
    .map((line) => line.text.replace(/[ \t\r]+$/, ''))
    .filter((text, i, all) => text !== '' || (i > 0 && all[i - 1] !== ''));
  return texts.at(-1) === '' ? texts.slice(0, -1) : texts;
}

/** `texts` as lines before the line `index`, with the file's line end; a file without one at its end stays so. */
function insertLines(lines: readonly MessageLine[], index: number, texts: readonly string[]): readonly MessageLine[] {
  const before = lines.slice(0, index);
  const last = before.at(-1);
  const eol = [last, ...lines].find((line) => line !== undefined && line.eol !== '')?.eol ?? '\n';
  const added: MessageLine[] = texts.map((text) => ({ text, eol }));
  if (last?.eol === '') {
    before[before.length - 1] = { text: last.text, eol };
    added[added.length - 1] = { text: added.at(-1)?.text ?? '', eol: '' };
  }
  return [...before, ...added, ...lines.slice(index)];
}
