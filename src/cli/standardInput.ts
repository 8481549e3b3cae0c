/**
 * All of standard input as UTF-8; nothing where it is more than `most` bytes, which are read all the same, since whoever
 * writes them would take a closed pipe for a failure. Empty when it is a terminal. With `idleMs`, what came so far once
 * nothing more did for so long: some leave the pipe open.
 */
export async function readStandardInput(most: number, idleMs?: number): Promise<string | undefined> {
  const { stdin } = process;
  if (stdin.isTTY) return '';
  const chunks: Buffer[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const timer = idleMs === undefined ? undefined : setTimeout(() => stdin.destroy(), idleMs);
    stdin.on('data', (chunk: Buffer) => {
      timer?.refresh();
      length += chunk.length;
      if (length <= most) chunks.push(chunk);
      else chunks.length = 0;
    });
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    stdin.on('end', done).on('close', done).on('error', reject);
  });
  return length > most ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** How long standard input may take to begin when nobody said that it is to be read. */
const patienceMs = 300;

/** Standard input as text, where something comes in by it; nothing for a terminal, an empty one, or one that stays silent. */
export async function pendingInput(): Promise<AsyncIterable<string> | undefined> {
  const { stdin } = process;
  if (stdin.isTTY) return undefined;
  stdin.setEncoding('utf8');
  let timer: NodeJS.Timeout | undefined;
  const hasMore = await new Promise<boolean>((resolve) => {
    stdin.once('readable', () => resolve(stdin.readableLength > 0));
    stdin.once('end', () => resolve(false));
    stdin.once('error', () => resolve(false));
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  clearTimeout(timer);
  if (hasMore) return stdin;
  stdin.destroy();
  return undefined;
}
