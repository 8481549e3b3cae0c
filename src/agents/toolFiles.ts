import { isPatch, patchPaths } from './patchPaths';
import { argumentsOf, type Fields, fieldOf, isFields, pathText } from './payloadFields';

const pathNames = [
  'file_path',
  'filePath',
  'path',
  'notebook_path',
  'notebookPath',
  'target_file',
  'targetFile',
  'TargetFile',
  'target_notebook',
  'absolute_path',
  'filepath',
  'file',
  'fileName',
  'uri',
  'relative_path',
  'pathInProject',
];
const listNames = ['files', 'edits', 'replacements', 'operations', 'file_changes', 'changes'];
const patchNames = ['patchText', 'patch_text', 'patch', 'input', 'command', 'diff'];

/** Most files one call is believed to name. */
const mostFiles = 10_000;

/** The files that a call of an editing tool names, as given, each once. */
export function toolFiles(input: unknown): readonly string[] {
  const found = new Set<string>();
  collect(argumentsOf(input), found, 0);
  return [...found].map(localPath);
}

/** Whether the arguments hold a patch, by itself or under a name that patches have. */
export function holdsPatch(given: Fields | string): boolean {
  if (typeof given === 'string') return isPatch(given);
  return patchNames.some((name) => isPatchText(fieldOf(given, name)));
}

/** Whether the arguments name a file. */
export function namesFile(given: Fields): boolean {
  return pathNames.some((name) => pathText(fieldOf(given, name)) !== undefined);
}

function isPatchText(value: unknown): value is string {
  return typeof value === 'string' && isPatch(value);
}

function collect(given: Fields | string, found: Set<string>, depth: number): void {
  if (typeof given === 'string') {
    if (isPatch(given)) addAll(patchPaths(given), found);
    return;
  }
  for (const name of pathNames) add(fieldOf(given, name), found);
  for (const name of patchNames) {
    const value = fieldOf(given, name);
    if (isPatchText(value)) addAll(patchPaths(value), found);
  }
  if (depth > 0) return;
  for (const name of listNames) {
    const list = fieldOf(given, name);
    if (!Array.isArray(list)) continue;
    for (const item of list.slice(0, mostFiles)) {
      if (isFields(item)) collect(item, found, depth + 1);
      else if (name === 'files') add(item, found);
    }
  }
}

function addAll(paths: readonly string[], found: Set<string>): void {
  for (const path of paths) add(path, found);
}

function add(value: unknown, found: Set<string>): void {
  const path = pathText(value);
  if (path !== undefined && found.size < mostFiles) found.add(path);
}

/** A `file:` URI as a path, and `/c:/x` as the `c:/x` that is meant. */
function localPath(path: string): string {
  let plain = path;
  if (/^file:\/\/\//i.test(path)) {
    try {
      plain = decodeURIComponent(path.slice('file://'.length));
    } catch {
      // No URI after all; then it is a file of that name, or none.
    }
  }
  return /^\/[A-Za-z]:[\\/]/.test(plain) ? plain.slice(1) : plain;
}
