/** One real agent: where it comes from, and how it is started so that it talks to nobody but a server on the loopback. */
export interface Product {
  /** As in `init --agents`. */
  readonly id: string;
  /** Package and version on npm. */
  readonly npm: string;
  /** Script of the package that fetches nothing but puts its program in place; scripts are off when it is installed. */
  readonly afterInstall?: string;
  /** The program below `node_modules`. */
  readonly program: string;
  /** Id in records, where it is another one. */
  readonly tool?: string;
  /** What records are to say; `null` where the product tells nobody. */
  readonly model: string | null;
  /** Settings of the product itself, below the home; the hooks come from `init`. */
  settings(port: number, work: string): Readonly<Record<string, string>>;
  /** Arguments of a run that goes before. */
  signIn?(port: number): readonly string[];
  readonly args: readonly string[];
  env(port: number): Readonly<Record<string, string>>;
  /** Quick enough for every run of the tests. */
  readonly quick?: true;
  /** Rewrites its own settings when it starts, so that they are not as they were afterwards. */
  readonly rewritesSettings?: true;
  /** Tells of its edits in no hook but to a program of this name, and of its commands nobody. */
  readonly tells?: string;
}

const openAi = (port: number): string => `http://127.0.0.1:${port}/v1`;

/** OpenCode and its fork take the same settings. */
function openCodeLike(id: string, prefix: string): Pick<Product, 'id' | 'model' | 'settings' | 'args' | 'env'> {
  return {
    id,
    model: 'claude-sonnet-4-5',
    settings: (port) => ({
      [`.config/${id}/${id}.json`]: JSON.stringify({
        autoupdate: false,
        share: 'disabled',
        permission: { edit: 'allow', bash: 'allow' },
        provider: { anthropic: { options: { baseURL: openAi(port), apiKey: 'x' } } },
      }),
    }),
    args: ['run', '-m', 'anthropic/claude-sonnet-4-5', '--auto', 'go'],
    env: () => ({
      [`${prefix}_DISABLE_AUTOUPDATE`]: '1',
      [`${prefix}_DISABLE_MODELS_FETCH`]: '1',
      [`${prefix}_DISABLE_LSP_DOWNLOAD`]: '1',
    }),
  };
}

/** The agents that npm carries and that work without a login. */
export const products: readonly Product[] = [
  {
    id: 'claude-code',
    quick: true,
    npm: '@anthropic-ai/claude-code@2.1.330',
    afterInstall: '@anthropic-ai/claude-code/install.cjs',
    program: '.bin/claude',
    model: 'claude-sonnet-4-5-20250929',
    settings: () => ({ '.claude/settings.json': '{\n  "env": {}\n}\n' }),
    args: [
      ...['-p', 'go', '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash,Edit,Write,Read'],
      ...['--model', 'claude-sonnet-4-5-20250929'],
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
    program: '.bin/codex',
    model: 'gpt-5.5',
    settings: (port, work) => ({
      '.codex/config.toml': `model = "gpt-5.5"\nmodel_provider = "own"\ncheck_for_update_on_startup = false\n[model_providers.own]\nname = "own"\nbase_url = "${openAi(port)}"\nwire_api = "responses"\nenv_key = "OWN_KEY"\n[analytics]\nenabled = false\n[projects."${work}"]\ntrust_level = "trusted"\n`,
    }),
    // A person approves the hooks in Codex; nobody sits here.
    args: ['exec', '--dangerously-bypass-approvals-and-sandbox', '--dangerously-bypass-hook-trust', 'go'],
    env: () => ({ OWN_KEY: 'x' }),
  },
  {
    id: 'gemini-cli',
    quick: true,
    npm: '@google/gemini-cli@0.61.0',
    program: '.bin/gemini',
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
    id: 'copilot',
    npm: '@github/copilot@1.0.102',
    program: '.bin/copilot',
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
    ...openCodeLike('opencode', 'OPENCODE'),
    npm: 'opencode-ai@1.18.33',
    afterInstall: 'opencode-ai/postinstall.mjs',
    program: '.bin/opencode',
  },
  {
    id: 'qwen-code',
    npm: '@qwen-code/qwen-code@0.24.4',
    program: '.bin/qwen',
    model: 'qwen3-coder-plus',
    settings: () => ({
      '.qwen/settings.json':
        '{"security":{"auth":{"selectedType":"openai"}},"privacy":{"usageStatisticsEnabled":false},"telemetry":{"enabled":false},"general":{"enableAutoUpdate":false}}\n',
    }),
    args: ['--auth-type', 'openai', '--yolo', '-p', 'go'],
    env: (port) => ({ OPENAI_API_KEY: 'x', OPENAI_BASE_URL: openAi(port), OPENAI_MODEL: 'qwen3-coder-plus' }),
    rewritesSettings: true,
  },
  {
    id: 'cline',
    npm: 'cline@3.0.65',
    program: '.bin/cline',
    model: null,
    settings: () => ({}),
    signIn: (port) => ['auth', '-p', 'openai-compatible', '-k', 'x', '-m', 'claude-sonnet-4-5', '-b', openAi(port)],
    args: ['-P', 'openai-compatible', '-m', 'claude-sonnet-4-5', '--auto-approve', 'true', 'please go'],
    env: () => ({ CLINE_NO_AUTO_UPDATE: '1' }),
  },
  {
    id: 'droid',
    npm: `@factory/cli-linux-${process.arch}@0.225.2`,
    program: `@factory/cli-linux-${process.arch}/bin/droid`,
    model: 'custom:Own-0',
    settings: (port) => ({
      '.factory/settings.json': `${JSON.stringify({
        customModels: [
          {
            model: 'claude-sonnet-4-5',
            displayName: 'Own',
            baseUrl: `http://127.0.0.1:${port}`,
            apiKey: 'x',
            provider: 'anthropic',
            maxOutputTokens: 8000,
          },
        ],
        cloudSessionSync: false,
      })}\n`,
    }),
    args: ['exec', '-m', 'custom:Own-0', '--auto', 'high', 'go'],
    env: () => ({
      FACTORY_DISABLE_KEYRING: '1',
      FACTORY_DROID_AUTO_UPDATE_ENABLED: 'false',
      FACTORY_OTEL_ENABLED: 'false',
    }),
    rewritesSettings: true,
  },
  {
    ...openCodeLike('kilo', 'KILO'),
    npm: `@kilocode/cli-linux-${process.arch}@7.7.9`,
    program: `@kilocode/cli-linux-${process.arch}/bin/kilo`,
  },
  {
    id: 'continue',
    npm: '@continuedev/cli@1.5.47',
    program: '.bin/cn',
    model: 'gpt-4.1',
    settings: (port) => ({
      '.continue/config.yaml': `name: own\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: Own\n    provider: openai\n    model: gpt-4.1\n    apiBase: ${openAi(port)}\n    apiKey: x\n    roles: [chat, edit]\n    capabilities: [tool_use]\n`,
    }),
    args: ['--config', '.continue/config.yaml', '--auto', '-p', 'go'],
    env: () => ({ CONTINUE_TELEMETRY_ENABLED: '0' }),
    tells: 'git-ai',
  },
];
