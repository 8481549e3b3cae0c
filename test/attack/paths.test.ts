import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type Clone, type Server, server } from '../gate/server';
import { lines, outcome, place, pushAll } from './support';

describe('paths that are to escape the rules', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  const open = (changes: Readonly<Record<string, string>> = {}): void => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }', ...changes });
    ana = at.clone('ana');
  };
  afterEach(() => at.remove());
  /** A file whose name is no UTF-8. */
  const writeBytes = (folder: string, name: readonly number[], text: string): void => {
    mkdirSync(join(ana.path, folder), { recursive: true });
    writeFileSync(Buffer.concat([Buffer.from(`${join(ana.path, folder)}/`), Buffer.from(name)]), text);
    ana.commit();
  };

  it('a gate file that is moved away is still one', () => {
    open();
    ana.write('.github/workflows/gate.yml', 'on: push\njobs:\n  x:\n    run: countersign check\n');
    ana.commit();
    place(at, ana, 'main');
    mkdirSync(join(ana.path, 'docs'));
    ana.git('mv', '.github/workflows/gate.yml', 'docs/gate.yml');
    ana.commit();
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });

  it('a name that is no UTF-8 is in its folder all the same', () => {
    open({ risks: '[{ name: pay, paths: ["src/pay/**"], threshold: { lines: 1 } }]' });
    writeBytes('src/pay', [0xff, 0x2e, 0x6a, 0x73], 'pay();\n');
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
    ana.git('reset', '-q', '--hard', 'HEAD^');
    writeBytes('docs', [0xff], lines(40, 'text'));
    assert.equal(outcome(pushAll(ana, 'main')), 'passed');
  });
});
