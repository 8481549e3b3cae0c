import { argumentsOf, type Fields, fieldOf, shortText } from './payloadFields';

/** What a call that runs a command says of where it works, as written there. */
export interface CommandNames {
  /** Folders that it changes to, in order, each relative to the one before. */
  readonly folders: readonly string[];
  /** What may be a path, relative to any of them. */
  readonly paths: readonly string[];
}

/** Longer commands carry a text of their own; what is before it is looked at. */
const mostCharacters = 20_000;
const mostFolders = 6;
const mostPaths = 100;

const folderNames = ['workdir', 'cwd', 'directory', 'dir_path', 'working_directory', 'Cwd'];
const commandMembers = ['command', 'commands', 'cmd', 'CommandLine', 'command_line'];

/** The names in the arguments of a command: each word of it may be one, whatever it is to the shell. */
export function commandNames(input: unknown): CommandNames {
  const given = argumentsOf(input);
  const fields: Fields = typeof given === 'string' ? { command: given } : given;
  const words = commandMembers
    .flatMap((name) => textsIn(fieldOf(fields, name)))
    .flatMap((text) => wordsOf(text.slice(0, mostCharacters)));
  const folders = folderNames.map((name) => shortText(fieldOf(fields, name))).filter((name) => name !== undefined);
  for (const [index, word] of words.entries()) {
    if (/^(?:cd|pushd|-C)$/.test(words[index - 1] ?? '') && word !== '-') folders.push(word);
  }
  return { folders: folders.slice(0, mostFolders), paths: [...new Set(words)].slice(0, mostPaths) };
}

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.slice(0, mostPaths).flatMap((item) => textsIn(item));
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? textsIn(fieldOf(value as Fields, 'command')) : [];
}

/** Split at white space and what a shell's grammar consists of; quotes and backslashes only hold words together. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"\n]*)"|'([^'\n]*)'|((?:\\[^\n]|[^\s;|&()<>`"'=\\])+)/g)]
    .map(([, double, single, plain]) => double ?? single ?? plain?.replace(/\\(.)/g, '$1') ?? '')
    .filter((word) => shortText(word) !== undefined);
}
