import type { AgentEvent, AgentSession } from '../agents/adapter';
import { sessionName } from '../agents/generic';
import { assertNever } from '../core/errors';
import { agentFolder, pruneAgentFiles } from '../store/agentFolder';
import { rememberedModel, rememberModel } from '../store/agentSessions';
import { rememberTranscript } from '../store/agentTranscripts';
import type { ShellActor } from './claimCommand';
import { recordCompletion } from './recordCompletion';
import { recordEdit } from './recordEdit';
import { recordAfterShell, recordBeforeShell, settleShells } from './recordShell';
import type { Repository } from './repository';
import { settleEarlierEdits, settleEdits } from './settleEdits';
import { isSetUp } from './setUp';
import { transcriptModel } from './transcriptModel';

/** What of an agent's event can be recorded. */
export type RecordableEvent = Exclude<AgentEvent, { readonly kind: 'nothing' | 'malformed' }>;

/** Conversations are named in the ledger; a longer one is no name. */
const mostName = 200;

/**
 * Takes in one event of an agent, in a repository that is set up; elsewhere nothing happens, since hooks of a user run
 * everywhere. `cwd` is what relative files are relative to.
 *
 * @throws ToolError `not-writable`, `git-failed`
 */
export async function recordAgent(repo: Repository, event: RecordableEvent, cwd: string): Promise<void> {
  if (!(await isSetUp(repo))) return;
  const actor = actorOf(repo, event.session);
  if ('when' in event && event.when === 'before') settleEarlierEdits(repo, actor);
  switch (event.kind) {
    case 'edit':
      await recordEdit(repo, {
        event: event.when === 'before' ? 'before-edit' : 'after-edit',
        cwd,
        files: event.files,
        actor,
      });
      return;
    case 'completion':
      await recordCompletion(repo, { ...event, tool: event.session.tool, cwd });
      return;
    case 'shell':
      if (event.when === 'before') await recordBeforeShell(repo, actor, event.call);
      else await recordAfterShell(repo, actor, event.call, event.goesOn ? 'goes-on' : 'ended');
      return;
    case 'session':
      if (event.moment === 'start') {
        pruneAgentFiles(agentFolder(repo.git.commonDir), repo.now());
        return;
      }
      await settleShells(repo, actor, event.moment);
      settleEdits(repo, actor, event.moment);
      return;
    default:
      assertNever(event);
  }
}

/** The actor with the model that is known of its conversation by now. */
function actorOf(repo: Repository, session: AgentSession): ShellActor {
  const { tool, agent, model: told, transcript } = session;
  const conversation = session.conversation?.slice(0, mostName);
  const commonDir = repo.git.commonDir;
  const name = conversation === undefined ? undefined : sessionName(tool, conversation);
  const remembered = name === undefined ? undefined : rememberedModel(commonDir, name);
  const model = told ?? (transcript === undefined ? undefined : transcriptModel(transcript)) ?? remembered;
  if (model !== undefined && name !== undefined && model !== remembered) rememberModel(commonDir, name, model);
  if (transcript !== undefined && conversation !== undefined)
    rememberTranscript(commonDir, { tool, conversation, path: transcript });
  return {
    kind: 'ai',
    tool,
    ...(model === undefined ? {} : { model }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(agent === undefined ? {} : { agent: agent.slice(0, mostName) }),
  };
}
