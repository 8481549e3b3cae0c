import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AgentEvent } from '../agents/adapter';
import { adapterOf, adapters } from '../agents/adapters';
import { decodeGeneric } from '../agents/generic';
import { parsePayload } from '../agents/parsePayload';
import { mayBeSetUp, placeOf, placesOfCommand, placesOfFiles } from '../app/eventPlaces';
import { type RecordableEvent, recordAgent } from '../app/recordAgent';
import { recordEdit } from '../app/recordEdit';
import { type Repository, withRepository } from '../app/repository';
import { assertNever } from '../core/errors';
import { sessionsFolder } from '../setup/runtime';
import { forgetPlaces, rememberedPlaces, rememberPlace, rememberToldModel, toldModel } from '../store/agentPlaces';
import { logFault } from '../store/faultLog';
import { readStandardInput } from './standardInput';

/** Payloads name files and hold edits; a larger one is no payload. */
const mostBytes = 100 * 1024 * 1024;

/** Milliseconds without a byte after which a payload is taken for whole; agents wait longer for their hooks. */
const mostIdle = 8000;

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
    const input = await readStandardInput(mostBytes, mostIdle);
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
  const folders = edit.files.length === 0 ? new Map([[edit.cwd, edit.files]]) : placesOfFiles(edit.files, edit.cwd);
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
  const record = (place: string, told: RecordableEvent): Promise<void> =>
    inRepository(agent, place, (repo) => recordAgent(repo, told, cwd));
  switch (recordable.kind) {
    case 'edit':
      for (const [place, files] of placesOfFiles(recordable.files, cwd)) {
        await visit(recordable, place, cwd, record);
        await record(place, { ...recordable, files });
      }
      return;
    case 'completion':
      for (const place of placesOfFiles([recordable.file], cwd).keys()) await record(place, recordable);
      return;
    case 'shell':
      // All at once, since the agent waits.
      await Promise.all(
        placesOfCommand(recordable.names, cwd, home()).map(async (place) => {
          await visit(recordable, place, cwd, record);
          await record(place, recordable);
        }),
      );
      return;
    case 'session':
      for (const place of new Set([placeOf(cwd), ...placesSoFar(recordable)])) await record(place, recordable);
      return;
    default:
      assertNever(recordable);
  }
}

type RecordIn = (place: string, told: RecordableEvent) => Promise<void>;

/** At an agent's first event in a place: that it is to be told of its rest there, and of its model, told before elsewhere. */
async function visit({ session }: RecordableEvent, place: string, cwd: string, record: RecordIn): Promise<void> {
  const isFirst = mayBeSetUp(place) && (inSessions((folder) => rememberPlace(folder, session, place)) ?? false);
  if (!isFirst || session.model !== undefined) return;
  const model = inSessions((folder) => toldModel(folder, session));
  if (model === undefined) return;
  await record(place, { kind: 'session', moment: 'start', session: { ...session, model }, cwd });
}

/** Where an agent has worked that now tells of itself; keeps the model that it tells, and forgets it at its end. */
function placesSoFar({ session, moment }: Extract<RecordableEvent, { kind: 'session' }>): readonly string[] {
  const { model } = session;
  const places = inSessions((folder) => rememberedPlaces(folder, session)) ?? [];
  if (moment === 'end') inSessions((folder) => forgetPlaces(folder, session, Date.now()));
  else if (model !== undefined) inSessions((folder) => rememberToldModel(folder, session, model));
  return places;
}

/** What `use` makes of the folder where conversations are kept that leave one repository; nothing where there is none. */
function inSessions<T>(use: (folder: string) => T): T | undefined {
  try {
    return use(sessionsFolder({ platform: process.platform, home: homedir(), env: process.env }));
  } catch {
    // No home, or none that can be written: what is told of one repository is recorded all the same.
    return undefined;
  }
}

/** The user's home; where there is none, nothing is below it. */
function home(): string {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
}

/** Copilot's command line names its transcript only at the end; it lies under the user's home by the session's id. */
function withTranscript(event: RecordableEvent): RecordableEvent {
  const { session } = event;
  if (session.tool !== 'copilot-cli' || session.transcript !== undefined) return event;
  if (session.conversation === undefined || !/^[\w-]+$/.test(session.conversation)) return event;
  const folder = process.env['COPILOT_HOME'] ?? join(home(), '.copilot');
  const transcript = join(folder, 'session-state', session.conversation, 'events.jsonl');
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
