import { argumentsOf, fieldOf, pathText } from './payloadFields';
import { holdsPatch, namesFile } from './toolFiles';

const contentNames = [
  'content',
  'contents',
  'file_text',
  'new_string',
  'newString',
  'new_str',
  'new_text',
  'newText',
  'new_source',
  'edits',
  'text',
  'body',
  'repl',
  'code_edit',
];
const commandNames = ['command', 'cmd'];

/** Verbs in the names of tools that change files: `rename_symbol`, `deleteLines`. */
const changes =
  /(?:^|[^a-z])(?:write|edit|replace|insert|create|delete|remove|rename|move|apply|append|refactor|format)/i;

/**
 * What a tool in no table does, as far as its call tells: most come from servers of the Model Context Protocol, whose makers
 * agree on no names (known: its file system server, Serena, Desktop Commander, the server of JetBrains' editors).
 *
 * A patch, or a path with a text, is an edit of what it names. A command, or a verb that changes beside a path, may change more
 * than it names, as a shell does.
 */
export function unlistedTool(name: string, input: unknown): 'edit' | 'shell' | undefined {
  const given = argumentsOf(input);
  if (holdsPatch(given)) return 'edit';
  if (typeof given === 'string') return undefined;
  const named = namesFile(given);
  const written = contentNames.some((member) => {
    const value = fieldOf(given, member);
    return typeof value === 'string' || Array.isArray(value);
  });
  if (named && written) return 'edit';
  const commanded = !named && commandNames.some((member) => typeof fieldOf(given, member) === 'string');
  const moved = ['source', 'destination'].every((member) => pathText(fieldOf(given, member)) !== undefined);
  return commanded || ((named || moved) && changes.test(name)) ? 'shell' : undefined;
}
