/**
 * The text of the plugin that tells of OpenCode's tools. Whatever goes wrong in it stays in it: a hook that throws would
 * keep the tool from running. It waits before a tool, since what the files held has to be read first.
 *
 * `program` is the absolute path of our command line, or empty for whichever of the usual places has it.
 */
export function openCodePlugin(id: string, program: string): string {
  return `// Tells Countersign which lines ${id} writes. Made by: countersign init --agents; removed by: countersign deinit --agents
// Starts <data folder>/countersign/runtime/countersign record ${id}
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const places = ${JSON.stringify(program === '' ? [] : [program])};
if (places.length === 0) {
  const data = process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share');
  for (const folder of [data, join(homedir(), 'Library', 'Application Support')])
    places.push(join(folder, 'countersign', 'runtime', 'countersign'));
}
const quiet = new Set(['read', 'glob', 'grep', 'list', 'webfetch', 'websearch', 'todowrite', 'todoread', 'task', 'question', 'skill', 'lsp']);
const models = new Map();

function tell(event, payload) {
  return new Promise((done) => {
    try {
      const program = places.find((place) => existsSync(place));
      if (program === undefined) return done();
      const child = spawn(program, ['record', '${id}', event], { stdio: ['pipe', 'ignore', 'ignore'] });
      const timer = setTimeout(() => child.kill(), 15000);
      const end = () => {
        clearTimeout(timer);
        done();
      };
      child.on('error', end);
      child.on('close', end);
      child.stdin.on('error', () => {});
      child.stdin.end(JSON.stringify(payload));
    } catch {
      done();
    }
  });
}

export const Countersign = async (context) => {
  const directory = context?.directory;
  const about = (input) => ({ directory, model: models.get(input?.sessionID) });
  const remember = (input, model) => {
    const agent = input?.agent?.name ?? input?.agent;
    const name = model?.id ?? model?.modelID;
    if (agent !== 'title' && typeof name === 'string') models.set(input?.sessionID, name);
  };
  return {
    'chat.message': async (input) => remember(input, input?.model),
    'chat.params': async (input) => remember(input, input?.model),
    'tool.execute.before': async (input, output) => {
      if (!quiet.has(input?.tool)) await tell('tool.execute.before', { ...about(input), input, output: { args: output?.args } });
    },
    'tool.execute.after': async (input) => {
      if (!quiet.has(input?.tool)) await tell('tool.execute.after', { ...about(input), input });
    },
    event: async ({ event }) => {
      const properties = event?.properties;
      if (event?.type === 'session.idle') await tell('event:session.idle', { ...about(properties), properties });
      const part = properties?.part;
      if (event?.type === 'message.part.updated' && part?.type === 'tool' && part.state?.status === 'error' && !quiet.has(part.tool))
        await tell('event:message.part.updated', { ...about(properties), properties });
    },
  };
};
`;
}
