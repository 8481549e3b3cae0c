/**
 * The content of a tree object:
 *
 *     tree  := entry*                       ; sorted by name, a tree's as if it ended in '/'
 *     entry := mode SP name NUL oid         ; mode in octal without leading 0, oid in binary
 */
import type { Sha } from '../core/brand';
import { ToolError } from '../core/errors';

/** One entry of a tree. Names are bytes, kept as Latin-1 text so that code unit order is byte order. */
export interface TreeEntry {
  readonly name: string;
  /** `40000`, `100644`, `100755`, `120000`, `160000`. */
  readonly mode: string;
  readonly oid: Sha;
}

/** The mode of a folder in a tree object. */
export const treeMode = '40000';

/** The entries of a tree object. @throws ToolError `bad-input` when the bytes are no tree */
export function parseTree(data: Buffer, objectFormat: 'sha1' | 'sha256'): readonly TreeEntry[] {
  const oidLength = objectFormat === 'sha256' ? 32 : 20;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const nul = data.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + oidLength > data.length) {
      throw new ToolError('bad-input', 'A folder in the repository is damaged.');
    }
    entries.push({
      mode: data.toString('latin1', at, space).replace(/^0+/, ''),
      name: data.toString('latin1', space + 1, nul),
      oid: data.toString('hex', nul + 1, nul + 1 + oidLength) as Sha,
    });
    at = nul + 1 + oidLength;
  }
  return entries;
}

/** The content of the tree object with these entries, in any order. */
export function formatTree(entries: Iterable<TreeEntry>): Buffer {
  const key = ({ name, mode }: TreeEntry): string => (mode === treeMode ? `${name}/` : name);
  const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
  );
}
