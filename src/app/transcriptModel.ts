import { modelName } from '../agents/toolEvent';
import { fileEnd } from './fileEnd';

/** What is read of a transcript: its end. */
const mostBytes = 512 * 1024;

/** A member of a line of JSON; one inside a text has a backslash before its quote. */
const member = /(?<!\\)"model(?:_name|_slug|Id|ID)?"\s*:\s*"([^"\\]{1,200})"/g;

/**
 * The model that an agent's transcript names last; nothing where there is none to be read. The path comes from a payload:
 * of whatever file it is, only a word that follows `"model":` is taken.
 */
export function transcriptModel(path: string): string | undefined {
  const text = /\.jsonl?$/.test(path) ? fileEnd(path, mostBytes) : undefined;
  const names = [...(text ?? '').matchAll(member)].map(([, name]) => modelName(name));
  return names.filter((name) => name !== undefined).at(-1);
}
