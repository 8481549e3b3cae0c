import type { Sha } from '../../core/brand';
import type { SpecialChange } from '../../core/gate/gateInput';
import { isBinary } from '../../core/text/textId';
import type { FileChange } from '../../git/diff';
import type { Repository } from '../repository';

/** How a change is told: as one line of a kind, by its lines, or by both. */
export interface ChangeShape {
  readonly special: SpecialChange['kind'] | undefined;
  /** `added`: text stands where there was none, so there are no lines that went. */
  readonly lines: 'none' | 'added' | 'both';
}

/**
 * The shape of a change. Text that takes the place of something else is told by its lines too: else whatever stood there
 * before would hide it.
 */
export async function changeShape(repo: Repository, change: FileChange): Promise<ChangeShape> {
  const modes = [change.oldMode, change.newMode];
  if (change.status === 'D' && change.oldMode !== '160000') return { special: 'deletion', lines: 'none' };
  const isText = isFile(change.newMode) && !(change.binary && (await isOpaque(repo, change.newOid)));
  const lines = isText ? 'added' : 'none';
  if (modes.includes('160000')) return { special: 'submodule', lines };
  if (modes.includes('120000')) return { special: 'symlink', lines };
  if (change.binary && (!isText || (isFile(change.oldMode) && (await isOpaque(repo, change.oldOid)))))
    return { special: 'binary', lines };
  const isModeChange =
    change.oldMode !== undefined && change.newMode !== undefined && change.oldMode !== change.newMode;
  return { special: isModeChange ? 'mode' : undefined, lines: 'both' };
}

function isFile(mode: string | undefined): boolean {
  return mode?.startsWith('100') === true;
}

async function isOpaque(repo: Repository, oid: Sha | undefined): Promise<boolean> {
  const read = oid === undefined ? undefined : await repo.objects.read(oid);
  return read?.kind === 'found' && isBinary(read.data) && !isDisguisedText(read.data);
}

/** One NUL in this many bytes may be there to make git, and whoever counts, take a program for data. */
const bytesPerNul = 100;

/** Text but for a few NULs: most interpreters run it all the same. */
function isDisguisedText(data: Buffer): boolean {
  let nuls = 0;
  for (const byte of data) {
    if (byte === 0) nuls++;
    else if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) return false;
  }
  if (nuls * bytesPerNul > data.length) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(data);
    return true;
  } catch {
    // Bytes that are no UTF-8: nothing that is read as a text.
    return false;
  }
}
