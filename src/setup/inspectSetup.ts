import { access, constants } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { assertNever } from '../core/errors';
import { getAllConfig } from '../git/config';
import type { Git } from '../git/git';
import { type GitVersion, isAtLeast, oldestGit } from '../git/gitVersion';
import { readFolderFile } from './folderFile';
import { launcherPath, readRuntime } from './runtime';
import { planInit, recordsRefspec } from './setupPlan';
import { readSetupState } from './setupState';

/** One thing that is not right with how this repository is set up. */
export type SetupFinding =
  | { readonly kind: 'not-set-up' }
  | { readonly kind: 'hook-missing'; readonly hook: string }
  | { readonly kind: 'hook-changed'; readonly hook: string }
  | { readonly kind: 'hooks-shared'; readonly path: string; readonly scope: string }
  | { readonly kind: 'hooks-tracked'; readonly path: string }
  | { readonly kind: 'hook-blocked'; readonly path: string }
  | { readonly kind: 'runtime-missing'; readonly path: string }
  | { readonly kind: 'node-missing'; readonly path: string }
  | { readonly kind: 'no-fetch-refspec'; readonly remote: string }
  | { readonly kind: 'no-remote-told' }
  | { readonly kind: 'remote-gone'; readonly remote: string }
  | { readonly kind: 'replace-refs' }
  | { readonly kind: 'grafts' }
  | { readonly kind: 'git-too-old'; readonly version: string }
  | { readonly kind: 'ssh-keygen-missing' };

/** Where to look. */
export interface InspectOptions {
  /** The runtime's folder. */
  readonly runtime: AbsPath;
  readonly gitVersions: readonly GitVersion[];
  /** The value of `PATH`. */
  readonly path: string;
}

/** All that is not right, the most basic first; nothing where all is well. @throws as `planInit` */
export async function inspectSetup(git: Git, options: InspectOptions): Promise<readonly SetupFinding[]> {
  const findings: SetupFinding[] = [];
  for (const version of options.gitVersions) {
    if (!isAtLeast(version, oldestGit)) findings.push({ kind: 'git-too-old', version: version.join('.') });
  }
  if ((await readSetupState(git)).entries.length === 0) findings.push({ kind: 'not-set-up' });
  else findings.push(...(await inspectRuntime(options.runtime)), ...(await inspectHooks(git, options)));
  if ((await git.text(['for-each-ref', '--count=1', 'refs/replace/'])) !== '') findings.push({ kind: 'replace-refs' });
  if ((await readFolderFile(join(git.commonDir, 'info', 'grafts') as AbsPath)).kind !== 'absent') {
    findings.push({ kind: 'grafts' });
  }
  if (!(await isOnPath('ssh-keygen', options.path))) findings.push({ kind: 'ssh-keygen-missing' });
  return findings;
}

/** The fact and the next step, a sentence each. */
export function describeSetupFinding(finding: SetupFinding): { readonly message: string; readonly next: string } {
  const again = 'countersign init';
  switch (finding.kind) {
    case 'not-set-up':
      return { message: 'This repository is not set up.', next: again };
    case 'hook-missing':
      return { message: `The hook ${finding.hook} does not reach Countersign.`, next: again };
    case 'hook-changed':
      return { message: `The hook ${finding.hook} is not as it was installed.`, next: again };
    case 'hooks-shared':
      return {
        message: `Git runs hooks from ${finding.path}, which other repositories share (core.hooksPath, ${finding.scope}), so ours do not run.`,
        next: 'Have that folder start the hooks of each repository, or unset core.hooksPath.',
      };
    case 'hooks-tracked':
      return {
        message: `This project tracks its hooks in ${finding.path}, and ours are not in them.`,
        next: 'countersign init --edit-tracked',
      };
    case 'hook-blocked':
      return {
        message: `There is no room for our hook beside ${finding.path}.`,
        next: 'Move what stands in its place, then: countersign init',
      };
    case 'runtime-missing':
      return { message: `The program that hooks start is not in ${finding.path}.`, next: again };
    case 'node-missing':
      return { message: `The Node that hooks start, ${finding.path}, is gone.`, next: again };
    case 'no-fetch-refspec':
      return { message: `Records of ${finding.remote} are not fetched.`, next: again };
    case 'no-remote-told':
      return { message: 'Records are published to no remote.', next: again };
    case 'remote-gone':
      return {
        message: `Records are to be published to ${finding.remote}, which is no remote.`,
        next: `git config --unset --fixed-value countersign.remote ${finding.remote}`,
      };
    case 'replace-refs':
      return {
        message: 'There are refs under refs/replace, which show other commits than those that are pushed.',
        next: 'git replace -d <object>',
      };
    case 'grafts':
      return {
        message: 'There is a grafts file, which shows another history than the one that is pushed.',
        next: 'Remove .git/info/grafts.',
      };
    case 'git-too-old':
      return { message: `Git ${finding.version} is too old.`, next: `Install git ${oldestGit.join('.')} or later.` };
    case 'ssh-keygen-missing':
      return {
        message: 'There is no ssh-keygen, so nothing can be signed or verified.',
        next: 'Install the OpenSSH client.',
      };
    default:
      return assertNever(finding);
  }
}

async function inspectRuntime(folder: AbsPath): Promise<readonly SetupFinding[]> {
  const runtime = await readRuntime(folder);
  switch (runtime.kind) {
    case 'absent':
      return [{ kind: 'runtime-missing', path: folder }];
    case 'no-node':
      return [{ kind: 'node-missing', path: runtime.node }];
    case 'ready':
      return [];
    default:
      return assertNever(runtime);
  }
}

/** What setting up again would do is what is not right. */
async function inspectHooks(git: Git, options: InspectOptions): Promise<readonly SetupFinding[]> {
  const remotes = await getAllConfig(git, 'countersign.remote', { scope: 'local' });
  const { gitVersions, runtime } = options;
  const plan = await planInit(git, { launcher: launcherPath(runtime), remotes, editTracked: false, gitVersions });
  const findings = new Map<string, SetupFinding>();
  const add = (finding: SetupFinding) => findings.set(JSON.stringify(finding), finding);
  for (const note of plan.notes) {
    if (note.kind === 'shared-hooks') add({ kind: 'hooks-shared', path: note.path, scope: note.scope });
    if (note.kind === 'tracked-hooks') add({ kind: 'hooks-tracked', path: note.path });
    if (note.kind === 'hook-blocked') add({ kind: 'hook-blocked', path: note.path });
    if (note.kind === 'no-such-remote') add({ kind: 'remote-gone', remote: note.remote });
  }
  for (const step of plan.steps) {
    if (step.kind === 'write-file') {
      add({ kind: step.before === undefined ? 'hook-missing' : 'hook-changed', hook: basename(step.path) });
    } else if (step.kind === 'edit-file') {
      add({ kind: 'hook-missing', hook: basename(step.path) });
    } else if (step.kind === 'add-config') {
      const remote = remotes.find((name) => step.value === recordsRefspec(name));
      const hook = /^hook\.countersign-(.*)\.(?:command|event)$/.exec(step.key)?.[1];
      if (remote !== undefined) add({ kind: 'no-fetch-refspec', remote });
      if (hook !== undefined) add({ kind: 'hook-missing', hook });
    }
  }
  if (remotes.length === 0 && (await git.text(['remote'])) !== '') add({ kind: 'no-remote-told' });
  return [...findings.values()];
}

/** Relative entries of `PATH` are passed over: they would be looked up in the repository. */
async function isOnPath(program: string, path: string): Promise<boolean> {
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    for (const name of names) {
      const found = await access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return true;
    }
  }
  return false;
}
