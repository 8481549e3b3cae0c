import { commitMsg, prepareCommitMsg } from '../app/hooks/commitMessage';
import { postCommit, postRewrite } from '../app/hooks/postCommit';
import { claimRunningShells } from '../app/recordShell';
import { withRepository } from '../app/repository';
import { settleEditsAtCommit } from '../app/settleEdits';
import { safeText } from '../core/safeText';
import type { Environment } from '../git/gitEnvironment';
import { hookNames } from '../setup/hookName';
import { logFault } from '../store/faultLog';
import { readStandardInput } from './standardInput';

/** Pushes and rewrites list a line a ref or commit. */
const mostInput = 64 * 1024 * 1024;

const help = `Usage: countersign hook <name> [git's arguments]

What the hooks that countersign init installs call: ${hookNames.join(', ')}.
Always exits 0, except that pre-push exits 1 where the gate blocks the push.
`;

/**
 * `countersign hook <name>`: what the installed hooks call. A fault of ours prints one line and steps aside; only a push
 * that the gate blocks ends with another status than 0.
 */
export async function runHook(args: readonly string[], env: Environment): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h') {
    process.stdout.write(help);
    return 0;
  }
  let code = 0;
  try {
    await withRepository(process.cwd(), { environment: 'hook', env }, async (repo) => {
      try {
        switch (name) {
          case 'prepare-commit-msg':
            settleEditsAtCommit(repo, env);
            await claimRunningShells(repo, env);
            await prepareCommitMsg(repo, rest, env);
            break;
          case 'commit-msg':
            await commitMsg(repo, rest, env);
            break;
          case 'post-commit':
          case 'post-merge':
          case 'post-applypatch':
            await postCommit(repo);
            break;
          case 'post-rewrite':
            await postRewrite(repo, (await readStandardInput(mostInput)) ?? '');
            break;
          case 'pre-push': {
            const { runPrePush } = await import('./runPrePush');
            code = await runPrePush(repo, rest, (await readStandardInput(mostInput)) ?? '', env);
            break;
          }
          default:
            break;
        }
      } catch (error) {
        logFault(
          repo.git.commonDir,
          repo.now(),
          `hook ${name ?? ''}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        throw error;
      }
    });
  } catch (error) {
    process.stderr.write(
      `countersign: ${name ?? 'hook'} stepped aside: ${safeText(error instanceof Error ? error.message : String(error))}\n`,
    );
    return 0;
  }
  return code;
}
