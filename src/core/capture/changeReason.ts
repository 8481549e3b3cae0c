/** What the editor says about the cause of a change, where it says so (proposal `textDocumentChangeReason`). */
export interface ChangeReason {
  /** The editor's own word: `cursor`, `inlineCompletionAccept`, `reloadFromDisk`, ... */
  readonly source: string;
  /** What goes with it, as far as it is text or a truth value; keys as the editor writes them, `$` signs included. */
  readonly metadata: Readonly<Record<string, string | boolean>>;
}

/** A change event either tells its cause (possibly that there is none to tell), or comes from an editor that never does. */
export type ReasonTier =
  | { readonly tier: 'precise'; readonly reason: ChangeReason | undefined }
  | { readonly tier: 'stable' };

const key = 'detailedReason';

/**
 * Reads the cause of a change event. The tier goes by the presence of the key: an editor that offers it sets it even
 * where there is nothing to say. Whatever else the value is, nothing is thrown.
 */
export function decodeReason(event: object): ReasonTier {
  if (!(key in event)) return { tier: 'stable' };
  const value: unknown = event[key];
  if (!isObject(value) || typeof value['source'] !== 'string') return { tier: 'precise', reason: undefined };
  const metadata: Record<string, string | boolean> = {};
  const given = value['metadata'];
  if (isObject(given)) {
    for (const [name, entry] of Object.entries(given)) {
      if (typeof entry === 'string' || typeof entry === 'boolean') metadata[name] = entry;
    }
  }
  return { tier: 'precise', reason: { source: value['source'], metadata } };
}

/** A text of the metadata; nothing if it is absent, empty or no text. */
export function reasonText(reason: ChangeReason, name: string): string | undefined {
  const value = reason.metadata[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
