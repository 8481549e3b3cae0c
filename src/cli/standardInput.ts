/**
 * All of standard input as UTF-8; nothing where it is more than `most` bytes, which are read all the same, since whoever
 * writes them would take a closed pipe for a failure. Empty when it is a terminal.
 */
export async function readStandardInput(most: number): Promise<string | undefined> {
  if (process.stdin.isTTY) return '';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length <= most) chunks.push(bytes);
    else chunks.length = 0;
  }
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
