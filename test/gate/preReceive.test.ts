import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { pushBlockedMarker } from '../../src/core/gate/explain';
import { builtCli } from '../support/builtCli';
import { type Clone, emptyRoot, emptyServer, policyText, type Ran, type Server, server } from './server';

const signOffs = 'refs/notes/countersign-signoffs';
const records = 'refs/notes/countersign';

/** What the hook itself ended with is not in git's exit code: its words are. */
function outcome({ status, stderr }: Ran): 'passed' | 'blocked' | 'undecided' | 'failed' {
  if (status === 0) return 'passed';
  if (stderr.includes(pushBlockedMarker)) return 'blocked';
  return stderr.includes('countersign: undecided') ? 'undecided' : 'failed';
}

describe('the gate on a server', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  beforeEach(() => {
    at = server();
    ana = at.clone('ana');
  });
  afterEach(() => at.remove());

  const changeCode = (clone: Clone = ana, text = 'one\ntwo\nthree\nfour\n'): string => {
    clone.write('code.js', text);
    return clone.commit();
  };
  const main = (): string => at.ref('refs/heads/main');

  it('blocks what needs a sign-off, also of who skips their own hook', () => {
    const before = main();
    changeCode();
    assert.equal(outcome(ana.push('main')), 'blocked');
    assert.equal(outcome(ana.push('--no-verify', 'main')), 'blocked');
    assert.equal(main(), before);
  });

  it('says first what is wrong and last what to do, on standard error', () => {
    changeCode();
    const { stdout, stderr } = ana.push('main');
    const lines = stderr
      .split('\n')
      .filter((line) => line.startsWith('remote: '))
      .map((line) => line.slice('remote: '.length).trim());
    assert.equal(stdout, '');
    assert.ok(lines[0]?.startsWith(pushBlockedMarker), stderr);
    assert.ok(lines.at(-1)?.startsWith(pushBlockedMarker) && lines.at(-1)?.includes('countersign sign'), stderr);
  });

  it('passes what a senior signed, with the notes in an earlier push', async () => {
    const head = changeCode();
    await ana.sign('carla');
    assert.equal(outcome(ana.push(`${signOffs}:${signOffs}`)), 'passed');
    assert.equal(outcome(ana.push('main')), 'passed');
    assert.equal(main(), head);
  });

  it('judges a branch and its notes in one atomic push together', async () => {
    const head = changeCode();
    await ana.sign('carla');
    assert.equal(outcome(ana.push('--atomic', 'main', `${signOffs}:${signOffs}`)), 'passed');
    assert.equal(main(), head);
    assert.notEqual(at.ref(signOffs), 'none');
  });

  it('does not take the key of nobody it knows, or a sign-off of another content', async () => {
    changeCode();
    await assert.rejects(ana.sign('mallory'));
    await ana.sign('carla');
    changeCode(ana, 'one\ntwo\nthree\nsomething else\n');
    assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
  });

  it('stops at a veto', async () => {
    changeCode();
    await ana.sign('carla');
    await ana.sign('dora', { decision: { event: 'request-changes', reason: 'No.' } });
    assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
  });

  it('does not count the sign-off of whoever pushes', async () => {
    changeCode();
    await ana.sign('carla');
    at.hook('--pusher', 'CARLA@example.com');
    assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
    at.hook('--pusher', 'ana@example.com');
    assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'passed');
  });

  for (const variable of ['COUNTERSIGN_PUSHER', 'GL_USERNAME', 'REMOTE_USER']) {
    it(`takes the pusher from ${variable}`, async () => {
      changeCode();
      await ana.sign('carla');
      const hook = join(at.bare, 'hooks', 'pre-receive');
      writeFileSync(
        hook,
        `#!/bin/sh\n${variable}=carla@example.com exec '${process.execPath}' '${builtCli()}' pre-receive\n`,
      );
      assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
    });
  }

  it('refuses to lose commits of a protected branch, and to delete it', () => {
    at.noHook();
    changeCode();
    ana.push('main');
    at.hook();
    const before = main();
    assert.equal(outcome(ana.push('--force', 'HEAD^:main')), 'blocked');
    at.git('config', 'receive.denyDeleteCurrent', 'ignore');
    assert.equal(outcome(ana.push('--delete', 'main')), 'blocked');
    assert.equal(main(), before);
  });

  it('lets an unprotected branch come, go and be rewound without a word', () => {
    changeCode();
    for (const args of [['HEAD:topic'], ['--force', 'HEAD^:topic'], ['--delete', 'topic']]) {
      const pushed = ana.push(...args);
      assert.equal(outcome(pushed), 'passed');
      assert.doesNotMatch(pushed.stderr, /countersign/);
    }
  });

  it('passes exempt files of a protected branch, and what another protected branch holds', async () => {
    ana.write('docs/a.md', 'text\n');
    ana.commit();
    assert.equal(outcome(ana.push('main')), 'passed');
    changeCode();
    await ana.sign('carla');
    assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'passed');
    assert.equal(outcome(ana.push('HEAD:release/1')), 'passed');
  });

  it('judges a protected ref that is not there yet by the default branch', () => {
    changeCode();
    assert.equal(outcome(ana.push('HEAD:release/1')), 'blocked');
    ana.git('tag', '-a', '-m', 'v', 'v1');
    assert.equal(outcome(ana.push('v1')), 'blocked');
    ana.git('tag', '-a', '-m', 'v', 'v0', 'HEAD^');
    assert.equal(outcome(ana.push('v0')), 'passed');
  });

  it('cannot decide on a protected tag of something that is no commit', () => {
    const blob = ana.git('rev-parse', 'HEAD:code.js');
    assert.equal(outcome(ana.push(`${blob}:refs/tags/v1`)), 'undecided');
  });

  it('judges each of several refs', async () => {
    const before = main();
    changeCode();
    assert.equal(outcome(ana.push('main', 'HEAD:topic')), 'blocked');
    await ana.sign('carla');
    assert.equal(outcome(ana.push('main', 'HEAD:release/1', `${signOffs}:${signOffs}`)), 'blocked');
    assert.equal(main(), before);
    assert.equal(at.ref('refs/heads/topic'), 'none');
  });

  it('does not let work in through a ref that stands for a protected one', () => {
    at.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    changeCode();
    assert.equal(outcome(ana.push('HEAD:alias')), 'blocked');
  });

  describe('policy', () => {
    it('is read from the tip: a change of it needs a sign-off under the one before', async () => {
      ana.write('.countersign.yml', policyText({ revision: '2', mode: 'observe' }));
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'blocked');
      await ana.sign('carla');
      assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'passed');
      assert.equal(at.git('config', 'countersign.policyFloor'), '1');
      ana.write('docs/a.md', 'text\n');
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'passed');
      assert.equal(at.git('config', 'countersign.policyFloor'), '2');
    });

    it('does not count a senior who joins in the same push', async () => {
      ana.write(
        'signers',
        `mallory@example.com namespaces="countersign" ${at.keys.pub(join(at.keys.home, 'mallory'))}\n`,
      );
      ana.write('.countersign.yml', policyText({ revision: '2', seniors: '[{ principal: mallory@example.com }]' }));
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'blocked');
    });

    for (const [name, text] of [
      ['a lower revision', policyText({ revision: '0' })],
      ['other rules of the same revision', policyText({ mode: 'observe' })],
      ['a broken one', 'schema: 1\nnonsense: yes\n'],
    ] as const) {
      it(`refuses ${name} although it is signed`, async () => {
        ana.write('.countersign.yml', text);
        ana.commit();
        await ana.sign('carla');
        assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
      });
    }

    it('refuses its removal although it is signed', async () => {
      rmSync(join(ana.path, '.countersign.yml'));
      ana.commit();
      await ana.sign('carla');
      assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
    });

    it('refuses what goes below the floor, and takes what raises it there', async () => {
      at.git('config', 'countersign.policyFloor', '2');
      ana.write('docs/a.md', 'text\n');
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'blocked');
      ana.write('.countersign.yml', policyText({ revision: '2' }));
      ana.commit();
      await ana.sign('carla');
      assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'passed');
      assert.equal(at.git('config', 'countersign.policyFloor'), '2');
    });

    it('cannot decide where the floor is no number', () => {
      at.git('config', 'countersign.policyFloor', 'high');
      ana.write('docs/a.md', 'text\n');
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'undecided');
    });

    it('does not let the policy of an unprotected branch raise the floor', () => {
      ana.write('.countersign.yml', policyText({ revision: '900', protect: '[main, topic]', mode: 'observe' }));
      ana.commit();
      assert.equal(outcome(ana.push('HEAD:topic')), 'passed');
      ana.write('docs/a.md', 'text\n');
      ana.commit();
      assert.equal(outcome(ana.push('HEAD:topic')), 'passed');
      assert.equal(at.git('config', '--default', 'none', 'countersign.policyFloor'), 'none');
    });

    it('falls back to the last one that decodes, with a warning', () => {
      at.noHook();
      ana.write('.countersign.yml', 'schema: 1\nnonsense: yes\n');
      ana.commit();
      ana.push('main');
      at.hook();
      changeCode();
      assert.equal(outcome(ana.push('main')), 'blocked');
      ana.git('reset', '-q', '--hard', 'HEAD^');
      ana.write('docs/a.md', 'text\n');
      ana.commit();
      const pushed = ana.push('main');
      assert.equal(outcome(pushed), 'passed');
      assert.match(pushed.stderr, /countersign: /);
    });

    it('of the default branch governs a branch whose own is older or has none', () => {
      at.noHook();
      ana.write('.countersign.yml', policyText({ revision: '2' }));
      ana.commit();
      ana.git('checkout', '-q', '-b', 'old', 'HEAD^');
      ana.write('.countersign.yml', policyText({ mode: 'observe' }));
      ana.commit();
      ana.push('main', 'old:release/old');
      ana.git('checkout', '-q', '--orphan', 'bare');
      ana.git('rm', '-q', '-r', '-f', '.');
      ana.write('code.js', 'one\n');
      ana.commit();
      ana.push('bare:release/bare');
      at.hook();
      for (const branch of ['old', 'bare']) {
        ana.git('checkout', '-q', branch);
        ana.write('more.js', 'one\n');
        ana.commit();
        assert.equal(outcome(ana.push(`${branch}:release/${branch}`)), 'blocked', branch);
        assert.equal(outcome(ana.push(`${branch}:topic/${branch}`)), 'passed', branch);
      }
    });

    it('that is gone may be brought back, with a sign-off under the one that was there last', async () => {
      at.noHook();
      rmSync(join(ana.path, '.countersign.yml'));
      ana.commit();
      ana.push('main');
      at.hook();
      ana.write('docs/a.md', 'text\n');
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'blocked');
      ana.write('.countersign.yml', policyText());
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'blocked');
      await ana.sign('carla');
      assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'passed');
    });

    it('that is gone from the default branch blocks what it protected, and nothing else', () => {
      at.noHook();
      rmSync(join(ana.path, '.countersign.yml'));
      ana.commit();
      ana.push('main');
      at.hook();
      changeCode();
      assert.equal(outcome(ana.push('main')), 'blocked');
      assert.equal(outcome(ana.push('HEAD:release/1')), 'blocked');
      assert.equal(outcome(ana.push('HEAD:topic')), 'passed');
    });
  });

  describe('refused whatever the policy says', () => {
    it('replaced objects', () => {
      changeCode();
      ana.git('replace', 'HEAD', 'HEAD^');
      assert.equal(outcome(ana.push('refs/replace/*:refs/replace/*')), 'blocked');
      assert.equal(at.git('for-each-ref', 'refs/replace'), '');
    });

    it('sign-off notes that lose a line, a note, or all', async () => {
      const first = changeCode();
      await ana.sign('carla');
      await ana.sign('dora');
      assert.equal(outcome(ana.push(`${signOffs}:${signOffs}`)), 'passed');
      const [line] = ana.git('notes', `--ref=${signOffs}`, 'show', first).split('\n');
      const held = at.ref(signOffs);
      ana.git('update-ref', 'refs/notes/kept', signOffs);
      for (const change of [
        ['notes', `--ref=${signOffs}`, 'add', '-f', '-m', line ?? '', first],
        ['notes', `--ref=${signOffs}`, 'remove', first],
        ['notes', `--ref=${signOffs}`, 'copy', '-f', first, 'HEAD^'],
      ]) {
        ana.git('update-ref', signOffs, 'refs/notes/kept');
        ana.git(...change);
        if (change[2] === 'copy') ana.git('notes', `--ref=${signOffs}`, 'remove', first);
        assert.equal(outcome(ana.push(`${signOffs}:${signOffs}`)), 'blocked', change[2]);
      }
      assert.equal(outcome(ana.push('--delete', signOffs)), 'blocked');
      assert.equal(outcome(ana.push('--force', `HEAD:${signOffs}`)), 'blocked');
      assert.equal(at.ref(signOffs), held);
    });

    it('takes sign-off notes that grow, in whatever history', async () => {
      changeCode();
      await ana.sign('carla');
      ana.push(`${signOffs}:${signOffs}`);
      await ana.sign('dora');
      const tree = ana.git('rev-parse', `${signOffs}^{tree}`);
      const orphan = ana.git('commit-tree', '-m', 'notes', tree);
      assert.equal(outcome(ana.push('--force', `${orphan}:${signOffs}`)), 'passed');
    });

    it('notes that are none', () => {
      const blob = ana.git('rev-parse', 'HEAD:code.js');
      for (const ref of [signOffs, records]) assert.equal(outcome(ana.push(`${blob}:${ref}`)), 'undecided', ref);
    });
  });

  describe('records', () => {
    it('that come with the push count, and are asked for where they are missing', async () => {
      const commit = changeCode();
      const blocked = ana.push('main');
      assert.equal(outcome(blocked), 'blocked');
      assert.match(blocked.stderr, new RegExp(`countersign sync <remote> [0-9a-f]{12}\\.\\.${commit.slice(0, 12)}`));
      await ana.record(commit as never, 'code.js', '4');
      const passed = ana.push('main', `${records}:${records}`);
      assert.equal(outcome(passed), 'passed');
      assert.doesNotMatch(passed.stderr, /sync/);
    });

    it('that another push published count, and those that a push takes away do not', async () => {
      const commit = changeCode();
      await ana.record(commit as never, 'code.js', '4');
      assert.equal(outcome(ana.push(`${records}:${records}`)), 'passed');
      assert.equal(outcome(ana.push('main', `:${records}`)), 'blocked');
      assert.equal(outcome(ana.push('main')), 'passed');
    });

    it('of an AI need a sign-off', async () => {
      const commit = changeCode();
      await ana.record(commit as never, 'code.js', '4', 'ai');
      assert.equal(outcome(ana.push('main', `${records}:${records}`)), 'blocked');
    });
  });

  it('writes no ref and leaves no object of a refused push', async () => {
    const refs = at.git('for-each-ref');
    const head = changeCode();
    assert.equal(outcome(ana.push('main')), 'blocked');
    assert.equal(at.git('for-each-ref'), refs);
    assert.throws(() => at.git('cat-file', '-e', head));
  });

  for (const name of [
    '$(touch$IFS)`x`;',
    'quote\'"',
    'ümläut',
    '-dash',
    'a;b&c|d',
    '\u202egnp.nohtyp',
    '%s%n',
    '<script>',
  ]) {
    it(`judges a branch of the name ${JSON.stringify(name)}`, () => {
      changeCode();
      const pushed = ana.tryGit('push', '-q', 'origin', `HEAD:refs/heads/release/${name}`);
      assert.equal(outcome(pushed), 'blocked');
      assert.doesNotMatch(pushed.stderr.replace(/^ ! .*$/gm, ''), /[\u202e\u001b]/);
      assert.equal(outcome(ana.tryGit('push', '-q', 'origin', `HEAD:refs/heads/topic/${name}`)), 'passed');
    });
  }

  it('decides nothing where a push brings history that is cut off', () => {
    changeCode();
    changeCode(ana, 'one\n');
    const folder = join(at.root, 'shallow');
    ana.git('clone', '-q', '--depth=1', `file://${ana.path}`, folder);
    at.git('config', 'receive.shallowUpdate', 'true');
    assert.equal(outcome(ana.tryGit('-C', folder, 'push', '-q', at.bare, 'HEAD:refs/heads/release/1')), 'undecided');
  });
});

