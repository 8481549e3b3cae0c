import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { DecodeContext } from '../../src/agents/adapter';
import { adapterOf, adapters } from '../../src/agents/adapters';
import { parsePayload } from '../../src/agents/parsePayload';
import { patchPaths } from '../../src/agents/patchPaths';
import { decoded, recorded, short } from './recorded';

/** Product of the recording, id of the adapter, then each run with what it decodes to; the letters are {@link short}'s. */
const runs: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  [
    'claude',
    'claude-code',
    {
      main: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ . !',
      sub: '^ <src/sub.ts . >src/sub.ts . . !',
      fail: '^ . !',
      parallel: '^ <src/app.ts >src/app.ts <src/app.ts >src/app.ts <src/p.ts >src/p.ts . !',
      overwrite: '^ <src/app.ts >src/app.ts . !',
      sed: '^ <$ >$ . !',
      bg: '^ <$& >$& <$ >$ . !',
      'subdir-user': '^ <src/sub.ts >src/sub.ts . !',
      'tui-1': '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ . !',
    },
  ],
  [
    'copilot',
    'copilot',
    {
      main: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ . !',
      gpt: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ . !',
      'gpt-multi':
        '^ <src/app.ts+src/m.ts+src/del.ts+src/mv.ts+src/moved.ts >src/app.ts+src/m.ts+src/del.ts+src/mv.ts+src/moved.ts . !',
      sub: '^ <src/sub.ts >src/sub.ts . . . !',
      fail: '^ <src/app.ts >src/app.ts . !',
      parallel: '^ <src/app.ts <src/app.ts <src/p.ts >src/app.ts >src/p.ts >src/app.ts . !',
      pascal: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ . !',
      'TRUST-all-HOOKLOC-claude': '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ . !',
      bg: '^ <$& >$& <$ >$ . !',
      subdir: '^ <src/sub.ts >src/sub.ts . !',
    },
  ],
  [
    'codex',
    'codex',
    {
      main: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ . !',
      cm: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ . !',
      sub: '^ <src/sub.ts >src/sub.ts . . !',
      fail: '^ <src/app.ts . !',
      parallel: '^ <src/app.ts >src/app.ts <src/p.ts >src/p.ts <src/app.ts >src/app.ts . !',
      multi:
        '^ <src/app.ts+src/m.ts+src/del.ts+src/mv.ts+src/moved.ts >src/app.ts+src/m.ts+src/del.ts+src/mv.ts+src/moved.ts . !',
      shelledit: '^ <$ . !',
      sed: '^ <$ >$ . !',
      bg: '^ <$ <$ >$ . !',
      bgpoll: '^ <$ >$ . !',
      subdir: '^ <src/sub.ts >src/sub.ts . !',
    },
  ],
  [
    'gemini',
    'gemini-cli',
    {
      main: '^ ^ <src/hello.ts >src/hello.ts ^ <src/app.ts >src/app.ts <$ >$ <$ >$ . !',
      bg: '^ ^ <$& >$& ^ <$ >$ . !',
      sub: '^ ^ ^ <src/sub.ts >src/sub.ts . !',
      fail: '^ ^ ^ <src/app.ts >src/app.ts . !',
      parallel: '^ ^ ^ <src/app.ts >src/app.ts <src/app.ts >src/app.ts <src/p.ts >src/p.ts . !',
      overwrite: '^ ^ ^ <src/app.ts >src/app.ts . !',
      'subdir-user': '^ ^ <src/sub.ts >src/sub.ts ^ . !',
    },
  ],
  [
    'opencode',
    'opencode',
    {
      main: '^ ^ ^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ .',
      'gpt-multi':
        '^ ^ ^ <src/app.ts+src/m.ts+src/del.ts+src/mv.ts+src/moved.ts >src/app.ts+src/m.ts+src/del.ts+src/mv.ts+src/moved.ts .',
      sub: '^ ^ ^ ^ <src/sub.ts >src/sub.ts . .',
      fail: '^ ^ ^ <src/app.ts >src/app.ts .',
      parallel: '^ ^ ^ <src/app.ts <src/app.ts <src/p.ts >src/p.ts >src/app.ts >src/app.ts .',
    },
  ],
  [
    'qwen',
    'qwen-code',
    {
      main: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ .',
      bg: '^ <$& >$& .',
      sub: '^ <src/sub.ts . >src/sub.ts . .',
      fail: '^ <src/app.ts >src/app.ts .',
      parallel: '^ <src/app.ts >src/app.ts <src/app.ts >src/app.ts <src/p.ts >src/p.ts .',
    },
  ],
  [
    'cline',
    'cline',
    {
      main: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ .',
      fail: '^ <src/app.ts >src/app.ts .',
      parallel: '^ <src/app.ts <src/app.ts <src/p.ts >src/app.ts >src/app.ts >src/p.ts .',
      subdir: '^ <src/sub.ts >src/sub.ts .',
    },
  ],
  [
    'droid',
    'droid',
    {
      main2: '^ <src/hello.ts >src/hello.ts <src/app.ts >src/app.ts <$ >$ <$ >$ <$ >$ . !',
      bg: '^ <$& >$& <$ >$ . !',
      fail: '^ <src/app.ts . !',
      parallel: '^ <src/app.ts >src/app.ts <src/app.ts >src/app.ts <src/p.ts >src/p.ts . !',
      'gpt-multi': '^ <src/app.ts >src/app.ts . !',
      subdir: '^ <src/sub.ts >src/sub.ts . !',
    },
  ],
  [
    'kilo',
    'kilo',
    {
      main: '^ ^ <src/hello.ts >src/hello.ts ^ <src/app.ts >src/app.ts <$ >$ <$ >$ .',
    },
  ],
  [
    'continue',
    'continue',
    {
      main: '<src/hello.ts >src/hello.ts <src/app.ts >src/app.ts',
    },
  ],
];

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122);

