import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { recordsOf } from '../../src/app/commitRecords';
import { checkLocally } from '../../src/app/gate/localCheck';
import { outgoingWork } from '../../src/app/gate/outgoing';
import { decidePush, parsePushedRefs } from '../../src/app/gate/prePush';
import type { Decision } from '../../src/app/gate/sign';
import type { Sha } from '../../src/core/brand';
import { type Clone, type Server, server } from '../gate/server';
import { lines, outcome, pushAll, signAndKeep } from './support';

describe('one evaluator', function () {
  this.timeout(120_000);
  let at: Server;
  let ana: Clone;
  beforeEach(() => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }' });
    ana = at.clone('ana');
  });
  afterEach(() => at.remove());

  const commit = (path: string, text: string): Sha => {
    ana.write(path, text);
    return ana.commit();
  };
  const no: Decision = { event: 'request-changes', reason: 'No.' };
  const amend = () => ana.git('commit', '-q', '--amend', '-m', 'Other words');

  const cases: readonly (readonly [string, 'pass' | 'blocked', () => unknown])[] = [
    ['lines of an unknown source', 'blocked', () => commit('x.js', lines(40, 'x'))],
    ['lines of an AI', 'blocked', () => ana.record(commit('x.js', lines(40, 'x')), 'x.js', '1-40', 'ai')],
    ['a protected path', 'blocked', () => commit('.gitattributes', '* text\n')],
    [
      'a veto',
      'blocked',
      async () => {
        commit('x.js', lines(3, 'x'));
        await signAndKeep(ana, 'carla', { decision: no });
        amend();
      },
    ],
    [
      'a sign-off of something else',
      'blocked',
      async () => {
        commit('x.js', lines(40, 'x'));
        await signAndKeep(ana, 'carla');
        ana.write('x.js', lines(41, 'x'));
        ana.git('commit', '-q', '-a', '--amend', '-m', 'More');
      },
    ],
    ['lines of a person', 'pass', () => ana.record(commit('h.js', lines(40, 'h')), 'h.js', '1-40')],
    [
      'a sign-off that carries',
      'pass',
      async () => {
        commit('x.js', lines(40, 'x'));
        await signAndKeep(ana, 'carla');
        amend();
      },
    ],
  ];

  it('gives one verdict in the terminal, the panel, before a push and where it arrives', async () => {
    for (const [name, expected, make] of cases) {
      ana.git('fetch', '-q');
      ana.git('checkout', '-q', '-B', 'main', 'origin/main');
      await make();
      const tip = at.ref('refs/heads/main');
      const verdicts = await ana.use(async (repo) => {
        const checked = await checkLocally(repo, recordsOf(repo), { target: 'main' });
        const named = await checkLocally(repo, recordsOf(repo), { target: 'main', base: tip });
        const shown = await outgoingWork(repo, recordsOf(repo));
        assert.deepEqual(named.result.findings, checked.result.findings, name);
        assert.deepEqual(shown?.judgement.result, checked.result, name);
        const pushed = parsePushedRefs(`HEAD ${checked.head} refs/heads/main ${tip}\n`);
        const decided = await decidePush(repo, { remote: 'origin', url: at.bare }, pushed);
        return [checked.result.verdict, decided.verdict];
      });
      assert.deepEqual(verdicts, [expected, expected], name);
      assert.equal(outcome(pushAll(ana, 'main')), expected === 'pass' ? 'passed' : 'blocked', name);
    }
  });
});
