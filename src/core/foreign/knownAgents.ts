import { agentId, agentIdOfName } from '../message/agentNames';

/*
 * The identities by which AI tools sign commits: addresses and logins in `Name <email>` of authors, committers and
 * co-authors. Only what is listed counts, compared whole and without case; a display name decides nothing but which of
 * two tools with one address it is, since people are called Claude, Devin and Jules. Bots that only build, update or
 * merge are not listed. Sources: the tools' own documentation and commits that they made in public repositories.
 */

/** How sure an identity or trailer is: `low` ones are an inference whoever wrote them. */
export type Confidence = 'usual' | 'low';

/** An AI tool that an identity or a trailer names. */
export interface KnownAgent {
  readonly tool: string;
  readonly model?: string;
  readonly confidence: Confidence;
}

const usual = (tool: string, ...names: readonly string[]): readonly (readonly [string, KnownAgent])[] =>
  names.map((name) => [name, { tool, confidence: 'usual' }]);

/** Whole addresses, in lower case. Those of a forge carry the number of the account, since its name may be a person's elsewhere. */
const addresses: ReadonlyMap<string, KnownAgent> = new Map([
  ...usual('claude-code', 'noreply@anthropic.com', 'claude@anthropic.ai'),
  ...usual(
    'copilot',
    '198982749+copilot@users.noreply.github.com',
    '223556219+copilot@users.noreply.github.com',
    '175728472+copilot@users.noreply.github.com',
  ),
  // An editor added this one by itself for a time, whoever had written.
  ['copilot@github.com', { tool: 'copilot', confidence: 'low' }],
  ...usual('cursor', 'cursoragent@cursor.com'),
  ...usual('codex', 'noreply@openai.com', 'codex@openai.com', '267193182+codex@users.noreply.github.com'),
  ...usual('aider', 'aider@aider.chat', 'noreply@aider.chat'),
  ...usual('gemini-cli', 'gemini-cli-robot@google.com'),
  ...usual('jules', 'jules@google.com'),
  ...usual('windsurf', 'cascade@windsurf.ai', 'noreply@windsurf.com', 'noreply@codeium.com'),
  ...usual('opencode', 'noreply@opencode.ai'),
  ...usual('amp', 'amp@ampcode.com'),
  ...usual('openhands', 'openhands@all-hands.dev'),
  ...usual('kiro', 'noreply@kiro.dev', '244629292+kiro-agent@users.noreply.github.com'),
  ...usual('droid', 'droid@factory.ai'),
  ...usual('qwen-code', 'qwen-coder@alibabacloud.com'),
  ...usual('crush', 'crush@charm.land'),
  ...usual('roo-code', 'roomote@roocode.com'),
  ...usual('continue', 'noreply@continue.dev'),
  ...usual('tabnine', 'noreply@tabnine.com'),
  ...usual('trae', 'traecli@bytedance.com'),
  ...usual('replit', 'agent@replit.com', 'no-reply@replit.com'),
  ...usual('lovable', 'noreply@lovable.dev'),
  ...usual('bolt', 'noreply@bolt.new'),
  ...usual('v0', 'noreply@v0.dev'),
  ...usual('charlie', 'charlie@charlielabs.ai'),
]);

/** Accounts of apps on a forge: `[<number>+]<login>@users.noreply.github.com`. No person's login ends in `[bot]`. */
const apps: ReadonlyMap<string, KnownAgent> = new Map([
  ...usual('claude-code', 'claude[bot]'),
  ...usual('copilot', 'copilot-swe-agent[bot]'),
  ...usual('cursor', 'cursor[bot]', 'cursoragent[bot]'),
  ...usual('codex', 'chatgpt-codex-connector[bot]'),
  ...usual('gemini-cli', 'gemini-cli[bot]', 'gemini-code-assist[bot]'),
  ...usual('jules', 'google-labs-jules[bot]'),
  ...usual('devin', 'devin-ai-integration[bot]'),
  ...usual('opencode', 'opencode-agent[bot]'),
  ...usual('amazon-q', 'amazon-q-developer[bot]'),
  ...usual('droid', 'factory-droid[bot]'),
  ...usual('lovable', 'lovable-dev[bot]', 'gpt-engineer-app[bot]'),
  ...usual('v0', 'v0[bot]'),
  ...usual('zencoder', 'zencoder-ai[bot]'),
  ...usual('sweep', 'sweep-ai[bot]'),
  ...usual('codegen', 'codegen-sh[bot]'),
  ...usual('ellipsis', 'ellipsis-dev[bot]'),
  ...usual('blackbox', 'blackboxai[bot]'),
]);

/** Names in `Assisted-by` and the like that only a tool has. */
const toolNames: ReadonlySet<string> = new Set([
  ...['claude-code', 'codex', 'copilot', 'copilot-cli', 'cursor', 'gemini-cli', 'windsurf', 'opencode', 'qwen-code'],
  ...['cline', 'droid', 'kilo', 'amp', 'kiro', 'aider', 'openhands', 'roo-code', 'chatgpt', 'junie', 'amazon-q'],
]);

/** Names that a person or a word may have, too: a tool's only with a model beside them. */
const sharedNames: ReadonlyMap<string, string> = new Map([
  ['claude', 'claude-code'],
  ['gemini', 'gemini-cli'],
  ['continue', 'continue'],
  ['devin', 'devin'],
  ['jules', 'jules'],
  ['goose', 'goose'],
]);

/** Whose identity `name <email>` is; nothing where it is no listed tool's. */
export function agentOfIdentity(name: string, email: string): KnownAgent | undefined {
  const address = email.trim().toLowerCase();
  if (address === 'noreply@anthropic.com' && name.trim().toLowerCase() === 'goose') {
    return { tool: 'goose', confidence: 'low' };
  }
  if (name.trim() === 'Copilot Autofix powered by AI') return { tool: 'copilot', confidence: 'usual' };
  // aider marks its author and committer: `Ana Ruiz (aider)`.
  if (name.trimEnd().endsWith(' (aider)')) return { tool: 'aider', confidence: 'usual' };
  const [, login] = /^(?:\d+\+)?([^@]+\[bot\])@users\.noreply\.github\.com$/.exec(address) ?? [];
  const known = addresses.get(address) ?? (login === undefined ? undefined : apps.get(login));
  if (known === undefined) {
    return address.endsWith('@devin.ai') ? { tool: 'devin', confidence: 'usual' } : undefined;
  }
  const model = modelInName(known.tool, name.trim());
  return model === undefined ? known : { ...known, model };
}

/** Claude Code gives its model as the name, aider in brackets behind its own. */
function modelInName(tool: string, name: string): string | undefined {
  if (tool === 'claude-code') return /^Claude [A-Z].*\d/.test(name) && !/^Claude Code\b/.test(name) ? name : undefined;
  return tool === 'aider' ? /^aider \(([^()]{1,200})\)$/.exec(name)?.[1] : undefined;
}

/** The tool that a bare name is, `hasModel` telling whether a model stands with it; nothing for a person's. */
export function agentOfName(name: string, hasModel: boolean): string | undefined {
  const shared = sharedNames.get(agentId(name));
  if (shared !== undefined) return hasModel ? shared : undefined;
  const tool = agentIdOfName(name);
  return toolNames.has(tool) ? tool : undefined;
}
