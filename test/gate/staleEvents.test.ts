import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type Clone, type Server, server } from './server';

describe('sign-offs of work that was made again', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  beforeEach(async () => {
    at = server();
    ana = at.clone('ana');
    ana.write('code.js', 'one\ntwo\nthree\nfour\n');
    ana.commit();
    await ana.sign('carla');
    ana.write('code.js', 'one\ntwo\nthree\nfive\n');
    ana.git('commit', '-q', '-a', '--amend', '--no-edit');
  });
  afterEach(() => at.remove());

  const kinds = (): readonly string[] => {
    const { stdout } = ana.cli('check', '--json', '--target', 'main');
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly kind: string }[] };
    return findings.map(({ kind }) => kind).filter((kind) => /signOff/i.test(kind));
  };
  const merge = async (): Promise<void> => {
    await ana.sign('carla');
    at.noHook();
    assert.equal(ana.push('main').status, 0);
  };

  it('are stale for what took its place', () => {
    assert.deepEqual(kinds(), ['needsSignOff', 'signOffStale']);
  });

  it('are stale for other files that took its place', () => {
    ana.git('checkout', '-q', 'HEAD~1', '--', 'code.js');
    ana.write('other.js', 'one\ntwo\nthree\nfive\n');
    ana.git('add', '.');
    ana.git('commit', '-q', '--amend', '--no-edit');
    assert.deepEqual(kinds(), ['needsSignOff', 'signOffStale']);
  });

  it('are not spoken of once it is merged', async () => {
    await merge();
    assert.deepEqual(kinds(), []);
  });

  it('are not spoken of for later work on other files', async () => {
    await merge();
    ana.write('more.js', 'one\n');
    ana.commit();
    assert.deepEqual(kinds(), ['needsSignOff']);
  });
});
