import type { TextId } from '../text/textId';
import type { Attributed } from './attributed';

/**
 * What one writer knew of one text at one moment: an entry of the ledger.
 *
 * A **chain** is the edits of one holder of the text, a document in a window or a hook; later states of a chain replace
 * its earlier ones for the same text.
 */
export interface State {
  /** Journal the state is in: one a window or hook process. */
  readonly writer: string;
  /** The holder, unique within the writer. */
  readonly chain: string;
  /** Milliseconds since the epoch, of this machine. */
  readonly time: number;
  /** Counts the entries of the writer. */
  readonly counter: number;
  /** Root of the work tree that holds the file. */
  readonly worktree: string;
  /** Path of the file in it; the last known where it is gone. */
  readonly path: string;
  readonly textId: TextId;
  /** `gone` once the file was deleted: `attributed` is then empty but for what was cut. */
  readonly existence: 'there' | 'gone';
  /** What the writer holds for later: `before` marks the first half of a hook pair. */
  readonly role: 'state' | 'before';
  /** The actor of a hook pair, by which its second half finds the first. */
  readonly actor?: string;
  /** Texts whose states of other chains this chain took over, each with the moment it did. */
  readonly adopted: readonly { readonly textId: TextId; readonly time: number }[];
  readonly attributed: Attributed;
}
