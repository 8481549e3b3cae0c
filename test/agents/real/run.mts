/**
 * Runs real agents against a model server of our own, with hooks that `countersign init --agents` installed, and holds
 * `countersign blame` against what the model was made to do. `npm run test:agents [-- <agent id>...]`.
 *
 * The agents come from npm, once, into `$COUNTERSIGN_AGENTS`, else a folder below the user's cache.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ProvenanceRepo, provenanceRepo, repoAt } from '../../support/provenanceRepo';
import { startModelServer, type Turn } from './modelServer';

interface Product {
  readonly id: string;
  readonly npm: string;
  /** Script of the package that fetches nothing but puts its program in place; npm may be set not to run it. */
  readonly afterInstall?: string;
  readonly program: string;
  /** How it names the arguments of tools that others have under the same name. */
  readonly shape: 'camel' | 'snake' | 'copilot';
  /** Id in records, where it is another one. */
  readonly tool?: string;
  readonly model: string;
  /** Settings of the product itself, below the home; the hooks come from `init`. */
  settings(port: number, work: string): Readonly<Record<string, string>>;
  readonly args: readonly string[];
  env(port: number): Readonly<Record<string, string>>;
}

const products: readonly Product[] = [
  {
    id: 'claude-code',
    npm: '@anthropic-ai/claude-code@2.1.330',
    afterInstall: '@anthropic-ai/claude-code/install.cjs',
    program: 'claude',
    shape: 'snake',
    model: 'claude-sonnet-4-5-20250929',
    settings: () => ({ '.claude/settings.json': '{\n  "env": {}\n}\n' }),
    args: [
      '-p',
      'go',
      '--permission-mode',
      'acceptEdits',
      '--allowedTools',
      'Bash,Edit,Write,Read',
      '--model',
      'claude-sonnet-4-5-20250929',
    ],
    env: (port) => ({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_API_KEY: 'x',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
  },
  {
    id: 'codex',
    npm: '@openai/codex@0.169.0',
    program: 'codex',
    shape: 'snake',
    model: 'gpt-5.5',
    settings: (port, work) => ({
      '.codex/config.toml': `model = "gpt-5.5"\nmodel_provider = "own"\ncheck_for_update_on_startup = false\n[model_providers.own]\nname = "own"\nbase_url = "http://127.0.0.1:${port}/v1"\nwire_api = "responses"\nenv_key = "OWN_KEY"\n[analytics]\nenabled = false\n[projects."${work}"]\ntrust_level = "trusted"\n`,
    }),
    // A person approves the hooks in Codex; nobody sits here.
    args: ['exec', '--dangerously-bypass-approvals-and-sandbox', '--dangerously-bypass-hook-trust', 'go'],
    env: () => ({ OWN_KEY: 'x' }),
  },
  {
    id: 'opencode',
    npm: 'opencode-ai@1.18.33',
    afterInstall: 'opencode-ai/postinstall.mjs',
    program: 'opencode',
    shape: 'camel',
    model: 'claude-sonnet-4-5',
    settings: (port) => ({
      '.config/opencode/opencode.json': JSON.stringify({
        autoupdate: false,
        share: 'disabled',
        permission: { edit: 'allow', bash: 'allow' },
        provider: { anthropic: { options: { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'x' } } },
      }),
    }),
    args: ['run', '-m', 'anthropic/claude-sonnet-4-5', '--auto', 'go'],
    env: () => ({
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    }),
  },
  {
    id: 'copilot',
    npm: '@github/copilot@1.0.102',
    program: 'copilot',
    shape: 'copilot',
    tool: 'copilot-cli',
    model: 'claude-sonnet-4.5',
    settings: () => ({}),
    args: ['--allow-all-tools', '-p', 'go'],
    env: (port) => ({
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}`,
      COPILOT_PROVIDER_TYPE: 'anthropic',
      COPILOT_PROVIDER_API_KEY: 'x',
      COPILOT_MODEL: 'claude-sonnet-4.5',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_ALLOW_ALL: 'true',
    }),
  },
  {
    id: 'gemini-cli',
    npm: '@google/gemini-cli@0.61.0',
    program: 'gemini',
    shape: 'snake',
    model: 'gemini-2.5-pro',
    settings: () => ({
      '.gemini/settings.json':
        '{"security":{"auth":{"selectedType":"gemini-api-key"}},"general":{"enableAutoUpdate":false},"privacy":{"usageStatisticsEnabled":false},"telemetry":{"enabled":false}}\n',
    }),
    args: ['-p', 'go', '--yolo', '-m', 'gemini-2.5-pro'],
    env: (port) => ({
      GEMINI_API_KEY: 'x',
      GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    }),
  },
  {
    id: 'qwen-code',
    npm: '@qwen-code/qwen-code@0.24.4',
    program: 'qwen',
    shape: 'snake',
    model: 'qwen3-coder-plus',
    settings: () => ({
      '.qwen/settings.json':
        '{"security":{"auth":{"selectedType":"openai"}},"privacy":{"usageStatisticsEnabled":false},"telemetry":{"enabled":false},"general":{"enableAutoUpdate":false}}\n',
    }),
    args: ['--auth-type', 'openai', '--yolo', '-p', 'go'],
    env: (port) => ({
      OPENAI_API_KEY: 'x',
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      OPENAI_MODEL: 'qwen3-coder-plus',
    }),
  },
];

const before = 'function app() {\n  const a = 1;\n  return a;\n}\n';
const oldLine = '  const a = 1;';
const newLine = '  let total: number[] = collect(from, there);';
const command = "printf 'by the command\\n' >> shell.txt && git add -A && git commit -q -m 'By the agent'";

/** Make a file, read and edit another, run a command that appends to a third and commits. */
function turns(work: string, shape: 'camel' | 'snake' | 'copilot'): readonly Turn[] {
  const at = (name: string): string => join(work, name);
  const patch = (body: string): string => `*** Begin Patch\n${body}\n*** End Patch`;
  /** The file as the tool's own argument. */
  const file = (tool: string, name: string) => {
    if (/^[A-Z]|_/.test(tool) || shape === 'snake') return { file_path: at(name) };
    return shape === 'copilot' ? { path: at(name) } : { filePath: at(name) };
  };
  const change = (tool: string) => {
    if (tool === 'edit' && shape === 'copilot') return { old_str: oldLine, new_str: newLine };
    if (tool === 'edit' && shape === 'camel') return { oldString: oldLine, newString: newLine };
    return { old_string: oldLine, new_string: newLine, ...(tool === 'replace' ? { instruction: 'change it' } : {}) };
  };
  const content = 'const made = 1;\nconst more = 2;\n';
  const addition = patch('*** Add File: made.ts\n+const made = 1;\n+const more = 2;');
  return [
    {
      tools: ['Write', 'write', 'write_file', 'create', 'apply_patch'],
      arguments: (tool) => {
        if (tool === 'apply_patch') return addition;
        return { ...file(tool, 'made.ts'), ...(tool === 'create' ? { file_text: content } : { content }) };
      },
    },
    {
      tools: ['Read', 'read', 'read_file', 'view', 'exec_command'],
      arguments: (tool) => (tool === 'exec_command' ? { cmd: 'cat app.ts' } : file(tool, 'app.ts')),
    },
    {
      tools: ['Edit', 'edit', 'replace', 'apply_patch'],
      arguments: (tool) => {
        if (tool === 'apply_patch') return patch(`*** Update File: app.ts\n@@\n-${oldLine}\n+${newLine}`);
        return { ...(tool === 'replace' ? { file_path: at('app.ts') } : file(tool, 'app.ts')), ...change(tool) };
      },
    },
    {
      tools: ['Bash', 'bash', 'run_shell_command', 'exec_command'],
      arguments: (tool) => {
        if (tool === 'exec_command') return { cmd: command };
        return { command, description: 'run', ...(tool === 'run_shell_command' ? { is_background: false } : {}) };
      },
    },
  ];
}

function install(product: Product, folder: string): string {
  const program = join(folder, 'node_modules', '.bin', product.program);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const npm = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', product.npm], {
    encoding: 'utf8',
  });
  if (npm.status !== 0) throw new Error(`npm install ${product.npm}: ${npm.stderr}`);
  if (product.afterInstall !== undefined) {
    const script = join(folder, 'node_modules', ...product.afterInstall.split('/'));
    spawnSync(process.execPath, [script], { cwd: join(script, '..') });
  }
  return program;
}

/** What was found wrong; nothing where all is right. */
async function tryProduct(product: Product, program: string): Promise<readonly string[]> {
  const base = provenanceRepo();
  const home = join(base.root, 'home');
  const server = await startModelServer(turns(base.work, product.shape));
  try {
    mkdirSync(home);
    for (const [name, text] of Object.entries(product.settings(server.port, base.work))) {
      mkdirSync(join(home, name, '..'), { recursive: true });
      writeFileSync(join(home, name), text);
    }
    const env = { ...base.env, HOME: home, TERM: 'dumb', SHELL: '/bin/bash', ...product.env(server.port) };
    writeFileSync(join(home, '.gitconfig'), readFileSync(join(base.env['HOME'] ?? '', '.gitconfig')));
    const repo = repoAt(base.root, base.work, env);
    // Gemini CLI hides the user's configuration of git from its shell.
    repo.git('config', 'user.name', 'Ana');
    repo.git('config', 'user.email', 'ana@example.com');
    repo.write('app.ts', before);
    repo.write('shell.txt', 'first\n');
    repo.commit('Base');
    const init = repo.cli(['init', '--yes', '--agents', product.id]);
    if (init.status !== 0) return [`init: ${init.stderr}`];
    const [code, output] = await run(program, product.args, base.work, env);
    if (code !== 0) return [`ended with ${code}: ${output.slice(-2000)}`];
    const wrong = check(product, repo);
    if (wrong.length > 0) appendFileSync(join(base.root, 'output.txt'), output);
    const removed = repo.cli(['deinit', '--yes', '--agents']);
    if (removed.status !== 0) wrong.push(`deinit: ${removed.stderr}`);
    for (const [name, text] of Object.entries(product.settings(server.port, base.work))) {
      if (!/settings\.json$/.test(name)) continue;
      const left = readFileSync(join(home, name), 'utf8');
      // Qwen Code rewrites its own settings as it starts.
      if (left.includes('countersign') || (left !== text && product.id !== 'qwen-code'))
        wrong.push(`deinit left ${name} changed`);
    }
    return wrong.length > 0 ? [...wrong, output.slice(-1500)] : [];
  } finally {
    server.close();
    base.remove();
  }
}

function check(product: Product, repo: ProvenanceRepo): string[] {
  const wrong: string[] = [];
  const expect = (path: string, lines: readonly boolean[]): void => {
    const found = repo.blameJson(path, 'HEAD');
    if (found.length !== lines.length) wrong.push(`${path} has ${found.length} lines`);
    lines.forEach((isAi, index) => {
      const line = found[index];
      const right = isAi
        ? line?.class === 'ai' &&
          line.tool === (product.tool ?? product.id) &&
          line.model === product.model &&
          line.session !== null &&
          line.evidence === 'measured'
        : line?.class === 'unknown';
      if (!right) wrong.push(`${path}:${index + 1} is ${JSON.stringify(line)}`);
    });
  };
  const step = (name: string, path: string, lines: readonly boolean[]): void => {
    const count = wrong.length;
    try {
      expect(path, lines);
    } catch (error) {
      wrong.push(`${path}: ${String(error)}`);
    }
    console.log(`  ${name}: ${wrong.length === count ? 'right' : 'WRONG'}`);
  };
  step('create', 'made.ts', [true, true]);
  step('edit', 'app.ts', [false, true, false, false]);
  step('shell and commit', 'shell.txt', [false, true]);
  if (repo.git('log', '-1', '--format=%s') !== 'By the agent') wrong.push('the agent did not commit');
  if (repo.faults() !== '') wrong.push(repo.faults());
  return wrong;
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
    });
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
    child.on('error', reject);
    child.on('close', (code) => resolve([code ?? -1, Buffer.concat(parts).toString('utf8')]));
  });
}

const folder =
  process.env['COUNTERSIGN_AGENTS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'countersign-agents');
const wanted = process.argv.slice(2);
let failed = 0;
for (const product of products.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  console.log(product.npm);
  const wrong = await tryProduct(product, install(product, folder));
  for (const line of wrong) console.log(`  ${line}`);
  if (wrong.length > 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
