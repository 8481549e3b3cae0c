import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTerminal } from './onTerminal';
import { makePerson, type Person } from './people';
import { shopFiles } from './shop';

/** A bare repository with a server-side check, and everybody who works on it. */
export interface World {
  readonly root: string;
  /** Folder of the command `countersign`, for PATH. */
  readonly bin: string;
  /** The bare repository. */
  readonly server: string;
  /** Writes the code. A senior too, but not of her own work. */
  readonly ann: Person;
  /** The senior; her key has a passphrase. */
  readonly sam: Person;
  /** Has a key that no roster names. */
  readonly otto: Person;
  /** Knows nobody and trusts nobody: a fresh clone, as on a build machine. */
  readonly ci: Person;
  readonly passphrase: string;
  /** What `countersign key setup` said to the senior when it made her key. */
  readonly keySetup: { readonly said: string; readonly rosterLine: string };
}

/** Where the passphrase of the senior's key comes from when it is made. */
const passphrase = 'correct horse battery staple';

/**
 * Makes the world in an empty folder: `main` of the bare repository holds code, policy and roster, and its `pre-receive` runs `cli`, the built
 * command line. Ann and Sam have clones that are not set up yet.
 */
export async function makeWorld(root: string, cli: string): Promise<World> {
  const bin = path.join(root, 'bin');
  const server = path.join(root, 'server', 'shop.git');
  await mkdir(bin, { recursive: true });
  await cp(cli, path.join(bin, 'countersign.cjs'));
  const program = path.join(bin, 'countersign');
  await writeFile(program, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(`${program}.cjs`)} "$@"\n`);
  await chmod(program, 0o755);
  // Answers ssh where there is no terminal to type a passphrase into.
  await writeFile(path.join(bin, 'askpass'), '#!/bin/sh\nprintf "%s\\n" "$DEMO_PASSPHRASE"\n');
  await chmod(path.join(bin, 'askpass'), 0o755);
  const person = (name: string, email: string): Promise<Person> =>
    makePerson(path.join(root, (name.split(' ')[0] ?? name).toLowerCase()), bin, { name, email });
  const ann = await person('Ann Author', 'ann@example.com');
  const sam = await person('Sam Senior', 'sam@example.com');
  const otto = await person('Otto Outsider', 'otto@example.com');
  const ci = await person('Build Machine', 'ci@example.com');
  await makeKey(ann);
  await makeKey(otto);
  const keySetup = await setUpKey(sam);

  await ann.must(['git', 'init', '--quiet', '--bare', server], { cwd: root });
  await ann.must(['git', 'clone', '--quiet', server, ann.clone], { cwd: root });
  const annsLine = (await ann.must(['countersign', 'key', 'show'], { cwd: ann.clone })).split('\n')[0] ?? '';
  const files = {
    ...shopFiles,
    '.countersign.yml': policy,
    '.countersign/allowed_signers': `${keySetup.rosterLine}\n${annsLine}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(ann.clone, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await ann.must(['git', 'add', '--all']);
  await ann.must(['git', 'commit', '--quiet', '--message', 'Open the shop']);
  await ann.must(['git', 'push', '--quiet', '--set-upstream', 'origin', 'main']);
  await ann.must(['git', 'remote', 'set-head', 'origin', 'main']);
  for (const who of [sam, otto]) await who.must(['git', 'clone', '--quiet', server, who.clone], { cwd: root });

  const hook = path.join(server, 'hooks', 'pre-receive');
  await writeFile(hook, `#!/bin/sh\nexec ${quote(program)} pre-receive\n`);
  await chmod(hook, 0o755);
  return { root, bin, server, ann, sam, otto, ci, passphrase, keySetup };
}

/** The policy of the demonstration: three AI lines in a commit are enough to need a senior. */
export const policy = `schema: 1
revision: 1
repository: shop
mode: enforce
protect: [main]
threshold: { lines: 3, share: 0.2 }
seniors:
  - { principal: sam@example.com }
  - { principal: ann@example.com }
allowedSigners: .countersign/allowed_signers
`;

async function makeKey(person: Person): Promise<void> {
  await mkdir(path.join(person.home, '.ssh'), { mode: 0o700 });
  const file = path.join(person.home, '.ssh', 'id_ed25519');
  await person.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', person.email, '-f', file], {
    cwd: person.home,
  });
}

/** A first-time senior makes a key; where there is no terminal to type a passphrase into, it gets its passphrase afterwards. */
async function setUpKey(person: Person): Promise<World['keySetup']> {
  const inHome: Person = { ...person, clone: person.home };
  const setup = ['countersign', 'key', 'setup', '--principal', person.email];
  const ran = await onTerminal(inHome, setup, [
    [/passphrase[^\n]*: $/i, passphrase],
    [/passphrase[^\n]*: $/i, passphrase],
  ]);
  if (ran === undefined) {
    const alone = await person.run([...setup, '--no-passphrase'], { cwd: person.home });
    const file = path.join(person.home, '.ssh', 'id_ed25519_countersign');
    await person.must(['ssh-keygen', '-q', '-p', '-P', '', '-N', passphrase, '-f', file], { cwd: person.home });
    return { said: alone.stderr + alone.stdout, rosterLine: rosterLineIn(alone.stdout) };
  }
  if (ran.code !== 0) throw new Error(`countersign key setup ended with ${ran.code}:\n${ran.stdout}`);
  return { said: ran.stdout, rosterLine: rosterLineIn(ran.stdout) };
}

function rosterLineIn(text: string): string {
  const line = text.split('\n').find((candidate) => / namespaces="countersign" ssh-/.test(candidate));
  if (line === undefined) throw new Error(`countersign key setup printed no line for the signers file:\n${text}`);
  return line.trim();
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
