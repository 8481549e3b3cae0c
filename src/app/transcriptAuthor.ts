import { sessionName } from '../agents/generic';
import { isSaidByAssistant } from '../core/capture/transcript';
import type { Session } from '../core/origin';
import { rememberedModel } from '../store/agentSessions';
import { toldTranscripts } from '../store/agentTranscripts';
import { fileEnd } from './fileEnd';
import type { Repository } from './repository';

/** What is looked through of each transcript: its end. */
const mostBytes = 4 * 1024 * 1024;
const mostTranscripts = 20;

/**
 * The conversation of an agent that produced a text; nothing where none that hooks of this repository told of did. What
 * is read is kept nowhere.
 */
export function transcriptAuthor({ git }: Repository, text: string): Session | undefined {
  for (const { tool, conversation, path } of toldTranscripts(git.commonDir).slice(-mostTranscripts)) {
    const end = /\.jsonl?$/.test(path) ? fileEnd(path, mostBytes) : undefined;
    if (end === undefined || !isSaidByAssistant(end, text)) continue;
    const model = rememberedModel(git.commonDir, sessionName(tool, conversation));
    return {
      tool,
      ...(model === undefined ? {} : { model }),
      session: sessionName(tool, conversation),
      kind: 'agent',
      evidence: 'inferred',
    };
  }
  return undefined;
}