function decode(id: string, payload: unknown, context: Partial<DecodeContext> = {}): string {
  const adapter = adapterOf(id);
  assert.ok(adapter);
  return short(adapter.decode(payload, { env: {}, ...context }));
}

describe('hooks of agents, recorded', () => {
  for (const [product, id, expected] of runs) {
    it(`${id}: every call decodes to its event`, () => {
      const calls = recorded(product);
      const found = new Map<string, string[]>();
      for (const call of calls) {
        const list = found.get(call.run) ?? [];
        found.set(call.run, list);
        const word = short(decoded(id, call));
        if (word !== '') list.push(word);
      }
      assert.deepEqual(Object.fromEntries([...found].map(([run, list]) => [run, list.join(' ')])), expected);
    });

    it(`${id}: a conversation keeps its name from before to after, and a model is what the product named`, () => {
      const models = new Set<string>();
      for (const call of recorded(product)) {
        const event = decoded(id, call);
        if (!('session' in event)) continue;
        assert.match(event.session.conversation ?? '', /^[\w-]{5,60}$/);
        assert.equal(event.session.tool, id === 'copilot' ? 'copilot-cli' : id);
        if (event.session.model !== undefined) models.add(event.session.model);
      }
      assert.deepEqual([...models].sort(), toldModels[id] ?? []);
    });
  }

  it('a call has the same name before and after, also where the product gives none', () => {
    for (const [product, id] of runs) {
      const open = new Map<string, string>();
      for (const call of recorded(product)) {
        const event = decoded(id, call);
        if (event.kind !== 'shell') continue;
        const key = `${call.run} ${event.call}`;
        if (event.when === 'before') open.set(key, '');
        else assert.ok(open.has(key), `${product} ${key}`);
      }
    }
  });
});

/** Models that stand in a product's hooks; of the others they are looked up in its transcript. */
const toldModels: Readonly<Record<string, readonly string[]>> = {
  'claude-code': ['claude-sonnet-4-5-20250929'],
  copilot: ['claude-sonnet-4.5', 'gpt-5.4'],
  codex: ['gpt-5.5', 'gpt-6-sol'],
  'gemini-cli': ['gemini-2.5-pro'],
  opencode: ['claude-sonnet-4-5', 'gpt-5.3-codex'],
  'qwen-code': ['qwen3-coder-plus'],
  kilo: ['claude-sonnet-4-5'],
  continue: ['gpt-4.1'],
};

