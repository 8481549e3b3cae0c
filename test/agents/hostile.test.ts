import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { DecodeContext } from '../../src/agents/adapter';
import { adapterOf, adapters } from '../../src/agents/adapters';
import { decodeGeneric } from '../../src/agents/generic';
import { recordAgent } from '../../src/app/recordAgent';
import { withRepository } from '../../src/app/repository';
import { builtCli } from '../support/builtCli';
import { type ProvenanceRepo, provenanceRepo } from '../support/provenanceRepo';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122);

/** How each product tells before and after that it writes a file. */
const told = (
  id: string,
  when: 'before' | 'after',
  path: string,
  cwd: string,
): { readonly payload: unknown; readonly event?: string } => {
  const common = {
    hook_event_name: when === 'before' ? 'PreToolUse' : 'PostToolUse',
    session_id: 's',
    cwd,
    tool_use_id: 'c',
    tool_input: { file_path: path, path, content: 'x' },
  };
  switch (id) {
    case 'cline':
      return {
        payload: {
          hookName: when === 'before' ? 'tool_call' : 'tool_result',
          taskId: 't',
          workspaceRoots: [cwd],
          [when === 'before' ? 'tool_call' : 'tool_result']: { id: 'c', name: 'editor', input: { path } },
        },
      };
    case 'opencode':
    case 'kilo':
      return {
        event: `tool.execute.${when}`,
        payload: { directory: cwd, input: { tool: 'write', sessionID: 's', callID: 'c', args: { filePath: path } } },
      };
    case 'amp':
      return {
        event: when === 'before' ? 'tool.call' : 'tool.result',
        payload: { cwd, tool: 'create_file', toolUseID: 'c', input: { path }, thread: { id: 't' } },
      };
    case 'windsurf':
      return {
        payload: {
          agent_action_name: when === 'before' ? 'pre_write_code' : 'post_write_code',
          trajectory_id: 't',
          cwd,
          tool_info: { file_path: path },
        },
      };
    case 'gemini-cli':
      return {
        payload: {
          ...common,
          hook_event_name: when === 'before' ? 'BeforeTool' : 'AfterTool',
          tool_name: 'write_file',
        },
      };
    case 'codex':
      return {
        payload: {
          ...common,
          tool_name: 'apply_patch',
          tool_input: { command: `*** Begin Patch\n*** Update File: ${path}\n*** End Patch` },
        },
      };
    default: {
      const names: Readonly<Record<string, string>> = { droid: 'Create', 'qwen-code': 'write_file', kiro: 'fs_write' };
      return { payload: { ...common, tool_name: names[id] ?? 'Write' } };
    }
  }
};

describe('hostile paths in the payloads of agents', function () {
  this.timeout(60_000);
  let repo: ProvenanceRepo;
  beforeEach(() => {
    repo = provenanceRepo();
    writeFileSync(join(repo.root, 'outside.txt'), 'x\n');
    mkdirSync(join(repo.work, 'src'));
    repo.write('src/inside.txt', 'x\n');
    symlinkSync(join(repo.root, 'outside.txt'), join(repo.work, 'link.txt'));
    symlinkSync(repo.root, join(repo.work, 'up'));
    symlinkSync(join(repo.work, 'src'), join(repo.work, 'also'));
  });
  afterEach(() => repo.remove());

  /** The paths of which the ledger knows after an agent told of `path` before and after. */
  const known = async (id: string, path: string): Promise<readonly string[]> => {
    const context: DecodeContext = { env: {} };
    let paths: readonly string[] = [];
    await withRepository(repo.work, {}, async (opened) => {
      for (const when of ['before', 'after'] as const) {
        const { payload, event } = told(id, when, path, repo.work);
        const decoded = adapterOf(id)?.decode(payload, event === undefined ? context : { ...context, event });
        if (decoded === undefined || decoded.kind === 'nothing' || decoded.kind === 'malformed') continue;
        await recordAgent(opened, decoded, repo.work);
        opened.ledger.refresh();
      }
      paths = [...new Set(opened.ledger.paths())];
    });
    return paths;
  };

  const outside = (): readonly string[] => [
    ...[
      '../outside.txt',
      'src/../../outside.txt',
      '/etc/passwd',
      'up/outside.txt',
      'link.txt',
      'up/repo/../outside.txt',
    ],
    ...['.git/config', 'src/../.git/hooks/pre-push', '.GIT/config', '', '.', '..', '/', 'src', 'a\u0000b'],
    ...[
      '\\\\?\\C:\\x',
      'file:///etc/passwd',
      'file:///%00',
      'file://host/x',
      `${'x/'.repeat(2100)}y`,
      '\u202e/etc/passwd/..',
    ],
    join(repo.root, 'outside.txt'),
  ];
  for (const { id } of adapters) {
    it(`${id}: nothing outside the work tree, behind a link or in git's own folder is followed`, async () => {
      for (const path of outside()) {
        const found = (await known(id, path)).filter((name) => !/^(?:\\\\\?|file:|\u202e)/.test(name));
        assert.deepEqual(found, [], JSON.stringify(path));
      }
    });

    // In a patch a line feed ends the name.
    const odd = id === 'codex' ? 'a\tb' : 'a\n\tb';
    it(`${id}: a file may have control characters in its name`, async () => {
      repo.write(odd, 'x\n');
      assert.deepEqual(await known(id, odd), [odd]);
    });

    it(`${id}: ways to a file inside come to that file`, async () => {
      for (const path of [
        'src/inside.txt',
        './src/../src/inside.txt',
        join(repo.work, 'src/inside.txt'),
        'also/inside.txt',
      ])
        assert.deepEqual(await known(id, path), ['src/inside.txt'], path);
    });
  }
});

