import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { sessionName } from '../../src/agents/generic';
import { pastHooks } from '../support/pastHooks';
import { type ProvenanceRepo, provenanceRepo, repoAt } from '../support/provenanceRepo';
import { decoded, type Recorded, recorded } from './recorded';

/** What the scripted agents do to a file; the recorded payloads speak of it. */
const deeds: Readonly<Record<string, (repo: ProvenanceRepo) => void>> = {
  'src/hello.ts': (repo) => repo.write('src/hello.ts', 'export function hello() {\n  return 1;\n}\n'),
  'src/app.ts': (repo) =>
    repo.write(
      'src/app.ts',
      repo.read('src/app.ts').replace('  const b = 2;', '  let other: number[] = read(from, there);'),
    ),
};

const appText = 'export function app() {\n  const a = 1;\n  const b = 2;\n  return a + b;\n}\n';

/** Tells the built command line of a call, as the product's hook would. */
function tell(
  repo: ProvenanceRepo,
  id: string,
  call: Pick<Recorded, 'payload' | 'env'> & { readonly event?: string },
  input?: string,
): void {
  const text =
    input ?? JSON.stringify(call.payload).replaceAll('"/repo', `"${repo.work}`).replaceAll(': /repo', `: ${repo.work}`);
  const args = ['record', id, ...(/opencode|kilo|amp/.test(id) && call.event !== undefined ? [call.event] : [])];
  const { status, stdout, stderr } = repo.cli(args, { input: text, env: call.env });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
}

const conversationOf = (payload: Readonly<Record<string, unknown>>): string => {
  const context = payload['sessionContext'] as { rootSessionId?: string } | undefined;
  const input = payload['input'] as { sessionID?: string } | undefined;
  return String(payload['session_id'] ?? payload['sessionId'] ?? context?.rootSessionId ?? input?.sessionID);
};

const claudeCall = (event: string, tool: string, input: object, more: object = {}) => ({
  env: { CLAUDECODE: '1' },
  payload: {
    hook_event_name: event,
    session_id: 'one',
    cwd: '/repo',
    tool_name: tool,
    tool_input: input,
    tool_use_id: 't1',
    ...more,
  },
});

