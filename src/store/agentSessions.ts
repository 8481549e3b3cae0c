import type { AbsPath } from '../core/brand';
import { fileNameOf, readAgentFile, writeAgentFile } from './agentFolder';

/*
 * `<ledger>/agents/<name>.session`: the model of one conversation, since most agents tell it once and not with each
 * edit. The name is a digest of tool and conversation.
 *
 *   { "schema": 1, "model": <text> }
 */

const nameOf = (tool: string, conversation: string): string => `${fileNameOf(tool, conversation)}.session`;

/** Keeps the model of a conversation. @throws the file system's error */
export function rememberModel(commonDir: AbsPath, tool: string, conversation: string, model: string): void {
  if (rememberedModel(commonDir, tool, conversation) === model) return;
  writeAgentFile(commonDir, nameOf(tool, conversation), { schema: 1, model });
}

/** The model of a conversation; nothing where it was never told. */
export function rememberedModel(commonDir: AbsPath, tool: string, conversation: string): string | undefined {
  const value = readAgentFile(commonDir, nameOf(tool, conversation));
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return undefined;
  return 'model' in value && typeof value.model === 'string' ? value.model : undefined;
}
