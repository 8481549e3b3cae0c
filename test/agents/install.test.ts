import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { adapters } from '../../src/agents/adapters';
import type { AbsPath } from '../../src/core/brand';
import {
  type AgentPlan,
  chooseAgents,
  type HookScope,
  planAgents,
  planAgentsRemoval,
} from '../../src/setup/agents/agentPlan';
import { applyAgents } from '../../src/setup/agents/applyAgents';
import { describeAgentPlan } from '../../src/setup/agents/describeAgents';
import { isOurCommand, sharedCommand, userCommand } from '../../src/setup/agents/hookCommand';
import { holdsExactly, withEntries, withoutEntries } from '../../src/setup/agents/hookEntries';
import { inspectAgents } from '../../src/setup/agents/inspectAgents';
import type { Machine } from '../../src/setup/runtime';
import { provenanceRepo } from '../support/provenanceRepo';

const seed = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122);
const user: HookScope = { kind: 'user' };

describe('hooks in the configuration of agents', () => {
  let root: string;
  let machine: Machine;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-agents-')));
    machine = { platform: 'linux', home: join(root, "é it's $HOME"), env: {} };
    mkdirSync(machine.home);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const at = (path: string): string => join(machine.home, ...path.split('/'));
  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  const plan = async (which: string, scope: HookScope = user): Promise<AgentPlan> =>
    planAgents(machine, await chooseAgents(machine, which), scope);
  const install = async (which: string, scope: HookScope = user): Promise<void> =>
    applyAgents(machine, await plan(which, scope));
  const remove = async (): Promise<AgentPlan> => {
    const removal = await planAgentsRemoval(machine, () => true);
    await applyAgents(machine, removal);
    return removal;
  };
  /** Every file and folder of the home: path -> kind, mode, content. */
  const snapshot = (folder = machine.home): Readonly<Record<string, string>> =>
    Object.fromEntries(
      (readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => {
        const path = join(folder, name);
        const stat = lstatSync(path);
        return [name, stat.isFile() ? `${(stat.mode & 0o777).toString(8)} ${readFileSync(path, 'latin1')}` : 'folder'];
      }),
    );
  /** Whether something was put into `text` and nothing else done. */
  const isWithin = (text: string, longer: string): boolean => {
    let at = 0;
    for (const character of longer) if (character === text[at]) at++;
    return at === text.length;
  };
  /** The byte order mark of UTF-8, in Latin-1. */
  const mark = '\u00ef\u00bb\u00bf';
  const able = adapters.filter(({ hooks, id }) => hooks.kind !== 'none' && id !== 'copilot-cli');

  it('auto finds the agents whose folder is there, and no other', async () => {
    assert.deepEqual(
      (await chooseAgents(machine, 'auto')).map(({ id }) => id),
      [],
    );
    for (const folder of ['.claude', '.copilot', '.codeium/windsurf', '.config/opencode', '.gemini'])
      mkdirSync(at(folder), { recursive: true });
    assert.deepEqual(
      (await chooseAgents(machine, 'auto')).map(({ id }) => id),
      ['claude-code', 'copilot', 'gemini-cli', 'opencode', 'windsurf'],
    );
    await assert.rejects(chooseAgents(machine, 'claude-code,nobody'), { code: 'usage' });
    assert.deepEqual((await chooseAgents(machine, 'none')).length, 0);
    assert.deepEqual((await chooseAgents(machine, 'copilot-cli,copilot')).length, 1);
  });

  for (const { id, hooks } of able) {
    it(`${id}: installing twice is installing once, and removing leaves nothing`, async () => {
      write('other/settings.json', '{}');
      const before = snapshot();
      await install(id);
      const once = snapshot();
      assert.notDeepEqual(once, before);
      const again = await plan(id);
      assert.deepEqual(again.steps, []);
      await install(id);
      assert.deepEqual(snapshot(), once);
      assert.deepEqual(
        (await inspectAgents(machine)).map(({ kind }) => kind),
        id === 'codex' ? ['agent-hooks-unapproved'] : [],
      );
      await remove();
      const { '.local': _, '.local/share': __, '.local/share/countersign': ___, ...left } = snapshot();
      assert.deepEqual(left, before);
    });

    if (hooks.kind !== 'entries') continue;
    it(`${id}: what the user wrote stays byte for byte, and comes back`, async () => {
      const path = hooks.user.path;
      const own = Buffer.from(
        '{\r\n\t// mine\r\n\t"env": { "KEY": "é\u0301 \\u0041" },   "hooks": {\r\n\t\t"Stop": [ { "hooks": [ { "type": "command", "command": "mine" } ] }, ],\r\n\t},\r\n\t"last":1 /* end */\r\n}',
      );
      write(path, own);
      chmodSync(at(path), 0o640);
      await install(id);
      const installed = read(path);
      for (const part of [
        '\t// mine\r\n\t"env": { "KEY": "é\u0301 \\u0041" },',
        '\t\t"Stop": [ { "hooks": [ { "type": "command", "command": "mine" } ] },',
        '"last":1 /* end */\r\n}',
      ])
        assert.ok(installed.includes(part), installed);
      assert.equal(lstatSync(at(path)).mode & 0o777, 0o640);
      await remove();
      assert.deepEqual(readFileSync(at(path)), own);
    });

    it(`${id}: what the user changed since stays, and only ours goes`, async () => {
      const path = hooks.user.path;
      write(path, '{\n  "a": 1\n}\n');
      await install(id);
      write(path, read(path).replace('"a": 1', '"a": 2,\n  "b": 3'));
      await remove();
      assert.deepEqual(parse(read(path)), { a: 2, b: 3 });
    });
  }

  it('a byte order mark, and settings in one line, stay as they are', async () => {
    for (const text of ['\ufeff{\n\t"a": 1\n}', '{"a":1}', '{ "hooks": {"Stop":[ ]} }', '{ // empty\n}\n', '\ufeff']) {
      write('.claude/settings.json', text);
      await install('claude-code');
      assert.equal((await inspectAgents(machine)).length, 0);
      assert.ok(isWithin(text.trimEnd(), read('.claude/settings.json')), text);
      await remove();
      assert.equal(read('.claude/settings.json'), text);
    }
  });

  it('the text is not ours to understand: left alone', async () => {
    for (const text of ['{', '[]', '{"hooks":[]}', '{"hooks":{"PreToolUse":{}}}', '"x"']) {
      write('.claude/settings.json', text);
      const { steps, notes } = await plan('claude-code');
      assert.deepEqual([steps, notes.map(({ kind }) => kind)], [[], ['left-alone']], text);
    }
    write('.codex/hooks.json', '{');
    assert.deepEqual(
      (await plan('codex')).notes.map(({ kind }) => kind),
      ['left-alone'],
    );
    write('.cline/hooks/PreToolUse', '#!/bin/sh\necho mine\n');
    assert.deepEqual(
      (await plan('cline')).notes.map(({ kind }) => kind),
      ['left-alone'],
    );
  });

  it('hooks of an older version or another place are replaced, and what was there before them comes back', async () => {
    write('.claude/settings.json', '{"a":1}');
    await install('claude-code');
    const first = read('.claude/settings.json');
    machine = { ...machine, env: { XDG_DATA_HOME: join(root, 'elsewhere') } };
    mkdirSync(join(root, 'elsewhere', 'countersign'), { recursive: true });
    writeFileSync(
      join(root, 'elsewhere', 'countersign', 'agents.json'),
      readFileSync(at('.local/share/countersign/agents.json')),
    );
    await install('claude-code');
    const second = read('.claude/settings.json');
    assert.notEqual(second, first);
    assert.equal(second.match(/record claude-code/g)?.length, first.match(/record claude-code/g)?.length);
    await remove();
    assert.equal(read('.claude/settings.json'), '{"a":1}');
  });

  it('a link to settings is followed for the user, and not in a project', async () => {
    write('dotfiles/claude.json', '{}');
    mkdirSync(at('.claude'));
    symlinkSync(at('dotfiles/claude.json'), at('.claude/settings.json'));
    await install('claude-code');
    assert.ok(lstatSync(at('.claude/settings.json')).isSymbolicLink());
    assert.match(read('dotfiles/claude.json'), /record claude-code/);
    const top = join(root, 'project') as AbsPath;
    mkdirSync(join(top, '.cursor'), { recursive: true });
    symlinkSync(at('dotfiles'), join(top, '.claude'));
    symlinkSync(at('dotfiles/claude.json'), join(top, '.cursor', 'hooks.json'));
    const { steps, notes } = await plan('claude-code,cursor', { kind: 'project', top });
    assert.deepEqual([steps.length, notes.map(({ kind }) => kind)], [0, ['left-alone', 'left-alone']]);
  });

  it("an agent's own variable says where its settings are", async () => {
    machine = {
      ...machine,
      env: { CLAUDE_CONFIG_DIR: join(root, 'c'), XDG_CONFIG_HOME: join(root, 'x'), CODEX_HOME: 'relative' },
    };
    const paths = (await plan('claude-code,opencode,codex')).steps.map(({ path }) => path.slice(root.length));
    assert.deepEqual(paths, [
      '/c/settings.json',
      '/x/opencode/plugins/countersign.js',
      "/é it's $HOME/.codex/hooks.json",
    ]);
  });

  it('a file that changed since the plan stops it, and nothing stays half done', async () => {
    write('.claude/settings.json', '{}');
    write('.gemini/settings.json', '{}');
    const planned = await plan('claude-code,gemini-cli');
    write('.gemini/settings.json', '{"a":1}');
    const before = snapshot();
    await assert.rejects(applyAgents(machine, planned), { code: 'lost-race' });
    assert.equal(read('.claude/settings.json'), before['.claude/settings.json']?.slice(4));
    assert.deepEqual(await inspectAgents(machine), []);
  });

  it('the doctor misses hooks that somebody took out', async () => {
    await install('claude-code');
    write('.claude/settings.json', '{}');
    assert.deepEqual(
      (await inspectAgents(machine)).map(({ kind }) => kind),
      ['agent-hooks-missing'],
    );
  });

  it('the plan in words names each file, and Codex has to be told by its user', async () => {
    const words = describeAgentPlan(await plan('claude-code,codex,amp'), '/nowhere');
    assert.ok(words.some((line) => line.includes('.claude/settings.json')));
    assert.ok(words.some((line) => /^Codex: Approve/.test(line)));
    assert.ok(words.some((line) => /^Nothing to install for Amp/.test(line)));
  });

  describe('the command', () => {
    const shell = (command: string, input = '', env: Record<string, string> = {}) =>
      spawnSync('/bin/sh', ['-c', command], {
        input,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', HOME: machine.home, ...env },
      });
    const program = (folder: string, answer: number): AbsPath => {
      mkdirSync(join(folder, 'countersign', 'runtime'), { recursive: true });
      const path = join(folder, 'countersign', 'runtime', 'countersign');
      writeFileSync(
        path,
        `#!/bin/sh\necho "$@" > '${root}/called'\ncat >> '${root}/called'\necho noise; echo noise >&2; exit ${answer}\n`,
      );
      chmodSync(path, 0o755);
      return path as AbsPath;
    };
    const called = (): string => (existsSync(join(root, 'called')) ? readFileSync(join(root, 'called'), 'utf8') : '');

    for (const name of ['plain', 'with space', "quo'te", 'dol$lar`x`', 'dou"ble\\back']) {
      it(`passes the payload on and keeps silent, whatever our program does: ${name}`, () => {
        const command = userCommand(program(join(root, name), 2), 'codex');
        const { status, stdout, stderr } = shell(command, '{"a":1}');
        assert.deepEqual([status, stdout, stderr, called()], [0, '', '', 'record codex\n{"a":1}']);
        assert.ok(isOurCommand(command, 'codex'));
        assert.ok(!isOurCommand(command, 'code'));
      });
    }

    it('ends well and silent where our program is gone', () => {
      for (const command of [userCommand(join(root, 'gone') as AbsPath, 'x'), sharedCommand('x')]) {
        const { status, stdout, stderr } = shell(command);
        assert.deepEqual([status, stdout, stderr], [0, '', '']);
      }
    });

    it('of a project finds the program of whoever works in it', () => {
      program(at('.local/share'), 1);
      assert.deepEqual([shell(sharedCommand('x'), 'p').status, called()], [0, 'record x\np']);
      rmSync(join(root, 'called'));
      const elsewhere = join(root, 'data folder');
      program(elsewhere, 0);
      rmSync(at('.local'), { recursive: true });
      assert.deepEqual(
        [shell(sharedCommand('x'), 'p', { XDG_DATA_HOME: elsewhere }).status, called()],
        [0, 'record x\np'],
      );
      assert.ok(isOurCommand(sharedCommand('x'), 'x'));
    });
  });

  it('in and out again gives any settings back, and keeps every value of theirs', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const settings = fc.record(
      {
        hooks: fc.dictionary(fc.constantFrom('PreToolUse', 'Stop', 'Other'), fc.array(value, { maxLength: 2 })),
        other: value,
      },
      { requiredKeys: [] },
    );
    const entries = [
      {
        path: ['hooks', 'PreToolUse'],
        value: { hooks: [{ command: userCommand('/d/countersign/runtime/countersign' as AbsPath, 'x') }] },
      },
      {
        path: ['hooks', 'Stop'],
        value: { hooks: [{ command: userCommand('/d/countersign/runtime/countersign' as AbsPath, 'x') }] },
      },
    ];
    fc.assert(
      fc.property(
        settings,
        fc.constantFrom(undefined, 2, 4, '\t'),
        fc.constantFrom('', mark),
        (given, indent, start) => {
          const text = start + JSON.stringify(given, undefined, indent);
          const edited = withEntries(text, 'x', entries, {});
          assert.ok(edited.kind === 'edited' && holdsExactly(edited.text, 'x', entries));
          assert.deepEqual(withEntries(edited.text, 'x', entries, {}), edited);
          assert.ok(isWithin(text, edited.text), edited.text);
          const bare = withoutEntries(edited.text, 'x');
          assert.ok(bare.kind === 'edited');
          assert.ok(bare.text.startsWith(start));
          const left = parse(bare.text.slice(start.length)) as Record<string, unknown>;
          const full = {
            ...given,
            hooks: Object.fromEntries(
              Object.entries(given.hooks ?? {}).filter(([name, list]) => list.length > 0 || name === 'Other'),
            ),
          };
          const { hooks = {}, ...rest } = left;
          const { hooks: hadHooks, ...had } = full;
          assert.deepEqual([rest, hooks], [JSON.parse(JSON.stringify(had)), JSON.parse(JSON.stringify(hadHooks))]);
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});

describe('init --agents', function () {
  this.timeout(60_000);

  it('shows the plan, installs, and deinit takes out what it may', () => {
    const repo = provenanceRepo();
    try {
      // The home is the template's, which all repositories of this process share.
      const env = { ...repo.env, HOME: join(repo.root, 'home') };
      mkdirSync(join(repo.root, 'home', '.claude'), { recursive: true });
      const run = (...args: string[]) => repo.cli(args, { env });
      assert.match(run('init', '--dry-run', '--agents', 'auto').stdout, /\.claude\/settings\.json/);
      assert.ok(!existsSync(join(repo.root, 'home/.claude/settings.json')));
      assert.equal(run('init', '--yes', '--agents', 'auto').status, 0);
      assert.match(readFileSync(join(repo.root, 'home/.claude/settings.json'), 'utf8'), /record claude-code/);
      assert.equal(run('init', '--yes', '--agents', 'nobody').status, 2);
      assert.equal(run('init', '--yes', '--agents', 'copilot,cursor', '--shared').status, 0);
      assert.deepEqual(repo.git('status', '--porcelain', '-uall').split('\n'), [
        '?? .cursor/hooks.json',
        '?? .github/hooks/countersign.json',
      ]);
      assert.doesNotMatch(readFileSync(join(repo.work, '.cursor/hooks.json'), 'utf8'), new RegExp(repo.root));
      assert.equal(run('deinit', '--yes').status, 0);
      assert.equal(repo.git('status', '--porcelain'), '');
      assert.ok(existsSync(join(repo.root, 'home/.claude/settings.json')));
      assert.equal(run('deinit', '--yes', '--agents').status, 0);
      assert.deepEqual(readdirSync(join(repo.root, 'home/.claude')), []);
    } finally {
      repo.remove();
    }
  });
});
