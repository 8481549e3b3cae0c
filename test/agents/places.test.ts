import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { commandNames } from '../../src/agents/commandNames';
import { type ProvenanceRepo, provenanceRepo, repoAt } from '../support/provenanceRepo';

describe('what a command names', () => {
  const check = (name: string, input: unknown, folders: readonly string[], paths: readonly string[]) =>
    it(name, () => assert.deepEqual(commandNames(input), { folders, paths }));

  check(
    'words, quoted and not',
    { command: 'sed -i "s/a/b/" a\\ b \'c d\'' },
    [],
    ['sed', '-i', 's/a/b/', 'a b', 'c d'],
  );
  check(
    'where it changes to',
    { command: 'cd a && (cd "b c"; git -C d x)' },
    ['a', 'b c', 'd'],
    [...['cd', 'a', 'b c', 'git', '-C', 'd', 'x']],
  );
  check('where it is started', { cmd: ['x>y'], workdir: '/w' }, ['/w'], ['x', 'y']);
  check('several commands', { commands: ['a/b', { command: 'c' }, 7] }, [], ['a/b', 'c']);
  check('values of options', { command: 'npm --prefix=sub test' }, [], ['npm', '--prefix', 'sub', 'test']);
  check('nothing', { command: { a: 1 }, cwd: 7 }, [], []);
  check('a quote that does not end', { command: `a "b\nc'` }, [], ['a', 'b', 'c']);
});

