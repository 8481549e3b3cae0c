import { recordsOf } from '../app/commitRecords';
import { ensureRecords } from '../app/ensureRecords';
import { writeLastPush } from '../app/gate/lastPush';
import { decidePush, type PushDestination, type PushedRef, parsePushedRefs, remoteNameOf } from '../app/gate/prePush';
import { writeProtectFile } from '../app/gate/protectedPushes';
import { patientTries, publishRecords, remotesTold } from '../app/publish';
import { arrivedRefs } from '../app/pushArrival';
import type { Repository } from '../app/repository';
import { safeText } from '../core/safeText';
import { commandFlags, pushSyntax } from '../git/commandFlags';
import { getConfig } from '../git/config';
import { gitAncestors, gitCommandOf } from '../git/gitAncestors';
import type { Environment } from '../git/gitEnvironment';
import { listRefs } from '../git/refs';
import { listCommits } from '../git/revList';
import { tell } from './terminal';

/** After this the hook gives up and lets the push go. */
const timeoutMs = 60_000;

/**
 * The `pre-push` hook. @returns 1 when the gate blocks, else 0: what is undecided or a fault of ours prints one line and
 * lets the push go, since a local hook is a reminder.
 */
export async function runPrePush(
  repo: Repository,
  args: readonly string[],
  input: string,
  env: Environment,
): Promise<number> {
  const background = args[0] === '--background';
  const [remote = '', url = ''] = background ? args.slice(1) : args;
  const pushed = parsePushedRefs(input);
  if (background) {
    await publishInBackground(repo, { remote, url }, pushed, env);
    return 0;
  }
  const decision = await withTimeout(decidePush(repo, { remote, url, isForced: isForced(env) }, pushed));
  if (decision === 'timeout') {
    tell('countersign: the check did not finish within a minute; the push goes without it.');
    return 0;
  }
  for (const line of decision.lines) tell(line);
  if (!isDryRun(env))
    writeLastPush(repo.git.commonDir, { time: repo.now(), verdict: decision.verdict, lines: decision.lines });
  if (decision.verdict === 'blocked') return 1;
  const told =
    decision.verdict === 'pass' && decision.outgoing.length > 0 && !isDryRun(env)
      ? await toldRemote(repo, { remote, url })
      : undefined;
  if (told !== undefined) {
    const published = await publishRecords(repo, {
      remote: url === '' ? remote : url,
      remoteName: told,
      commits: decision.outgoing,
      signOffs: 'about-commits',
      env: { GIT_TERMINAL_PROMPT: '0' },
    });
    if (published.kind !== 'published' && published.kind !== 'nothing') {
      tell(
        `countersign: the records could not be published (${safeText(published.reason)}); publish them with: countersign sync ${safeText(told)}`,
      );
    }
  }
  return 0;
}

async function withTimeout<T>(work: Promise<T>): Promise<T | 'timeout'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What follows `push` on git's own command line, which the hook's shell part reads; nothing where it cannot be seen. */
function pushArguments(env: Environment): readonly (readonly string[])[] {
  const told = env['COUNTERSIGN_PUSH_COMMAND'] ?? '';
  const commands = told === '' ? (gitAncestors() ?? []) : [told.split('\n').slice(1)];
  return commands.map(gitCommandOf).flatMap((command) => (command?.command === 'push' ? [command.rest] : []));
}

/** A dry run calls the hook like any push. */
function isDryRun(env: Environment): boolean {
  return pushArguments(env).some((args) =>
    // Git takes the beginning of a long option for the whole, as long as it is no other's too.
    commandFlags(args, pushSyntax).some((flag) => flag === '-n' || /^--dry?(?:-r?u?n?)?$/.test(flag)),
  );
}

/** Git refuses a push that would lose what is not here, after the hook, unless it is forced. */
function isForced(env: Environment): boolean {
  return pushArguments(env).some(
    (args) =>
      args.some((arg) => arg.startsWith('+')) ||
      commandFlags(args, pushSyntax).some((flag) => ['-f', '--force', '--mirror'].includes(flag)),
  );
}

/** The records of an unprotected push follow it, without anybody waiting; see `countersign.publish`. */
async function publishInBackground(
  repo: Repository,
  { remote, url }: PushDestination,
  pushed: readonly PushedRef[],
  env: Environment,
): Promise<void> {
  const heads = pushed.flatMap(({ localOid }) => localOid ?? []);
  await writeProtectFile(repo, [...heads, ...pushed.flatMap(({ remoteOid }) => remoteOid ?? [])]);
  if ((await getConfig(repo.git, 'countersign.publish')) === 'manual' || isDryRun(env)) return;
  const remoteName = heads.length === 0 ? undefined : await toldRemote(repo, { remote, url });
  if (remoteName === undefined) return;
  // Nobody looks: neither git, nor ssh, nor a credential helper may ask.
  const silent = {
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    SSH_ASKPASS_REQUIRE: 'force',
    GCM_INTERACTIVE: 'never',
  };
  const pid = Number(env['COUNTERSIGN_PUSH_PID'] || Number.NaN);
  const arrived = await arrivedRefs(repo, { remote, url }, pushed, {
    pid: Number.isInteger(pid) ? pid : undefined,
    env: silent,
  });
  if (arrived.length === 0) return;
  // Remote-tracking refs that the push has moved say nothing about what was there before.
  const before = (await listRefs(repo.git, `refs/remotes/${remoteName}`))
    .map(({ peeled }) => peeled)
    .filter((tip) => !heads.includes(tip));
  const exclude = [...before, ...pushed.flatMap(({ remoteOid }) => remoteOid ?? [])];
  const include = arrived.flatMap(({ localOid }) => localOid ?? []);
  const links = await listCommits(repo.git, { include, exclude, missing: 'ignore' });
  const commits = links.map(({ sha }) => sha);
  await ensureRecords(repo, recordsOf(repo), commits);
  await publishRecords(repo, {
    remote: url === '' ? remote : url,
    remoteName,
    commits,
    signOffs: 'about-commits',
    env: silent,
    tries: patientTries,
  });
}

/** The remote that a push goes to, named or by its URL, if `init` was told that records may go there. */
async function toldRemote(repo: Repository, destination: PushDestination): Promise<string | undefined> {
  const name = await remoteNameOf(repo, destination);
  return name !== undefined && (await remotesTold(repo)).includes(name) ? name : undefined;
}
