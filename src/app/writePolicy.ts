import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v4 as uuid } from 'uuid';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { policyPath } from '../core/policy/policy';
import { startPolicy } from '../core/policy/startPolicy';
import { committerIdentity, namelessIdentity } from '../git/identity';
import { currentBranch } from '../git/refs';
import type { KeyCandidate } from '../signing/keys';
import { rosterLine } from '../signing/keys';
import { defaultBranch, defaultRemote } from './gate/targets';
import type { Repository } from './repository';

const signersPath = '.countersign/allowed_signers';

/**
 * Writes a policy to start from, and a signers file with the person's own key where they have one, into the work tree.
 *
 * @returns the files written
 * @throws ToolError `not-writable` where one of them is there already
 */
export async function writePolicy(repo: Repository, key: KeyCandidate | undefined): Promise<readonly AbsPath[]> {
  const branch = await currentBranch(repo.git);
  const remote = await defaultRemote(repo, branch);
  const main = remote === undefined ? undefined : await defaultBranch(repo, remote);
  const protectedBranch = (main?.ref ?? branch ?? 'refs/heads/main').replace(/^refs\/heads\//, '');
  const identity = await committerIdentity(repo.git);
  if (identity === namelessIdentity) {
    throw new ToolError('usage', 'Git does not know who you are, so nobody can be named a senior.', {
      next: 'Tell it with: git config --global user.email you@example.com',
    });
  }
  const { email } = identity;
  const policy = startPolicy({
    repository: uuid(),
    branches: [protectedBranch],
    seniors: [email],
    allowedSigners: signersPath,
  });
  const signers =
    key === undefined
      ? `# One line a senior, as \`countersign key setup\` prints it.\n`
      : `${rosterLine(email, key.publicKey)}\n`;
  const written: AbsPath[] = [];
  for (const [name, text] of [
    [policyPath, policy],
    [signersPath, signers],
  ] as const) {
    const path = join(repo.worktree, name) as AbsPath;
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(path, text, { flag: 'wx' });
    } catch (cause) {
      throw new ToolError('not-writable', `${name} is there already, or cannot be written.`, { cause });
    }
    written.push(path);
  }
  return written;
}
