import type { Source } from '../attribution/source';
import type { ReasonTier } from './changeReason';

/** What is done with the text of a change. */
export type Decision =
  /** Seen character by character: what it inserts is the source's. */
  | { readonly kind: 'edit'; readonly source: Source }
  /** Text that may have stood in the workspace: it carries its origins where they are known, else it is the source's. */
  | { readonly kind: 'paste'; readonly source: Source }
  /** A block made over: what it shares with what it replaces keeps its origins, the rest is the source's. */
  | { readonly kind: 'rewrite'; readonly source: Source }
  /** A template that is filled in: as `rewrite`, and what it replaces or was copied last keeps its origins wherever it stands in it. */
  | { readonly kind: 'snippet'; readonly source: Source }
  /** A command that a person gave over text that is there: it keeps its origins through a diff, and what is made in place of some takes theirs. */
  | { readonly kind: 'command'; readonly source: Source; readonly selected?: readonly Place[] }
  /** A change of layout: everything keeps its origins, and what is added takes those beside it. */
  | { readonly kind: 'layout'; readonly source: Source }
  /** The document was read from disk again. */
  | { readonly kind: 'reload'; readonly source: Source }
  /** What was undone or redone comes back with the origins it had; text that nobody remembers is the source's. */
  | { readonly kind: 'undo' | 'redo'; readonly source: Source };

/** What a change event says, and what is known around it. */
export interface ChangeFacts {
  readonly reason: ReasonTier;
  /** `event.reason`, which every editor tells. */
  readonly history: 'undo' | 'redo' | undefined;
  readonly changes: readonly FactOfChange[];
  /** Between the start and the end of a save of this document, or while a formatter that we saw start is at work. */
  readonly saving: boolean;
  /** A text that a paste was offered for a moment ago, with LF as line ends. */
  readonly pasting?: string | undefined;
  /** The same for a drop. */
  readonly dropping?: string | undefined;
  /** The document is in the active editor, a cursor of which is where the text was changed. */
  readonly atCursor: boolean;
  /** What was picked in the document a moment ago of the suggestions of a deterministic extension. */
  readonly picked?: string | undefined;
  /** Where what is selected in the document begins, in the text before. */
  readonly selected?: readonly Place[] | undefined;
  /** The change came to a clean document and nothing made it dirty: only reading it from disk does that. */
  readonly staysClean: boolean;
  /** The AI tool in whose own diff editor the document is shown. */
  readonly diffOf?: string | undefined;
  /** Accepting an inline completion is under way, as a wrapper around the command saw. */
  readonly accepting?: boolean | undefined;
}

/** A place in a text: 0-based line, UTF-16 character in it. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** One replaced range: what stood there, where that is known, and what stands there, with LF as line ends. */
export interface FactOfChange {
  readonly removedLength: number;
  /** Known only where the tracker had it at hand. */
  readonly removed?: string | undefined;
  readonly text: string;
}
