import { existsSync, readFileSync } from 'node:fs';
import { ToolError } from '../core/errors';
import { gitVersion } from '../git/gitVersion';
import { readNotes } from '../git/notes';
import { inspectAgents } from '../setup/agents/inspectAgents';
import { inspectServer } from '../setup/inspectServer';
import { describeSetupFinding, inspectSetup } from '../setup/inspectSetup';
import { type Machine, runtimeFolder } from '../setup/runtime';
import { faultLogPath } from '../store/faultLog';
import { signOffsRef } from './gate/gatherEvents';
import { recordsRef } from './recordBook';
import type { Repository } from './repository';

/** One thing that is not right with a repository, and how to mend it where that is known. */
export interface Ailment {
  readonly kind: string;
  readonly message: string;
  readonly next: string | null;
}

/** How many of the last faults are shown. */
const shownFaults = 5;

/** All that is not right: with the set-up, of a bare repository with its gate, then with what is kept. */
export async function examine(repo: Repository, machine: Machine): Promise<readonly Ailment[]> {
  const { git } = repo;
  const found = await inspectSetup(git, {
    runtime: runtimeFolder(machine),
    gitVersions: [await gitVersion(git.program, machine.env)],
    path: machine.env['PATH'] ?? '',
  });
  const isServer = git.workTree === undefined;
  return [
    // Nothing is captured or signed in a bare repository.
    ...found
      .filter(({ kind }) => !isServer || (kind !== 'not-set-up' && kind !== 'ssh-keygen-missing'))
      .map((finding) => ({ kind: finding.kind, ...describeSetupFinding(finding) })),
    ...(isServer ? await inspectServer(git) : await inspectAgents(machine)),
    ...(await oddSettings(repo)),
    ...(await unreadableNotes(repo)),
    ...ledgerAilments(repo),
    ...faults(repo),
  ];
}

/** Settings of ours that take one of a few words, the first of which counts where the word is another one. */
const choices = {
  'countersign.trailers': ['full', 'assisted-by', 'none'],
  'countersign.publish': ['background', 'manual'],
} as const;

async function oddSettings(repo: Repository): Promise<readonly Ailment[]> {
  const settings = await repo.settings();
  return Object.entries(choices).flatMap(([key, words]) => {
    const value = settings.get(key);
    if (value === undefined || words.some((word) => word === value)) return [];
    return [
      {
        kind: 'setting-unknown',
        message: `The setting ${key} is "${value}", which is none of ${words.join(', ')}; ${words[0]} counts.`,
        next: `git config ${key} ${words[0]}`,
      },
    ];
  });
}

async function unreadableNotes(repo: Repository): Promise<readonly Ailment[]> {
  const ailments: Ailment[] = [];
  for (const ref of [recordsRef, signOffsRef]) {
    try {
      await readNotes(repo.git, ref);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'git-failed') throw error;
      ailments.push({
        kind: 'notes-unreadable',
        message: `${ref} holds no notes that can be read: ${error.message}`,
        next: `See what it was with: git reflog ${ref}. Remove it with: git update-ref -d ${ref}, then: countersign sync`,
      });
    }
  }
  return ailments;
}

function ledgerAilments({ ledger }: Repository): readonly Ailment[] {
  const torn = ledger.problems().map(({ journal, tornBytes }) => ({
    kind: 'journal-torn',
    message: `The last ${tornBytes} bytes of the ledger's journal ${journal} are torn: a program was killed while it wrote. What stands before them is used.`,
    next: null,
  }));
  if (ledger.isWritable()) return torn;
  return [
    ...torn,
    {
      kind: 'ledger-not-writable',
      message: `The ledger in ${ledger.directory} cannot be written, so nobody's edits are recorded.`,
      next: 'Make it and the folders above it yours to write.',
    },
  ];
}

function faults({ git }: Repository): readonly Ailment[] {
  const log = faultLogPath(git.commonDir);
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-shownFaults)
    .map((line) => ({
      kind: 'fault',
      message: `A hook stepped aside: ${line}`,
      next: `Once it is mended, remove ${log}.`,
    }));
}
