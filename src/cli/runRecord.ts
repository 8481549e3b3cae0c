import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { AgentEvent } from '../agents/adapter';
import { adapterOf, adapters } from '../agents/adapters';
import { decodeGeneric } from '../agents/generic';
import { parsePayload } from '../agents/parsePayload';
import { type RecordableEvent, recordAgent } from '../app/recordAgent';
import { recordEdit } from '../app/recordEdit';
import { type Repository, withRepository } from '../app/repository';
import { logFault } from '../store/faultLog';
import { readStandardInput } from './standardInput';

/** Payloads name files and hold edits; a larger one is no payload. */
const mostBytes = 100 * 1024 * 1024;

const help = `Usage: countersign record <agent id>|generic [event]

An agent or an editor tells of an edit, by one JSON payload on standard input; prints nothing and always exits 0.

generic takes, before and after the edit,
  {"event":"before-edit|after-edit","cwd":"<folder>","files":["<path>"],
   "actor":{"kind":"ai","tool":"<agent id>","model":"...","session":"..."}}
or "actor":{"kind":"human"}; without files every changed file is meant. After the edit
"wrote":{"<path>":"<SHA-256>"} may say what an editor saved, as UTF-8 with line feeds.

The agents whose own hooks are understood: ${adapters.map(({ id }) => id).join(', ')}.
`;

/**
 * `countersign record <agent id>|generic [event]`: one hook payload on standard input. Prints nothing and exits 0 whatever
 * happens, because an agent takes anything else for an answer; faults go to the repository's log.
 */
export async function runRecord(args: readonly string[]): Promise<number> {
  const [agent = '', event] = args;
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  try {
    const input = await readStandardInput(mostBytes);
    if (input === undefined) return 0;
    if (agent === 'generic') await recordGeneric(input);
    else await recordOf(agent, event, input);
  } catch {
    // No repository, or none that can be written: there is nothing to record in and nobody to tell.
  }
  return 0;
}

async function recordGeneric(input: string): Promise<void> {
  const decoded = decodeGeneric(input);
  if (decoded.kind === 'malformed') return logMalformed('generic', process.cwd(), decoded.problems);
  const { edit } = decoded;
  const folders = edit.files.length === 0 ? new Map([[edit.cwd, edit.files]]) : byFolder(edit.files, edit.cwd);
  for (const [folder, files] of folders) {
    await inRepository('generic', folder, (repo) => recordEdit(repo, { ...edit, files }));
  }
}

async function recordOf(agent: string, event: string | undefined, input: string): Promise<void> {
  const adapter = adapterOf(agent);
  if (adapter === undefined) return logMalformed(agent, process.cwd(), ['no such agent']);
  const parsed = parsePayload(input);
  const decoded: AgentEvent =
    parsed.kind === 'parsed'
      ? adapter.decode(parsed.value, { env: process.env, ...(event === undefined ? {} : { event }) })
      : { kind: 'malformed', problems: ['not JSON'] };
  if (decoded.kind === 'nothing') return;
  if (decoded.kind === 'malformed') return logMalformed(agent, process.cwd(), decoded.problems);
  const recordable = withTranscript(decoded);
  const cwd = resolve(decoded.cwd ?? process.cwd());
  if (recordable.kind !== 'edit') {
    await inRepository(agent, existingFolder(cwd), (repo) => recordAgent(repo, recordable, cwd));
    return;
  }
  for (const [folder, files] of byFolder(recordable.files, cwd)) {
    await inRepository(agent, folder, (repo) => recordAgent(repo, { ...recordable, files }, cwd));
  }
}

/** Copilot's command line names its transcript only at the end; it lies under the user's home by the session's id. */
function withTranscript(event: RecordableEvent): RecordableEvent {
  const { session } = event;
  if (session.tool !== 'copilot-cli' || session.transcript !== undefined) return event;
  if (session.conversation === undefined || !/^[\w-]+$/.test(session.conversation)) return event;
  const home = process.env['COPILOT_HOME'] ?? join(homedir(), '.copilot');
  const transcript = join(home, 'session-state', session.conversation, 'events.jsonl');
  return { ...event, session: { ...session, transcript } };
}

async function logMalformed(agent: string, folder: string, problems: readonly string[]): Promise<void> {
  await withRepository(folder, {}, (repo) => {
    logFault(repo.git.commonDir, repo.now(), `record ${agent}: ${problems.join('; ')}`);
    return Promise.resolve();
  });
}

async function inRepository(agent: string, folder: string, use: (repo: Repository) => Promise<void>): Promise<void> {
  await withRepository(folder, {}, async (repo) => {
    try {
      await use(repo);
    } catch (error) {
      logFault(repo.git.commonDir, repo.now(), `record ${agent}: ${String(error)}`);
    }
  }).catch(() => undefined); // Outside a repository there is nothing to record; other files of the call may be inside one.
}

/** Files by the top of their work tree: it follows from the edited file, not from where the agent was started. */
function byFolder(files: readonly string[], cwd: string): ReadonlyMap<string, readonly string[]> {
  const tops = new Map<string, string>();
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const folder = dirname(resolve(cwd, file));
    const top = tops.get(folder) ?? workTreeOf(existingFolder(folder));
    tops.set(folder, top);
    const group = groups.get(top);
    if (group === undefined) groups.set(top, [file]);
    else group.push(file);
  }
  return groups;
}

function existingFolder(folder: string): string {
  let current = folder;
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current);
  return current;
}

/** The nearest folder upwards that looks like a work tree's top, links followed; `folder` itself where none does. */
function workTreeOf(folder: string): string {
  let current = realpathSync(folder);
  while (!existsSync(join(current, '.git'))) {
    const parent = dirname(current);
    if (parent === current) return folder;
    current = parent;
  }
  return current;
}
