import type { AbsPath } from '../core/brand';
import { agentFolder, readAgentFile, writeAgentFile } from './agentFolder';

/*
 * `<ledger>/agents/<session>.session`: the model of one conversation, since most agents tell it once and not with each
 * edit. The name is the conversation's public one, 14 hex digits.
 *
 *   { "schema": 1, "model": <text> }
 */

const nameOf = (session: string): string => `${session}.session`;

/** Keeps the model of a conversation. @throws the file system's error */
export function rememberModel(commonDir: AbsPath, session: string, model: string): void {
  if (rememberedModel(commonDir, session) === model) return;
  writeAgentFile(agentFolder(commonDir), nameOf(session), { schema: 1, model });
}

/** The model of a conversation by its public name; nothing where it was never told. */
export function rememberedModel(commonDir: AbsPath, session: string): string | undefined {
  if (!/^[0-9a-f]{14}$/.test(session)) return undefined;
  const value = readAgentFile(agentFolder(commonDir), nameOf(session));
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return undefined;
  return 'model' in value && typeof value.model === 'string' ? value.model : undefined;
}
