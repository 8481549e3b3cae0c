import { textIdOf, textOfBytes } from '../core/text/textId';
import type { Environment } from '../git/gitEnvironment';
import { resolve } from '../git/refs';
import { listStashes } from '../git/stash';
import type { NewState } from '../store/journalWriter';
import { readSnapshot, removeSnapshot, type SnapshotFile, snapshotName, writeSnapshot } from '../store/shellSnapshots';
import { readWorkFile } from '../store/workFile';
import { changedFiles, mostFiles, stampOf } from './changedFiles';
import { claimChanges, isSameConversation, runningShells, type ShellActor } from './claimCommand';
import { recordsOf } from './commitRecords';
import { commitsFrom } from './committingAgent';
import { knownOnDisk } from './copiedFile';
import { shellKey } from './hookPairs';
import { headLogSize, mostStashes } from './leftInGit';
import { movedOnDisk } from './movedText';
import { newState } from './recordEdit';
import type { Repository } from './repository';
import type { Rest } from './settleEdits';
import { workPathOf } from './workPath';

/** A command that ended unseen longer ago is not believed to have done what changed since. */
const mostAge = 12 * 60 * 60 * 1000;

/** Keeps what the work tree looks like before an agent's command. @throws ToolError `not-writable`, `git-failed` */
export async function recordBeforeShell(repo: Repository, actor: ShellActor, call: string): Promise<void> {
  await keepSnapshot(repo, actor, nameOf(repo, actor, call));
}

/**
 * Gives what changed since {@link recordBeforeShell} to the agent, but for what others are known to have written; nothing
 * where the first half never came. A command that goes on is watched further. @throws as {@link recordBeforeShell}
 */
export async function recordAfterShell(
  repo: Repository,
  actor: ShellActor,
  call: string,
  then: 'ended' | 'goes-on',
): Promise<void> {
  const name = nameOf(repo, actor, call);
  const snapshot = readSnapshot(repo.git.commonDir, name);
  if (snapshot === undefined) return;
  await claimChanges(repo, actor, snapshot, 'measured');
  if (then === 'goes-on') await keepSnapshot(repo, actor, name);
  else removeSnapshot(repo.git.commonDir, name);
}

/**
 * Takes the commands of an agent that came to rest for ended: whatever still ran gets what changed until now, as
 * declared. @throws as {@link recordBeforeShell}
 */
export async function settleShells(repo: Repository, actor: ShellActor, rest: Rest): Promise<void> {
  for (const { name, snapshot } of runningShells(repo)) {
    if (!isSameConversation(snapshot.actor, actor)) continue;
    if (rest === 'stop' && snapshot.actor.agent !== actor.agent) continue;
    if (repo.now() - snapshot.time < mostAge) await claimChanges(repo, actor, snapshot, 'declared');
    removeSnapshot(repo.git.commonDir, name);
  }
}

/**
 * For a commit that an agent's command makes: gives what the command changed so far to the agent, so that the record of
 * the commit knows it. The command stays open. `env` is what git gave its hook. @throws as {@link recordBeforeShell}
 */
export async function claimRunningShells(repo: Repository, env: Environment): Promise<void> {
  for (const { snapshot } of runningShells(repo)) {
    const how = commitsFrom(snapshot.actor, snapshot.time, env, repo.now());
    if (how !== undefined) await claimChanges(repo, { kind: 'ai', ...snapshot.actor }, snapshot, how);
  }
}

function nameOf(repo: Repository, actor: ShellActor, call: string): string {
  return snapshotName(actor.tool, actor.conversation ?? '', repo.worktree, call);
}

async function keepSnapshot(repo: Repository, actor: ShellActor, name: string): Promise<void> {
  const { kind: _, ...who } = actor;
  const moves = headLogSize(repo);
  const [head, stashes, status] = await Promise.all([
    resolve(repo.git, 'HEAD', 'commit'),
    listStashes(repo.git, mostStashes),
    changedFiles(repo),
  ]);
  if (status.length > mostFiles) return;
  const { origins } = recordsOf(repo);
  const states: NewState[] = [];
  const files: SnapshotFile[] = [];
  const moved = movedOnDisk(repo);
  for (const path of status) {
    const stamp = stampOf(repo, path);
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind === 'not-followed') continue;
    if (file.kind === 'gone') {
      files.push({ path, textId: undefined, stamp });
      continue;
    }
    const text = textOfBytes(file.bytes);
    const textId = textIdOf(text, repo.git.objectFormat);
    files.push({ path, textId, stamp });
    if (repo.ledger.statesOf(textId).some((state) => state.path === path && state.worktree === repo.worktree)) continue;
    const attributed = await knownOnDisk(repo, origins, { path, text }, { reason: 'outside-write' }, moved);
    states.push(newState(repo, path, attributed, { role: 'before', actor: shellKey(actor) }));
  }
  repo.ledger.append(states);
  // The command may commit: the hooks have to look.
  repo.ledger.markActive();
  repo.ledger.refresh();
  writeSnapshot(repo.git.commonDir, name, {
    actor: who,
    worktree: repo.worktree,
    time: repo.now(),
    head,
    stashes,
    ...(moves === undefined ? {} : { headLog: moves }),
    files,
  });
}
