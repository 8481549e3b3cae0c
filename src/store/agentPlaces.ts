import {
  fileNameOf,
  listAgentFiles,
  pruneAgentFiles,
  readAgentFile,
  removeAgentFile,
  writeAgentFile,
} from './agentFolder';

/*
 * `<data folder>/countersign/sessions`: the repositories in which a conversation of an agent is at work, so that each is
 * told when it comes to rest, wherever it says so, and the model that it told before. Names are digests.
 *
 *   <conversation>.<place>.place   { "schema": 1, "place": <top of a work tree> }
 *   <conversation>.model           { "schema": 1, "model": <text> }
 */

/** A conversation of an agent, as far as it is told. */
interface Conversation {
  readonly tool: string;
  readonly conversation?: string;
}

/** Keeps that an agent works in `place`. Says whether that was not known. @throws the file system's error */
export function rememberPlace(folder: string, session: Conversation, place: string): boolean {
  const name = `${nameOf(session)}.${fileNameOf(place)}.place`;
  if (memberOf(folder, name, 'place') === place) return false;
  writeAgentFile(folder, name, { schema: 1, place });
  return true;
}

/** Where an agent works. */
export function rememberedPlaces(folder: string, session: Conversation): readonly string[] {
  const start = `${nameOf(session)}.`;
  const names = listAgentFiles(folder, '.place').filter((name) => name.startsWith(start));
  return names.flatMap((name) => memberOf(folder, name, 'place') ?? []);
}

/** Keeps the model that an agent told of. @throws the file system's error */
export function rememberToldModel(folder: string, session: Conversation, model: string): void {
  const name = `${nameOf(session)}.model`;
  if (memberOf(folder, name, 'model') !== model) writeAgentFile(folder, name, { schema: 1, model });
}

/** The model that an agent told of; nothing where it told none. */
export function toldModel(folder: string, session: Conversation): string | undefined {
  return memberOf(folder, `${nameOf(session)}.model`, 'model');
}

/** Forgets a conversation that is over, and those of which nothing was heard for long. */
export function forgetPlaces(folder: string, session: Conversation, now: number): void {
  const start = `${nameOf(session)}.`;
  for (const name of listAgentFiles(folder, '')) if (name.startsWith(start)) removeAgentFile(folder, name);
  pruneAgentFiles(folder, now);
}

function nameOf({ tool, conversation = '' }: Conversation): string {
  return fileNameOf(tool, conversation);
}

function memberOf(folder: string, name: string, member: 'place' | 'model'): string | undefined {
  const value = readAgentFile(folder, name);
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return undefined;
  const known = (value as Readonly<Record<string, unknown>>)[member];
  return typeof known === 'string' ? known : undefined;
}