describe('hostile calls of the command line', function () {
  this.timeout(60_000);
  let repo: ProvenanceRepo;
  beforeEach(() => {
    repo = provenanceRepo();
  });
  afterEach(() => repo.remove());

  const write = (event: string, path: string, more: object = {}): string =>
    JSON.stringify({
      ...{ hook_event_name: event, session_id: 's', cwd: repo.work, tool_name: 'Write' },
      ...{ tool_input: { file_path: path }, ...more },
    });
  const tell = (input: string, env: Readonly<Record<string, string>> = {}): void => {
    const { status, stdout, stderr } = repo.cli(['record', 'claude-code'], { input, env });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  };

  it('pipes, devices and links that lead nowhere are not waited for', function () {
    if (spawnSync('mkfifo', [join(repo.work, 'pipe')]).status !== 0) return this.skip();
    for (const name of ['.gitmodules', '.git/countersign/ledger/agents/x.shell']) {
      mkdirSync(dirname(join(repo.work, name)), { recursive: true });
      assert.equal(spawnSync('mkfifo', [join(repo.work, name)]).status, 0);
    }
    symlinkSync('loop', join(repo.work, 'loop'));
    symlinkSync('/dev/zero', join(repo.work, 'zero'));
    for (const path of ['pipe', 'loop', 'zero', '/dev/zero'])
      tell(write('PreToolUse', path, { transcript_path: join(repo.work, path) }));
    tell(write('PreToolUse', 'f', { tool_name: 'Bash', tool_input: { command: 'cd pipe/x && cat zero' } }));
    tell(write('Stop', 'f'));
  });

  it('no home, no git, and a folder that is gone are no fault of the agent', () => {
    tell(write('PreToolUse', 'f'), { HOME: '/nonexistent' });
    tell(write('PreToolUse', 'f'), { PATH: '/nonexistent' });
    tell(write('PreToolUse', 'f', { cwd: join(repo.work, 'gone') }));
    tell(write('PreToolUse', 'f', { cwd: '../..' }));
  });

  it('texts that are no text, and nesting without end, say nothing', () => {
    tell(`{"a":${'{"b":'.repeat(100_000)}1${'}'.repeat(100_001)}`);
    tell(write('PreToolUse', 'f\ud800', { session_id: '\udfff' }));
    tell(write('PreToolUse', 'f', { tool_name: 'Bash', tool_input: { command: `'"\\`.repeat(200_000) } }));
  });

  it('a pipe that is left open ends', async () => {
    const child = spawn(process.execPath, [builtCli(), 'record', 'claude-code'], {
      env: { ...repo.env },
      cwd: repo.work,
    });
    child.stdin.write(write('PreToolUse', 'f'));
    const code = await new Promise((done) => child.on('exit', done));
    assert.equal(code, 0);
    await withRepository(repo.work, {}, ({ ledger }) => Promise.resolve(assert.deepEqual(ledger.paths(), ['f'])));
  });
});

describe('hostile payloads of the open door', () => {
  it('are taken without an exception, and name only usable files', () => {
    const anything = fc.anything({ maxDepth: 4 });
    const member = fc.oneof(anything, fc.constantFrom('before-edit', 'after-edit', '/repo', ['a'], { kind: 'human' }));
    const payload = fc.dictionary(fc.constantFrom('event', 'cwd', 'files', 'actor', '__proto__'), member);
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      payload.map((value) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? 0 : inner))),
      fc
        .record({
          event: fc.constantFrom('before-edit', 'after-edit'),
          cwd: fc.string({ minLength: 1 }),
          files: fc.array(fc.string()),
          actor: fc.oneof(
            fc.record({ kind: fc.constant('human') }),
            fc.record({ kind: fc.constant('ai'), tool: fc.string(), model: anything, session: fc.string() }),
          ),
        })
        .map((value) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? 0 : inner))),
    );
    fc.assert(
      fc.property(json, (text) => {
        const decoded = decodeGeneric(text ?? '');
        if (decoded.kind === 'malformed') return;
        const { edit } = decoded;
        assert.ok(edit.files.every((file) => file.length > 0 && file.length <= 4096));
        if (edit.actor.kind === 'ai') assert.match(edit.actor.tool, /^[a-z0-9._-]+$/);
      }),
      { seed, numRuns: 1000 },
    );
  });
});
