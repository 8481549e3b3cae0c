/**
 * The demonstration's world to play with by hand: `tsx test/demo/start.ts` serves a VS Code for the author's clone and one for the senior's until
 * Ctrl+C, and removes everything then. With `--prepare FOLDER` it only makes the world there, for a desktop VS Code (see .vscode/launch.json).
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atExit } from '../harness/atExit';
import { installWorkbenchParts } from '../harness/install';
import { startServer } from '../harness/server';
import { quietSettings } from '../harness/settings';
import { packedParts } from './packed';
import { personEnv, personSettings } from './stage';
import { makeWorld, type World } from './world';

async function main(): Promise<void> {
  const prepare = process.argv.indexOf('--prepare');
  if (prepare >= 0) await prepareFolder(process.argv[prepare + 1] ?? '');
  else await serve();
}

async function prepareFolder(folder: string): Promise<void> {
  if (folder === '') throw new Error('Say where: --prepare FOLDER');
  const root = path.resolve(folder);
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(root, { recursive: true });
  const { cli } = await packedParts(path.join(root, 'packed'));
  const world = await makeWorld(root, cli);
  print(`Made ${root}.\n\n${whatToTry(world)}`);
}

async function serve(): Promise<void> {
  const parts = await installWorkbenchParts();
  const root = await mkdtemp(path.join(tmpdir(), 'countersign-play-'));
  atExit(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const packed = await packedParts(path.join(root, 'packed'));
  const world = await makeWorld(root, packed.cli);
  const addresses: string[] = [];
  for (const person of [world.ann, world.sam]) {
    const data = path.join(root, path.basename(path.dirname(person.home)), 'vscode');
    const server = await startServer(parts, {
      dataDir: data,
      extensionsDir: path.join(data, 'extensions'),
      home: person.home,
      vsix: [packed.extension, packed.inlineAi],
      settings: { ...quietSettings, ...personSettings },
      env: personEnv(person),
      testDriver: false,
    });
    addresses.push(`http://127.0.0.1:${server.port}/?${new URLSearchParams({ folder: person.clone })}`);
  }
  print(
    `\nVS Code of Ann, who writes:   ${addresses[0]}\nVS Code of Sam, the senior:   ${addresses[1]}\n\n${whatToTry(world)}\nEverything is removed when you press Ctrl+C.\n`,
  );
  // Signals end it; a pending timer keeps it alive until then.
  setInterval(() => {}, 1 << 30);
}

function whatToTry({ ann, sam, otto, server, bin, passphrase }: World): string {
  const shell = (home: string): string => `HOME=${home} PATH=${bin}:$PATH`;
  return [
    `Server (bare, with pre-receive): ${server}`,
    `Clones: ${ann.clone} (Ann), ${sam.clone} (Sam), ${otto.clone} (Otto, outside the roster)`,
    `Sam's key: ${path.join(sam.home, '.ssh', 'id_ed25519_countersign')}, passphrase: ${passphrase}`,
    `In a terminal be Ann with:  export ${shell(ann.home)}; cd ${ann.clone}`,
    `                 Sam with:  export ${shell(sam.home)}; cd ${sam.clone}`,
    '',
    'Try this:',
    '  1. As Ann: open the Countersign view and press "Set Up This Repository".',
    '  2. Open src/orders.ts, write a line "// ai: refund" at its end, press Enter, then Tab for what the AI offers. Also: "// ai: clamp", "// ai: retry".',
    '  3. Paste something from another window. Point at the marks beside the lines.',
    '  4. Be an agent that writes on disk, in a terminal as Ann:',
    `       hook() { printf '{"event":"%s","cwd":"%s","files":["src/tax.ts"],"actor":{"kind":"ai","tool":"codex","model":"gpt-5.2-codex","session":"1"}}' $1 "$PWD" | countersign record generic; }`,
    "       hook before-edit; echo 'export const reducedPercent = 7;' >> src/tax.ts; hook after-edit; countersign blame src/tax.ts",
    '  5. Commit, in the Source Control view or in a terminal; look at the message with git log -1, at the record with countersign show HEAD.',
    '  6. Push main: it is refused, and the view says what is missing. Push a branch: git switch -c mine && git push -u origin mine.',
    '  7. As Sam, in a terminal: countersign init --yes && git fetch && git switch mine; then sign in her Countersign view, and: countersign sync.',
    '  8. As Ann: git switch main && git push. Then amend a signed commit, and push again.',
    '',
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((problem: unknown) => {
  console.error(problem);
  process.exit(1);
});