describe('hooks of agents, as documented', () => {
  const claude = { hook_event_name: 'PreToolUse', session_id: 's1', cwd: '/repo', tool_name: 'Edit' };
  const cases: readonly (readonly [what: string, id: string, payload: unknown, expected: string, event?: string])[] = [
    [
      'a notebook',
      'claude-code',
      { ...claude, tool_name: 'NotebookEdit', tool_input: { notebook_path: '/repo/n.ipynb' } },
      '<n.ipynb',
    ],
    [
      'a tool of a server that writes',
      'claude-code',
      { ...claude, tool_name: 'mcp__fs__write_file', tool_input: { path: '/repo/a', content: '' } },
      '<a',
    ],
    [
      'a tool of a server that reads',
      'claude-code',
      { ...claude, tool_name: 'mcp__fs__read_file', tool_input: { path: '/repo/a' } },
      '',
    ],
    [
      'a tool of a server that writes a symbol',
      'claude-code',
      {
        ...claude,
        tool_name: 'mcp__serena__replace_symbol_body',
        tool_input: { name_path: 'A/b', relative_path: 'a.ts', body: 'x' },
      },
      '<a.ts',
    ],
    [
      'a tool of a server that renames in several files',
      'claude-code',
      {
        ...claude,
        tool_name: 'mcp__serena__rename_symbol',
        tool_input: { name_path: 'A/b', relative_path: 'a.ts', new_name: 'c' },
      },
      '<$',
    ],
    [
      'a tool of a server that looks a symbol up',
      'claude-code',
      { ...claude, tool_name: 'mcp__serena__find_symbol', tool_input: { name_path: 'A/b', relative_path: 'a.ts' } },
      '',
    ],
    [
      "a tool of another editor's server",
      'claude-code',
      {
        ...claude,
        tool_name: 'mcp__jetbrains__replace_text_in_file',
        tool_input: { pathInProject: 'a.ts', oldText: 'a', newText: 'b' },
      },
      '<a.ts',
    ],
    [
      'a tool of a server that moves',
      'claude-code',
      { ...claude, tool_name: 'mcp__fs__move_file', tool_input: { source: '/repo/a', destination: '/repo/b' } },
      '<$',
    ],
    [
      'a tool of a server that runs a command',
      'codex',
      { ...claude, tool_name: 'mcp__commander__start_process', tool_input: { command: 'sed -i s/a/b/ a' } },
      '<$',
    ],
    [
      'a tool of a server that has nothing to do with files',
      'claude-code',
      { ...claude, tool_name: 'mcp__github__create_issue', tool_input: { title: 'a', body: 'b' } },
      '',
    ],
    [
      'VS Code, one replacement',
      'copilot',
      { ...claude, tool_name: 'replace_string_in_file', tool_input: { filePath: '/repo/a.ts' } },
      '<a.ts',
    ],
    [
      'VS Code, several',
      'copilot',
      {
        ...claude,
        tool_name: 'multi_replace_string_in_file',
        tool_input: { replacements: [{ filePath: '/repo/a' }, { filePath: '/repo/b' }] },
      },
      '<a+b',
    ],
    [
      'VS Code, camel case',
      'copilot',
      { hookEventName: 'PostToolUse', sessionId: 's', toolName: 'create_file', toolInput: { filePath: '/repo/a' } },
      '>a',
    ],
    ['VS Code, terminal', 'copilot', { ...claude, tool_name: 'run_in_terminal', tool_input: { command: 'ls' } }, '<$'],
    [
      'VS Code, a patch',
      'copilot',
      {
        ...claude,
        tool_name: 'apply_patch',
        tool_input: { input: '*** Begin Patch\n*** Delete File: x\n*** End Patch' },
      },
      '<x',
    ],
    [
      'Copilot, arguments as text',
      'copilot',
      { toolName: 'edit', toolArgs: '{"path":"/repo/a"}', toolResult: {} },
      '>a',
    ],
    [
      'Copilot, one tool for all',
      'copilot',
      { toolName: 'str_replace_editor', toolArgs: { command: 'view', path: '/repo/a' } },
      '',
    ],
    [
      'Copilot, one tool for all, writing',
      'copilot',
      { toolName: 'str_replace_editor', toolArgs: { command: 'create', path: '/repo/a' } },
      '<a',
    ],
    [
      'Cursor, before',
      'cursor',
      { hook_event_name: 'preToolUse', conversation_id: 'c', tool_name: 'StrReplace', tool_input: { path: '/repo/a' } },
      '<a',
    ],
    [
      'Cursor, after',
      'cursor',
      {
        hook_event_name: 'postToolUse',
        conversation_id: 'c',
        tool_name: 'Write',
        tool_input: { file_path: '/repo/a' },
      },
      '>a',
    ],
    [
      'Cursor, an edit',
      'cursor',
      { hook_event_name: 'afterFileEdit', conversation_id: 'c', file_path: '/c:/shop/a.ts', edits: [] },
      '>c:/shop/a.ts',
    ],
    [
      'Cursor, a completion',
      'cursor',
      { hook_event_name: 'afterTabFileEdit', conversation_id: 'c', file_path: '/repo/a', edits: [] },
      '',
    ],
    [
      'Cursor, a completion of two lines',
      'cursor',
      {
        hook_event_name: 'afterTabFileEdit',
        file_path: '/repo/a',
        edits: [
          {
            old_string: 'x',
            new_string: 'xy\r\nz',
            range: { start_line_number: 3, start_column: 2, end_line_number: 3, end_column: 3 },
          },
          { old_string: 'removed', new_string: '', range: { start_line_number: 1, start_column: 1 } },
          { old_string: '', new_string: 'nowhere', range: { start_line_number: 0, start_column: '1' } },
          7,
        ],
      },
      '~a:2:1=xy\nz',
    ],
    [
      'Cursor, a completion nowhere',
      'cursor',
      { hook_event_name: 'afterTabFileEdit', edits: 7 },
      '?no file, or no edits',
    ],
    [
      'Cursor, a command',
      'cursor',
      { hook_event_name: 'preToolUse', tool_name: 'Shell', tool_input: { command: 'ls' } },
      '<$',
    ],
    [
      'Windsurf, before',
      'windsurf',
      { agent_action_name: 'pre_write_code', trajectory_id: 't', tool_info: { file_path: '/repo/a' } },
      '<a',
    ],
    [
      'Windsurf, after',
      'windsurf',
      { agent_action_name: 'post_write_code', trajectory_id: 't', tool_info: { file_path: '/repo/a', edits: [] } },
      '>a',
    ],
    [
      'Windsurf, a command',
      'windsurf',
      { agent_action_name: 'pre_run_command', tool_info: { command_line: 'ls', cwd: '/repo' } },
      '<$',
    ],
    [
      'Windsurf, an answer',
      'windsurf',
      { agent_action_name: 'post_cascade_response', trajectory_id: 't', tool_info: {} },
      '.',
    ],
    ['Windsurf, a prompt', 'windsurf', { agent_action_name: 'pre_user_prompt', tool_info: {} }, ''],
    [
      'Cline in the editor',
      'cline',
      {
        hookName: 'PostToolUse',
        taskId: 't',
        postToolUse: { toolName: 'replace_in_file', parameters: { path: 'a.ts' } },
      },
      '>a.ts',
    ],
    [
      'Amp, before',
      'amp',
      { toolUseID: 'u', tool: 'edit_file', input: { path: '/repo/a' }, thread: { id: 'T-1' } },
      '<a',
      'tool.call',
    ],
    [
      'Amp, after',
      'amp',
      { toolUseID: 'u', tool: 'create_file', input: { path: 'file:///repo/a%20b' }, thread: { id: 'T-1' } },
      '>a b',
      'tool.result',
    ],
    [
      'Amp, a command',
      'amp',
      { toolUseID: 'u', tool: 'Bash', input: { cmd: 'ls' }, thread: { id: 'T-1' } },
      '<$',
      'tool.call',
    ],
    [
      'Kiro',
      'kiro',
      {
        hook_event_name: 'postToolUse',
        cwd: '/repo',
        tool_name: 'fs_write',
        tool_input: { path: '/repo/a', command: 'create' },
      },
      '>a',
    ],
    [
      'Codex, a prefixed name',
      'codex',
      { ...claude, tool_name: 'functions.exec_command', tool_input: { command: 'ls' } },
      '<$',
    ],
    ['an event nobody knows', 'claude-code', { ...claude, hook_event_name: 'Elicitation' }, ''],
    ['no tool', 'claude-code', { hook_event_name: 'PreToolUse' }, '?no tool name'],
    ['an editing tool without a file', 'claude-code', { ...claude, tool_input: {} }, '?edit names no file'],
    ['a path with a NUL', 'claude-code', { ...claude, tool_input: { file_path: 'a\0b' } }, '?edit names no file'],
    [
      'a file with a line feed and a tab in its name',
      'claude-code',
      { ...claude, tool_input: { file_path: 'a\n\tb' } },
      '<a\n\tb',
    ],
    ['a path that is a number', 'claude-code', { ...claude, tool_input: { file_path: 7 } }, '?edit names no file'],
    ['no object', 'claude-code', [1], '?not an object'],
  ];
  for (const [what, id, payload, expected, event] of cases) {
    it(`${id}: ${what}`, () => assert.equal(decode(id, payload, event === undefined ? {} : { event }), expected));
  }

  it("what runs Claude Code's hooks besides says what it is", () => {
    const tool = (payload: object, env: Record<string, string> = {}): string => {
      const event = adapterOf('claude-code')?.decode(
        { ...claude, tool_input: { file_path: '/repo/a' }, ...payload },
        { env },
      );
      return event !== undefined && 'session' in event ? event.session.tool : '';
    };
    assert.equal(tool({}, { CLAUDECODE: '1' }), 'claude-code');
    assert.equal(tool({ cursor_version: '2', hook_event_name: 'preToolUse', tool_name: 'Write' }), 'cursor');
    assert.equal(tool({ transcript_path: '/h/.cursor/t.jsonl', tool_name: 'Write' }), 'cursor');
    assert.equal(tool({ transcript_path: '/h/GitHub.copilot-chat/transcripts/s.jsonl' }), 'copilot');
    assert.equal(tool({ tool_use_id: 'toolu_1__vscode-1777' }), 'copilot');
    const [first] = recorded('copilot').filter(
      ({ run, event }) => run === 'TRUST-all-HOOKLOC-claude' && event === 'PreToolUse',
    );
    assert.ok(first);
    assert.equal(tool(first.payload, first.env), 'copilot-cli');
    const kilo = adapterOf('opencode')?.decode(
      { input: { sessionID: 's', tool: 'bash' } },
      { env: { KILO: '1' }, event: 'tool.execute.before' },
    );
    assert.ok(kilo?.kind === 'shell');
    assert.equal(kilo.session.tool, 'kilo');
  });

  it('raw control characters inside texts are let through, outside they are not JSON', () => {
    assert.deepEqual(parsePayload('{"a":"x\ty\nz\\"\u0001"}'), { kind: 'parsed', value: { a: 'x\ty\nz"\u0001' } });
    assert.deepEqual(parsePayload('\ufeff{"a":1}'), { kind: 'parsed', value: { a: 1 } });
    for (const text of ['', '{', '{"a":"', '\u0000', '{"a":"\\'])
      assert.deepEqual(parsePayload(text), { kind: 'not-json' }, text);
  });

  it('the paths of a patch are those of its headers', () => {
    const patch =
      '*** Begin Patch\n*** Update File: a b.ts\n*** Move to: ../c\n@@\n+*** Add File: no\n *** Add File: no\n*** Add File: d\r\n*** End Patch';
    assert.deepEqual(patchPaths(patch), ['a b.ts', '../c', 'd']);
  });
});

