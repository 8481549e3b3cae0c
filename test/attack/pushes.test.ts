import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { decidePush, type PushDestination, parsePushedRefs } from '../../src/app/gate/prePush';
import type { Sha } from '../../src/core/brand';
import { type Clone, policyText, type Server, server } from '../gate/server';
import { lines, place } from './support';

describe('a push before it leaves', function () {
  this.timeout(60_000);
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
  const decide = async (input: string, more: Partial<PushDestination> = {}) => {
    const pushed = parsePushedRefs(input);
    return (await ana.use((repo) => decidePush(repo, { remote: 'origin', url: at.bare, ...more }, pushed))).verdict;
  };

  it('is judged whatever words it was named by', async () => {
    const head = commit('x.js', lines(40, 'x'));
    const tip = at.ref('refs/heads/main');
    for (const words of ['HEAD', 'main@{1 second ago}', ':/A change', 'HEAD^{/a\nb c}', '', 'refs/heads/a 0 b'])
      assert.equal(await decide(`${words} ${head} refs/heads/main ${tip}\n`), 'blocked', words);
  });

  it('that is forced over work which is not here loses it', async () => {
    const bo = at.clone('bo');
    bo.write('docs/a.md', 'text\n');
    bo.commit();
    bo.push('main');
    const head = commit('docs/b.md', 'text\n');
    const input = `HEAD ${head} refs/heads/main ${at.ref('refs/heads/main')}\n`;
    assert.equal(await decide(input, { isForced: true }), 'blocked');
    // Git refuses it by itself, and says that others have pushed.
    assert.equal(await decide(input), 'pass');
  });

  it('goes by what the branch itself holds there, not by what was fetched of it before', async () => {
    const before = at.ref('refs/heads/main');
    ana.write('.countersign.yml', policyText({ revision: '2', protect: '["release/**"]' }));
    const tip = ana.commit();
    place(at, ana, 'main');
    ana.git('update-ref', 'refs/remotes/origin/main', before);
    const head = commit('x.js', lines(40, 'x'));
    assert.equal(await decide(`HEAD ${head} refs/heads/main ${tip}\n`), 'pass');
  });
});