describe('the first push to a server', function () {
  this.timeout(60_000);
  it('may bring the policy, which governs the next', () => {
    const { root, keys } = emptyRoot();
    const at = emptyServer(root, keys);
    at.hook();
    try {
      const ana = at.clone('ana');
      ana.write('.countersign.yml', policyText());
      ana.write('signers', `carla@example.com namespaces="countersign" ${keys.pub(join(keys.home, 'carla'))}\n`);
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'passed');
      ana.write('code.js', 'one\n');
      ana.commit();
      assert.equal(outcome(ana.push('main')), 'blocked');
    } finally {
      at.remove();
    }
  });

  it('of work without a policy passes, also where the default branch has another name', () => {
    const { root, keys } = emptyRoot();
    const at = emptyServer(root, keys);
    at.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
    at.hook();
    try {
      const ana = at.clone('ana');
      ana.write('code.js', 'one\n');
      ana.commit();
      assert.equal(outcome(ana.push('HEAD:topic')), 'passed');
      assert.equal(outcome(ana.push('HEAD:trunk')), 'passed');
      assert.equal(outcome(ana.push('--delete', 'topic')), 'passed');
    } finally {
      at.remove();
    }
  });
});

describe('countersign pre-receive', function () {
  this.timeout(60_000);
  let at: Server;
  beforeEach(() => {
    at = server();
  });
  afterEach(() => at.remove());
  const codeOf = (input: string, args: readonly string[] = [], cwd = at.bare): number | null =>
    spawnSync(process.execPath, [builtCli(), 'pre-receive', ...args], {
      cwd,
      input,
      env: { PATH: process.env['PATH'], HOME: at.root },
    }).status;

  it('ends with 0, 1, 2 or 3', () => {
    const zero = '0'.repeat(40);
    const tip = at.ref('refs/heads/main');
    assert.equal(codeOf(''), 0);
    assert.equal(codeOf(`${tip} ${tip} refs/heads/topic\n`), 0);
    assert.equal(codeOf(`${tip} ${zero} refs/heads/main\n`), 1);
    assert.equal(codeOf(`${zero} ${tip} refs/replace/${tip}\n`), 1);
    assert.equal(codeOf('nonsense\n'), 2);
    assert.equal(codeOf(`${tip} ${tip}\n`), 2);
    assert.equal(codeOf('', ['--what']), 2);
    assert.equal(codeOf('', ['--help']), 0);
    assert.equal(codeOf(`${tip} ${'1'.repeat(40)} refs/heads/main\n`), 3);
    assert.equal(codeOf(`${tip} ${tip} refs/heads/main\n`, [], at.keys.home), 3);
  });
});
