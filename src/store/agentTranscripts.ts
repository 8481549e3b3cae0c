import type { AbsPath } from '../core/brand';
import { agentFolder, fileNameOf, listAgentFiles, readAgentFile, writeAgentFile } from './agentFolder';

/*
 * `<ledger>/agents/<name>.transcript`: the file in which an agent keeps a conversation, as its hooks told. The name is a
 * digest of tool and conversation. Never published, and nothing of the conversation is kept.
 *
 *   { "schema": 1, "tool": <text>, "conversation": <text>, "path": <text> }
 */

/** Where an agent keeps a conversation. */
export interface ToldTranscript {
  readonly tool: string;
  readonly conversation: string;
  readonly path: string;
}

const nameOf = ({ tool, conversation }: ToldTranscript): string => `${fileNameOf(tool, conversation)}.transcript`;

/** Keeps where a conversation is kept. @throws the file system's error */
export function rememberTranscript(commonDir: AbsPath, told: ToldTranscript): void {
  const known = decode(readAgentFile(agentFolder(commonDir), nameOf(told)));
  if (known?.path !== told.path) writeAgentFile(agentFolder(commonDir), nameOf(told), { schema: 1, ...told });
}

/** The conversations that hooks told of. */
export function toldTranscripts(commonDir: AbsPath): readonly ToldTranscript[] {
  return listAgentFiles(agentFolder(commonDir), '.transcript').flatMap(
    (name) => decode(readAgentFile(agentFolder(commonDir), name)) ?? [],
  );
}

function decode(value: unknown): ToldTranscript | undefined {
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return undefined;
  if (!('tool' in value && 'conversation' in value && 'path' in value)) return undefined;
  const { tool, conversation, path } = value;
  return typeof tool === 'string' && typeof conversation === 'string' && typeof path === 'string'
    ? { tool, conversation, path }
    : undefined;
}