describe('hostile payloads of agents', () => {
  const anything = fc.anything({ withNullPrototype: true, maxDepth: 4 });
  const names = [
    ...[
      'hook_event_name',
      'tool_name',
      'tool_input',
      'toolName',
      'toolArgs',
      'session_id',
      'sessionId',
      'cwd',
      'model',
    ],
    ...[
      'transcript_path',
      'tool_use_id',
      'input',
      'output',
      'properties',
      'tool_info',
      'agent_action_name',
      'preToolUse',
    ],
    ...[
      'tool_call',
      'hookName',
      'workspaceRoots',
      'thread',
      'tool',
      '__proto__',
      'constructor',
      'toolResult',
      'llm_request',
    ],
  ];
  const values = fc.oneof(
    anything,
    fc.constantFrom(
      'PreToolUse',
      'PostToolUse',
      'Write',
      'Edit',
      'Bash',
      'apply_patch',
      'tool_call',
      'pre_write_code',
      'tool.call',
    ),
    fc.record(
      { file_path: fc.string(), path: anything, edits: anything, files: anything, command: fc.string() },
      { requiredKeys: [] },
    ),
  );
  const payload = fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 8, noNullPrototype: true });

  for (const adapter of adapters) {
    it(`${adapter.id} takes anything without an exception, and names only usable files`, () => {
      fc.assert(
        fc.property(fc.oneof(anything, payload), fc.option(fc.string(), { nil: undefined }), (value, event) => {
          const result = adapter.decode(value, { env: {}, ...(event === undefined ? {} : { event }) });
          if (result.kind !== 'edit') return;
          assert.ok(result.files.length > 0);
          for (const file of result.files) assert.doesNotMatch(file, /[\u0000-\u001f\u007f]/);
        }),
        { seed, numRuns: 300 },
      );
    });
  }

  it('texts of many megabytes are decoded in a blink', () => {
    const long = 'x'.repeat(20 * 1024 * 1024);
    const start = Date.now();
    for (const { id } of adapters) {
      decode(id, {
        hook_event_name: 'PreToolUse',
        session_id: long,
        tool_name: 'Write',
        tool_input: { file_path: '/repo/a', content: long },
      });
      decode(id, {
        hook_event_name: 'PreToolUse',
        tool_name: 'apply_patch',
        tool_input: { command: `*** Begin Patch\n${long}` },
        model: long,
      });
    }
    assert.ok(Date.now() - start < 20_000);
  });
});