describe('agents that work elsewhere than they were started', function () {
  this.timeout(60_000);
  let one: ProvenanceRepo;
  let two: ProvenanceRepo;
  beforeEach(() => {
    one = provenanceRepo();
    const work = join(one.root, 'other');
    mkdirSync(work);
    one.tryGit(['init', '-q', '-b', 'main'], { cwd: work });
    two = repoAt(one.root, realpathSync(work), one.env);
    two.write('f', 'one\n');
    two.git('add', '-A');
    two.git('commit', '-qm', 'Base');
    assert.equal(two.cli(['init', '--yes']).status, 0);
    one.write('f', 'one\n');
    one.commit('Base');
  });
  afterEach(() => one.remove());

  /** Claude Code tells of a call, from `cwd`. */
  const tell = (
    event: 'PreToolUse' | 'PostToolUse' | 'SessionStart' | 'Stop' | 'SessionEnd',
    input: object,
    { cwd = one.root, tool = 'Write', more = {} }: { cwd?: string; tool?: string; more?: object } = {},
  ): void => {
    const payload = { hook_event_name: event, session_id: 's', cwd, tool_name: tool, tool_input: input, ...more };
    const options = {
      input: JSON.stringify(payload),
      cwd: one.root,
      env: { CLAUDECODE: '1', XDG_DATA_HOME: join(one.root, 'data') },
    };
    const { status, stdout, stderr } = one.cli(['record', 'claude-code'], options);
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  };
  const edit = (file: string, write: () => void, cwd?: string): void => {
    const where = cwd === undefined ? {} : { cwd };
    tell('PreToolUse', { file_path: file }, where);
    write();
    tell('PostToolUse', { file_path: file }, where);
  };
  const run = (command: string, write: () => void, cwd?: string): void => {
    const where = { tool: 'Bash', ...(cwd === undefined ? {} : { cwd }) };
    tell('PreToolUse', { command }, where);
    write();
    tell('PostToolUse', { command }, where);
  };
  const who = (repo: ProvenanceRepo, path = 'f'): string =>
    repo
      .blameJson(path)
      .map(({ class: kind, evidence }) => (kind === 'ai' ? (evidence === 'measured' ? 'A' : 'a') : 'u'))
      .join('');
  const sessions = (): readonly string[] => {
    const folder = join(one.root, 'data/countersign/sessions');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  it('edits by path: each file in its repository, from a folder above both and from the other one', () => {
    edit(join(one.work, 'f'), () => one.write('f', 'one\nby A\n'));
    edit('other/f', () => two.write('f', 'one\nby A\n'));
    edit(join(two.work, 'g'), () => two.write('g', 'by A\n'), one.work);
    assert.deepEqual([who(one), who(two), who(two, 'g')], ['uA', 'uA', 'A']);
    assert.equal(one.faults() + two.faults(), '');
  });

  it('edits of several repositories in one call', () => {
    const files = { edits: [{ path: join(one.work, 'f') }, { path: join(two.work, 'f') }] };
    tell('PreToolUse', files, { tool: 'MultiEdit' });
    one.write('f', 'one\nby A\n');
    two.write('f', 'one\nby A\n');
    tell('PostToolUse', files, { tool: 'MultiEdit' });
    assert.deepEqual([who(one), who(two)], ['uA', 'uA']);
  });

  it('edits through a link, of a folder and of a file', () => {
    symlinkSync(two.work, join(one.root, 'link'));
    symlinkSync(join(two.work, 'g'), join(one.work, 'g'));
    two.write('g', 'one\n');
    two.commit('More');
    edit('link/f', () => two.write('f', 'one\nby A\n'));
    edit(join(one.work, 'g'), () => two.write('g', 'one\nby A\n'));
    assert.deepEqual([who(two), who(two, 'g')], ['uA', 'uA']);
  });

  it('edits in a linked work tree and in a submodule', () => {
    one.git('worktree', 'add', '-q', join(one.root, 'tree'), '-b', 'side');
    const tree = repoAt(one.root, realpathSync(join(one.root, 'tree')), one.env);
    edit('tree/f', () => tree.write('f', 'one\nby A\n'));
    assert.deepEqual([who(tree), who(one)], ['uA', 'u']);
    one.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', two.work, 'sub');
    one.commit('Submodule');
    const sub = repoAt(one.root, realpathSync(join(one.work, 'sub')), one.env);
    assert.equal(sub.cli(['init', '--yes']).status, 0);
    edit(join(one.work, 'sub/f'), () => sub.write('f', 'one\nby A\n'), one.work);
    run('make', () => sub.write('g', 'by a command\n'), one.work);
    assert.deepEqual([who(sub), who(sub, 'g')], ['uA', 'A']);
  });

  describe('a command', () => {
    it('in the folder that it changes to', () => {
      run(`cd other && make`, () => two.write('f', 'one\nby A\n'));
      assert.deepEqual([who(two), who(one)], ['uA', 'u']);
    });

    it('in what it names, from another repository, and nowhere else', () => {
      const more = (): void => {
        two.write('f', 'one\nby A\n');
        one.write('f', 'one\nby A\n');
      };
      run('generate --out=../other/f', more, one.work);
      assert.deepEqual([who(two), who(one)], ['uA', 'uA']);
    });

    it('that names nothing, in the repositories beside each other where it is started', () => {
      run('make all', () => {
        one.write('f', 'one\nby A\n');
        two.write('f', 'one\nby A\n');
      });
      assert.deepEqual([who(one), who(two)], ['uA', 'uA']);
    });

    it('elsewhere than it says gets nothing', () => {
      run('make -s', () => two.write('f', 'one\nunseen\n'), one.work);
      assert.equal(who(two), 'uu');
    });
  });

  it('come to rest in all of them, wherever they say so, and leave nothing', () => {
    tell('PreToolUse', { file_path: join(two.work, 'f') });
    two.write('f', 'one\nby A\n');
    assert.notDeepEqual(sessions(), []);
    tell('PreToolUse', { command: 'cd repo; sleep 9' }, { tool: 'Bash', more: { tool_use_id: 'b' } });
    tell('Stop', {}, { cwd: '/' });
    assert.equal(who(two), 'ua');
    tell('SessionEnd', {}, { cwd: '/' });
    assert.deepEqual(sessions(), []);
  });

  it('have the model that they told of outside any repository', () => {
    tell('SessionStart', {}, { more: { model: 'claude-x' } });
    edit('other/f', () => two.write('f', 'one\nby A\n'));
    assert.equal(two.blameJson('f')[1]?.model, 'claude-x');
  });

  it('keep nothing of repositories that are not set up', () => {
    assert.equal(two.cli(['deinit', '--yes']).status, 0);
    edit('other/f', () => two.write('f', 'one\nby A\n'));
    assert.deepEqual(sessions(), []);
  });

  it('are recorded where nothing can be kept elsewhere', () => {
    mkdirSync(join(one.root, 'data/countersign'), { recursive: true });
    writeFileSync(join(one.root, 'data/countersign/sessions'), 'in the way');
    edit('other/f', () => two.write('f', 'one\nby A\n'));
    assert.equal(who(two), 'uA');
  });
});
