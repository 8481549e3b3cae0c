import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha } from '../../core/brand';
import { formatGitAiNote } from '../../core/gitAi/formatGitAiNote';
import { type CommitRecord, encodeRecord } from '../../core/record/record';
import type { Environment } from '../../git/gitEnvironment';
import { hasManyJournals } from '../../store/compactLedger';
import { isMirrored, recordId } from '../attachRecords';
import type { Repository } from '../repository';
import type { Prepared } from './prepared';

/**
 * What `post-commit` attaches without the program (`setup/attachHookScript.ts`): parts, each but the last followed by a line that
 * none of them holds.
 *
 *     parts := tree, parents with spaces between, author `name <email>`, record, mirror before the commit's id, mirror after it, `end`
 *
 * `record` and `mirror` are `data` commands of git-fast-import(1); the mirror is empty where none is wanted.
 */
const separator = '\n--countersign--\n';

/** A shell takes its time with more bytes than this; the program then attaches them. */
const mostBytes = 16 * 1024;

/** Leaves the parts for `post-commit`, or nothing where it has to call the program. */
export async function leaveAttachParts(
  repo: Repository,
  { tree, parents }: Pick<Prepared, 'tree' | 'parents'>,
  record: CommitRecord,
  env: Environment,
): Promise<void> {
  const [name, email] = [env['GIT_AUTHOR_NAME'], env['GIT_AUTHOR_EMAIL']];
  // Where no AI is known of, the program finds out whether there is any at all; and now and then it tidies up.
  const knowsAi = record.sessions !== undefined || repo.ledger.pathsWithAi().length > 0;
  if (!knowsAi || hasManyJournals(repo.ledger.directory)) return;
  if (name === undefined || email === undefined || !(await hasCommitter(repo, env))) return;
  const author = `${name} <${email}>`;
  const mirror = (await isMirrored(repo)) ? mirrorOf(repo, record, author) : ['', ''];
  const line = encodeRecord(record);
  const parts = mirror && [tree, parents.join(' '), author, `data ${line.length}\n${line.toString('utf8')}`, ...mirror];
  const text = parts?.map((part) => `${part}${separator}`).join('') ?? '';
  if (text.split(separator).length !== 7 || Buffer.byteLength(text) > mostBytes) return;
  // The shell drops line feeds at the end.
  writeFileSync(fileOf(repo), `${text}end\n`, { mode: 0o600 });
}

/** Forgets them. */
export function forgetAttachParts(repo: Repository): void {
  rmSync(fileOf(repo), { force: true });
}

function fileOf(repo: Repository): string {
  return join(repo.git.gitDir, 'countersign-attach');
}

/** Whether the committer is one that the user told git of, so that the commit's is theirs. */
async function hasCommitter(repo: Repository, env: Environment): Promise<boolean> {
  const settings = await repo.settings();
  const has = (variable: string, field: string): boolean =>
    [env[variable], settings.get(`committer.${field}`), settings.get(`user.${field}`)].some((value) => value?.trim());
  return has('GIT_COMMITTER_NAME', 'name') && has('GIT_COMMITTER_EMAIL', 'email');
}

/** The note in git-ai's format before and after the id of the commit, which nobody knows yet; nothing where it is told elsewhere, too. */
function mirrorOf(repo: Repository, record: CommitRecord, author: string): readonly [string, string] | undefined {
  const sha = randomBytes(repo.git.objectFormat === 'sha256' ? 32 : 20).toString('hex') as Sha;
  const note = formatGitAiNote(record, { sha, author, recordId: recordId(repo, record) });
  const [before, after, ...more] = note.split(sha);
  if (before === undefined || after === undefined || more.length > 0) return undefined;
  return [`data ${Buffer.byteLength(note)}\n${before}`, after];
}