describe('hooks of agents, through the command line', function () {
  this.timeout(60_000);
  let repo: ProvenanceRepo;
  beforeEach(() => {
    repo = provenanceRepo();
    repo.write('src/app.ts', appText);
    repo.write('src/shell.txt', 'first\n');
    repo.commit('Base');
  });
  afterEach(() => repo.remove());

  const letters = (path: string): string =>
    repo
      .blameJson(path)
      .map((line) => `${line.class}${line.tool === null ? '' : ` ${line.tool}`}`)
      .join(', ');
  const shell = (event: string, more: object = {}, call = 't1') =>
    tell(repo, 'claude-code', claudeCall(event, 'Bash', { command: 'x', ...more }, { tool_use_id: call }));
  const stop = (moment = 'Stop') =>
    tell(repo, 'claude-code', {
      env: { CLAUDECODE: '1' },
      payload: { hook_event_name: moment, session_id: 'one', cwd: '/repo' },
    });

  const families: readonly (readonly [product: string, id: string, run: string, tool: string, model: string | null])[] =
    [
      ['claude', 'claude-code', 'tui-1', 'claude-code', 'claude-sonnet-4-5-20250929'],
      ['copilot', 'copilot', 'main', 'copilot-cli', 'claude-sonnet-4.5'],
      ['copilot', 'claude-code', 'TRUST-all-HOOKLOC-claude', 'copilot-cli', 'claude-sonnet-4.5'],
      ['codex', 'codex', 'main', 'codex', 'gpt-5.5'],
      ['gemini', 'gemini-cli', 'main', 'gemini-cli', 'gemini-2.5-pro'],
      ['opencode', 'opencode', 'main', 'opencode', 'claude-sonnet-4-5'],
      ['qwen', 'qwen-code', 'main', 'qwen-code', 'qwen3-coder-plus'],
      ['cline', 'cline', 'main', 'cline', null],
      ['droid', 'droid', 'main2', 'droid', null],
      ['kilo', 'kilo', 'main', 'kilo', 'claude-sonnet-4-5'],
      ['continue', 'continue', 'main', 'continue', 'gpt-4.1'],
    ];
  for (const [product, id, run, tool, model] of families) {
    it(`${id}: a recorded session of ${product} (${run}) names tool, model and session of each line`, () => {
      const calls = recorded(product).filter((call) => call.run === run && decoded(id, call).kind !== 'nothing');
      const done = new Set<string>();
      let shellOpen = false;
      let commands = 0;
      let conversation = '';
      for (const call of calls) {
        const text = JSON.stringify(call.payload);
        tell(repo, id, call);
        if (!/pre|before|call$/i.test(call.event) && call.event !== 'git-ai') continue;
        if (call.event === 'git-ai' && call.payload['hook_event_name'] !== 'PreToolUse') continue;
        conversation = conversationOf(call.payload);
        shellOpen = /shell line/.test(text);
        if (shellOpen && commands++ === 0) appendFileSync(join(repo.work, 'src/shell.txt'), 'second\n');
        // The file that the payload names is written between the two halves; reading it is told of as well.
        for (const [file, deed] of Object.entries(deeds)) {
          const edits =
            /content|file_text|old_str|oldString|new_text|Begin Patch|git-ai|file_path/.test(text) &&
            !/"(?:Read|view|read_file|read_files|read)"/.test(text);
          if (text.includes(file) && edits && !done.has(file)) {
            deed(repo);
            done.add(file);
          }
        }
      }
      assert.deepEqual([...done], Object.keys(deeds));
      const who = { tool, model, session: sessionName(tool, conversation), evidence: 'measured' };
      const facts = (path: string) =>
        repo
          .blameJson(path)
          .map(({ class: kind, tool: by, model: of, session, evidence }) =>
            kind === 'ai' ? { tool: by, model: of, session, evidence } : kind,
          );
      assert.deepEqual(facts('src/hello.ts'), [who, who, who]);
      assert.deepEqual(
        facts('src/app.ts').map((fact) => (typeof fact === 'string' ? '-' : fact)),
        ['-', '-', who, '-', '-'],
      );
      if (product !== 'continue') assert.deepEqual(facts('src/shell.txt').at(-1), who);
      assert.equal(repo.faults(), '');
    });
  }

  it('an edit told twice by two configurations counts once', () => {
    const [pre, post] = ['PreToolUse', 'PostToolUse'].map((event) =>
      claudeCall(event, 'Edit', { file_path: '/repo/src/app.ts' }),
    );
    assert.ok(pre && post);
    tell(repo, 'claude-code', pre);
    tell(repo, 'claude-code', pre);
    deeds['src/app.ts']?.(repo);
    tell(repo, 'claude-code', post);
    repo.write('src/app.ts', `${repo.read('src/app.ts')}// by hand\n`);
    tell(repo, 'claude-code', claudeCall('Stop', '', {}));
    const lines = repo.blameJson('src/app.ts');
    assert.equal(lines[2]?.class, 'ai');
    assert.equal(lines[5]?.class, 'unknown');
  });

  describe('a command', () => {
    it('gets what it changed, made and removed, and nothing else', () => {
      repo.write('src/mine.txt', 'unseen\n');
      shell('PreToolUse');
      repo.write('src/shell.txt', 'first\nsecond\n');
      repo.write('src/made.txt', 'made\n');
      rmSync(join(repo.work, 'base.js'));
      shell('PostToolUse');
      assert.match(letters('src/shell.txt'), /^unknown, ai claude-code$/);
      assert.equal(letters('src/made.txt'), 'ai claude-code');
      assert.equal(letters('src/mine.txt'), 'unknown');
      repo.commit();
      assert.deepEqual(repo.record().files?.['base.js']?.deleted, { s1: 3 });
    });

    it('does not get what was written before it, also to the same file', () => {
      repo.write('src/shell.txt', 'first\nby nobody\n');
      shell('PreToolUse');
      repo.write('src/shell.txt', 'first\nby nobody\nby the command\n');
      shell('PostToolUse');
      assert.equal(
        repo
          .blameJson('src/shell.txt')
          .map((line) => line.class)
          .join(),
        'unknown,unknown,ai',
      );
    });

    it('does not get what a person saved in between, nor what comes back', () => {
      repo.edit('H', { 'src/mine.txt': 'typed\n' });
      const kept = repo.read('src/mine.txt');
      repo.write('src/mine.txt', 'other\n');
      shell('PreToolUse');
      repo.write('src/mine.txt', kept);
      repo.edit('H', { 'src/shell.txt': 'first\nsaved by a person\n' });
      shell('PostToolUse');
      assert.equal(
        repo
          .blameJson('src/mine.txt')
          .map((line) => line.class)
          .join(),
        'human',
      );
      assert.equal(repo.blameJson('src/shell.txt')[1]?.class, 'human');
    });

    it('that restores, switches or fetches gets nothing', () => {
      repo.git('checkout', '-q', '-b', 'other');
      repo.write('src/shell.txt', 'first\nother branch\n');
      repo.git(...pastHooks, 'commit', '-qam', 'Other', '--date=2020-01-01T00:00:00Z');
      repo.tryGit([...pastHooks, 'commit', '-q', '--amend', '--no-edit'], {
        env: { GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' },
      });
      repo.git('checkout', '-q', 'main');
      repo.write('src/app.ts', 'spoilt\n');
      shell('PreToolUse');
      repo.git('checkout', '--', 'src/app.ts');
      repo.git('checkout', '-q', 'other');
      shell('PostToolUse');
      assert.doesNotMatch(letters('src/app.ts'), /ai/);
      assert.doesNotMatch(letters('src/shell.txt'), /ai/);
    });

    it('that commits with git hooks switched off gets what it committed, at the next use', () => {
      shell('PreToolUse');
      repo.write('src/shell.txt', 'first\nsecond\n');
      repo.git(...pastHooks, 'commit', '-qam', 'By the agent');
      shell('PostToolUse');
      assert.match(letters('src/shell.txt'), /, ai claude-code$/);
    });

    it('that changes and commits is in the record of the commit; a commit from elsewhere meanwhile is not its own', () => {
      shell('PreToolUse');
      repo.write('src/shell.txt', 'first\nsecond\n');
      const env = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'one' };
      assert.equal(repo.tryGit(['commit', '-qam', 'By the agent'], { env }).status, 0);
      assert.deepEqual([repo.record().counts.ai, repo.record().counts.unknown], [1, 0]);
      assert.equal(Object.values(repo.record().sessions ?? {})[0]?.evidence, 'measured');
      repo.write('src/shell.txt', 'first\nsecond\nby hand\n');
      assert.equal(repo.tryGit(['commit', '-qam', 'By hand']).status, 0);
      assert.deepEqual([repo.record().counts.ai, repo.record().counts.unknown], [0, 1]);
    });

    it('without its first half gets nothing', () => {
      repo.write('src/shell.txt', 'first\nsecond\n');
      shell('PostToolUse');
      assert.doesNotMatch(letters('src/shell.txt'), /ai/);
    });

    it('that goes on in the background is followed until the agent rests', () => {
      shell('PreToolUse', { run_in_background: true });
      shell('PostToolUse', { run_in_background: true });
      repo.write('src/shell.txt', 'first\nlate\n');
      stop();
      repo.write('src/shell.txt', 'first\nlate\nafter the stop\n');
      stop('SessionEnd');
      assert.equal(
        repo
          .blameJson('src/shell.txt')
          .map((line) => line.class)
          .join(),
        'unknown,ai,unknown',
      );
      assert.equal(repo.blameJson('src/shell.txt')[1]?.evidence, 'declared');
    });

    it('of which the second half never comes is settled when the agent rests, and only its own', () => {
      shell('PreToolUse');
      repo.write('src/shell.txt', 'first\nsecond\n');
      tell(repo, 'claude-code', {
        env: { CLAUDECODE: '1' },
        payload: { hook_event_name: 'Stop', session_id: 'another', cwd: '/repo' },
      });
      assert.equal(repo.blameJson('src/shell.txt')[1]?.class, 'unknown');
      stop();
      assert.equal(repo.blameJson('src/shell.txt')[1]?.class, 'ai');
    });

    it('beside another one, each with its id, keeps both', () => {
      shell('PreToolUse', {}, 'a');
      shell('PreToolUse', {}, 'b');
      repo.write('a.txt', 'a\n');
      shell('PostToolUse', {}, 'b');
      repo.write('b.txt', 'b\n');
      shell('PostToolUse', {}, 'a');
      assert.deepEqual([letters('a.txt'), letters('b.txt')], ['ai claude-code', 'ai claude-code']);
    });

    it('touches no ignored file and leaves nothing behind', () => {
      repo.write('.gitignore', 'node_modules/\n');
      repo.commit();
      repo.write('node_modules/a/index.js', '1\n');
      shell('PreToolUse');
      repo.write('node_modules/a/index.js', '2\n');
      shell('PostToolUse');
      assert.deepEqual(
        readdirSync(join(repo.work, '.git/countersign/ledger/agents')).filter((name) => !name.endsWith('.session')),
        [],
      );
    });
  });

  it('an edit of which the second half never comes is settled as declared; one that did nothing is closed', () => {
    tell(repo, 'codex', {
      env: {},
      payload: {
        hook_event_name: 'PreToolUse',
        session_id: 'x',
        cwd: '/repo',
        model: 'gpt',
        tool_name: 'apply_patch',
        tool_input: {
          command: '*** Begin Patch\n*** Update File: src/app.ts\n*** Update File: base.js\n*** End Patch',
        },
      },
    });
    deeds['src/app.ts']?.(repo);
    const rest = { env: {}, payload: { hook_event_name: 'Stop', session_id: 'x', cwd: '/repo', model: 'gpt' } };
    tell(repo, 'codex', rest);
    repo.write('base.js', 'by hand\n');
    tell(repo, 'codex', rest);
    assert.deepEqual(
      [repo.blameJson('src/app.ts')[2]?.class, repo.blameJson('src/app.ts')[2]?.evidence],
      ['ai', 'declared'],
    );
    assert.equal(repo.blameJson('base.js')[0]?.class, 'unknown');
  });

  it('the repository follows from the file, and the model from the transcript', () => {
    const transcript = join(repo.root, 't.jsonl');
    writeFileSync(
      transcript,
      '{"message":{"model":"claude-x","content":"say \\"model\\":\\"no\\""}}\n{"message":{"model":"<synthetic>"}}\n',
    );
    for (const event of ['PreToolUse', 'PostToolUse']) {
      const call = claudeCall(
        event,
        'Write',
        { file_path: '/repo/src/app.ts' },
        { cwd: '/', transcript_path: transcript },
      );
      tell(repo, 'claude-code', call);
      if (event === 'PreToolUse') deeds['src/app.ts']?.(repo);
    }
    assert.equal(repo.blameJson('src/app.ts')[2]?.model, 'claude-x');
  });

  it('a model that is told after the first edits is theirs too', () => {
    const transcript = join(repo.root, 't.jsonl');
    const call = (event: string, tool = 'Write') =>
      tell(
        repo,
        'claude-code',
        claudeCall(event, tool, { file_path: '/repo/src/app.ts' }, { transcript_path: transcript }),
      );
    call('PreToolUse');
    deeds['src/app.ts']?.(repo);
    call('PostToolUse');
    assert.equal(repo.blameJson('src/app.ts')[2]?.model, null);
    writeFileSync(transcript, '{"message":{"model":"claude-x"}}\n');
    call('PreToolUse', 'Bash');
    assert.equal(repo.blameJson('src/app.ts')[2]?.model, 'claude-x');
    repo.commit();
    assert.deepEqual(
      Object.values(repo.record().sessions ?? {}).map(({ model }) => model),
      ['claude-x'],
    );
  });

  it('outside what is set up, and for hostile input, nothing is written and nothing said', () => {
    const other = join(repo.root, 'other');
    mkdirSync(other);
    repo.tryGit(['init', '-q'], { cwd: other });
    const there = repoAt(repo.root, other, repo.env);
    writeFileSync(join(repo.root, 'outside.txt'), 'x\n');
    symlinkSync(join(repo.root, 'outside.txt'), join(repo.work, 'link.txt'));
    symlinkSync(repo.root, join(repo.work, 'up'));
    for (const event of ['PreToolUse', 'PostToolUse']) {
      tell(there, 'claude-code', claudeCall(event, 'Write', { file_path: '/repo/a.txt' }));
      for (const file_path of [
        '/etc/passwd',
        '../outside.txt',
        '/repo/link.txt',
        '/repo/up/outside.txt',
        '/repo/.git/config',
        '/repo/src',
        '\\\\?\\C:\\x',
        `/repo/${'x/'.repeat(900)}y`,
      ])
        tell(repo, 'claude-code', claudeCall(event, 'Write', { file_path }));
      tell(there, 'claude-code', claudeCall(event, 'Bash', { command: 'x' }));
    }
    for (const id of ['claude-code', 'windsurf', 'nobody', '']) {
      for (const input of [
        '',
        '{',
        '[]',
        'null',
        '"x"',
        '\u0000\u0001',
        '{"__proto__":{"a":1}}',
        `${'['.repeat(100_000)}`,
      ])
        tell(repo, id, { env: {}, payload: {} }, input);
    }
    assert.equal(there.tryGit(['rev-parse', '--git-path', 'countersign']).status, 0);
    assert.deepEqual(readdirSync(join(other, '.git')).includes('countersign'), false);
    const ledger = join(repo.work, '.git/countersign/ledger');
    const names = readdirSync(ledger, { recursive: true }).filter((name) => String(name).endsWith('.session'));
    assert.deepEqual(names, []);
    assert.equal(repo.git('status', '--porcelain', '--', 'src'), '');
  });
});
