import type { Sha } from '../core/brand';
import { formatGitAiNote, isOurMirror } from '../core/gitAi/formatGitAiNote';
import { gitAiRef } from '../core/gitAi/gitAiNote';
import { type CommitRecord, encodeRecord } from '../core/record/record';
import { readCommits } from '../git/commit';
import { committerIdentity } from '../git/identity';
import { type NoteUpdate, writeNotes } from '../git/notes';
import { oidOf } from '../git/objects';
import { recordsRef } from './recordBook';
import type { Repository } from './repository';

const mirrorKey = 'countersign.gitAi';

/** A record and the commit it is of. */
export interface RecordToAttach {
  readonly commit: Sha;
  readonly record: CommitRecord;
}

/** Id of the blob that a record makes. */
export function recordId(repo: Repository, record: CommitRecord): Sha {
  return oidOf(repo.git.objectFormat, 'blob', encodeRecord(record));
}

/**
 * Attaches records to commits as notes, all in one commit of notes, beside whatever lines are there; and mirrors them
 * in git-ai's format unless that is switched off. @throws ToolError `git-failed`, `lost-race`
 */
export async function attachRecords(repo: Repository, records: readonly RecordToAttach[]): Promise<void> {
  if (records.length === 0) return;
  const updates = new Map<Sha, NoteUpdate>();
  const mirrors = new Map<Sha, NoteUpdate>();
  const mirrored = await isMirrored(repo);
  let newest = { seconds: 0, zone: '+0000' };
  const reads = await readCommits(
    repo.objects,
    records.map(({ commit }) => commit),
  );
  for (const [index, { commit, record }] of records.entries()) {
    const line = encodeRecord(record);
    updates.set(commit, ({ data }) => addLine(data, line));
    const read = reads[index];
    if (read?.kind !== 'found') continue;
    const { author, committer } = read.commit;
    if (committer.time >= newest.seconds) newest = { seconds: committer.time, zone: committer.zone };
    if (!mirrored) continue;
    const mirror = formatGitAiNote(record, {
      sha: commit,
      author: `${author.name} <${author.email}>`,
      recordId: recordId(repo, record),
    });
    mirrors.set(commit, ({ data }) => replaceOurs(data, mirror));
  }
  const identity = await committerIdentity(repo.git);
  const options = { message: 'Notes added by countersign\n', time: newest, reader: repo.objects, identity };
  await writeNotes(repo.git, recordsRef, updates, options);
  if (mirrors.size > 0) await writeNotes(repo.git, gitAiRef, mirrors, options);
}

/** Whether records are mirrored in git-ai's format. */
export async function isMirrored(repo: Repository): Promise<boolean> {
  if (repo.git.objectFormat !== 'sha1') return false;
  return (await repo.settings()).bool(mirrorKey) !== false;
}

/** As Latin-1, so that every byte of others' lines survives. */
function addLine(current: Buffer | undefined, line: Buffer): Buffer | 'keep' {
  if (current === undefined || current.length === 0) return line;
  const lines = current
    .toString('latin1')
    .split('\n')
    .filter((text) => text !== '');
  const own = line.toString('latin1').trimEnd();
  return lines.includes(own) ? 'keep' : Buffer.from(`${[...lines, own].join('\n')}\n`, 'latin1');
}

function replaceOurs(current: Buffer | undefined, mirror: string): Buffer | 'keep' {
  return current === undefined || isOurMirror(current.toString('utf8')) ? Buffer.from(mirror, 'utf8') : 'keep';
}
