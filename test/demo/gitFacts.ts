import type { Person } from './people';

/** What the classes of lines are called, in the order of the trailer. */
const classes = ['ai', 'ai-edited', 'human', 'pasted', 'unknown'] as const;

/** Lines of one commit by class, as a trailer, a record or `countersign show` counts them. */
export type Counts = Readonly<Record<(typeof classes)[number] | 'deleted', number>>;

/** The trailers of a commit that say who wrote it. */
export interface Provenance {
  /** All lines of the message's last block, as they stand there. */
  readonly block: readonly string[];
  readonly assistedBy: readonly string[];
  readonly counts: Counts;
  readonly record: string;
}

/** Reads the trailers of a commit by the grammar of the format; nothing where there are none. @throws Error where they are not exactly of that form */
export async function provenanceOf(person: Person, rev: string): Promise<Provenance | undefined> {
  const message = await person.must(['git', 'log', '-1', '--format=%B', rev]);
  if (!/^(AI-Provenance|Assisted-by):/m.test(message)) return undefined;
  const block = message.trimEnd().split('\n\n').at(-1)?.split('\n') ?? [];
  const last =
    /^AI-Provenance: v1 ai=(\d+) ai-edited=(\d+) human=(\d+) pasted=(\d+) unknown=(\d+)(?: deleted=([1-9]\d*))? record=([0-9a-f]{40})$/.exec(
      block.at(-1) ?? '',
    );
  const assistedBy = block.slice(0, -1);
  const isInOrder = assistedBy.every(
    (line, at) => at === 0 || Buffer.compare(Buffer.from(assistedBy[at - 1] ?? ''), Buffer.from(line)) < 0,
  );
  if (
    last === null ||
    !isInOrder ||
    !assistedBy.every((line) => /^Assisted-by: [A-Za-z0-9._/+-]+(:[A-Za-z0-9._/+-]+)?$/.test(line))
  ) {
    throw new Error(`The trailers of ${rev} are not of the form that they should have:\n${block.join('\n')}`);
  }
  const [ai, edited, human, pasted, unknown, deleted] = last.slice(1, 7).map((text) => Number(text ?? 0));
  const counts = {
    ai: ai ?? 0,
    'ai-edited': edited ?? 0,
    human: human ?? 0,
    pasted: pasted ?? 0,
    unknown: unknown ?? 0,
    deleted: deleted ?? 0,
  };
  return { block, assistedBy, counts, record: last[7] ?? '' };
}

/** What git itself takes for trailers. */
export async function trailersByGit(person: Person, rev: string): Promise<string> {
  return (await person.must(['git', 'log', '-1', '--format=%(trailers)', rev])).trim();
}

/** The note of a commit as a blob id and its text; nothing where there is none. */
export async function noteOf(
  person: Person,
  ref: string,
  rev: string,
): Promise<{ readonly blob: string; readonly text: string } | undefined> {
  const sha = await person.must(['git', 'rev-parse', rev]);
  const { code, stdout } = await person.run(['git', 'notes', `--ref=${ref}`, 'list', sha]);
  const blob = stdout.trim();
  if (code !== 0 || blob === '') return undefined;
  return { blob, text: await person.must(['git', 'cat-file', 'blob', blob]) };
}

/** The counts of a record's own text. */
export function countsInRecord(text: string): Counts {
  const { counts } = JSON.parse(text) as { readonly counts: Partial<Counts> };
  return { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0, ...counts };
}

/** What `countersign show` counts. */
export async function countsShown(person: Person, rev: string): Promise<Counts> {
  const [shown] = JSON.parse(await person.must(['countersign', 'show', rev, '--json'])) as readonly {
    readonly counts: Counts;
  }[];
  if (shown === undefined) throw new Error(`countersign show ${rev} shows nothing`);
  return shown.counts;
}

/** The classes of a file's lines by `countersign blame`, as letters: A ai, E ai-edited, H human, P pasted, U unknown. */
export async function blameOf(person: Person, file: string, rev?: string): Promise<string> {
  const args = rev === undefined ? [] : ['--rev', rev];
  const { lines } = JSON.parse(await person.must(['countersign', 'blame', '--json', ...args, '--', file])) as {
    readonly lines: readonly { readonly class: string }[];
  };
  return lines.map((line) => blameLetters[line.class] ?? '?').join('');
}

const blameLetters: Readonly<Record<string, string>> = {
  ai: 'A',
  'ai-edited': 'E',
  human: 'H',
  pasted: 'P',
  unknown: 'U',
};

/** Where a ref of the server points to; nothing where it is not there. */
export async function onServer(person: Person, ref: string): Promise<string | undefined> {
  const line = await person.must(['git', 'ls-remote', 'origin', ref]);
  return line === '' ? undefined : line.split('\t')[0];
}

/** Both ways to the same values. */
export function isEqual(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown): string => JSON.stringify(Object.entries(value as object).sort());
  return sorted(a) === sorted(b);
}
