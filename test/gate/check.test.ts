import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { type Clone, type Server, server } from './server';

describe('countersign check --target', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  before(() => {
    at = server();
    ana = at.clone('ana');
    ana.write('code.js', 'one\ntwo\nthree\nfour\n');
    ana.commit();
  });
  after(() => at.remove());

  const check = (target: string, wanted: string) =>
    it(JSON.stringify(target), () => {
      const { status, stdout, stderr } = ana.cli('check', '--json', '--base', 'origin/main', `--target=${target}`);
      const verdict = stdout === '' ? '' : ` ${(JSON.parse(stdout) as { readonly verdict: string }).verdict}`;
      assert.equal(`${status}${verdict}${stderr === '' ? '' : ' and says so'}`, wanted);
    });

  check('main', '1 blocked');
  check('refs/heads/main', '1 blocked');
  check('topic', '0 pass and says so');
  check('origin/main', '0 pass and says so');
  for (const none of [
    '',
    ' ',
    'main ',
    'refs/',
    'refs/heads/',
    'refs/main',
    'a..b',
    'a~1',
    '.a',
    'a/.b',
    'a.lock',
    'a//b',
  ]) {
    check(none, '2 and says so');
  }
});
