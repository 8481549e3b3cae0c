import { rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { attachRecords } from '../../src/app/attachRecords';
import { recordsOf } from '../../src/app/commitRecords';
import { checkLocally } from '../../src/app/gate/localCheck';
import { type Clone, type Ran, type Server, server } from '../gate/server';
import { pushBlockedMarker } from '../../src/core/gate/explain';

const signOffs = 'refs/notes/countersign-signoffs';
const records = 'refs/notes/countersign';
function outcome({ status, stderr }: Ran): string {
  if (status === 0) return 'passed';
  if (stderr.includes(pushBlockedMarker)) return 'blocked';
  return stderr.includes('countersign: undecided') ? 'undecided' : 'failed';
}
const lines = (n: number, word: string) => Array.from({ length: n }, (_, i) => `${word} line number ${i} of the text\n`).join('');

describe('explore', function () {
  this.timeout(120_000);
  let at: Server;
  let ana: Clone;
  const setup = (changes: Record<string, string> = {}) => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }', ...changes });
    ana = at.clone('ana');
  };
  afterEach(() => at?.remove());
  const show = (name: string, ran: Ran) => console.log(`  >> ${name}: ${outcome(ran)} ${ran.status === 0 ? '' : ran.stderr.split('\n').slice(0, 6).join('\n       ')}`);
  const emptyRecord = (clone: Clone, commit: Sha) => clone.use((repo) => attachRecords(repo, [{ commit, record: { schema: 1, tool: 'countersign', counts: { ai: 0, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 } } }]));
  const direct = (clone: Clone, ...args: string[]) => { at.noHook(); const ran = clone.push(...args); at.hook(); if (ran.status) throw new Error(ran.stderr); };

  it('a1 evil merge that only deletes', async () => {
    setup();
    ana.write('auth.js', lines(40, 'auth'));
    ana.commit();
    direct(ana, 'main');
    ana.git('checkout', '-q', '-b', 'topic');
    ana.write('docs/a.md', 'x\n'); ana.commit();
    ana.git('checkout', '-q', 'main');
    ana.write('docs/b.md', 'y\n'); ana.commit(); direct(ana, 'main');
    ana.git('checkout', '-q', 'topic');
    ana.git('merge', '-q', '--no-commit', 'main');
    ana.write('auth.js', lines(2, 'auth'));
    ana.git('add', '-A'); ana.git('commit', '-q', '-m', 'merge');
    show('evil delete merge, no record', ana.push('topic:main'));
  });
  it('a2 -s ours', () => {
    setup();
    ana.write('auth.js', lines(4, 'auth')); ana.commit(); direct(ana, 'main');
    ana.git('checkout', '-q', '-b', 'topic');
    ana.write('docs/a.md', 'x\n'); ana.commit();
    ana.git('checkout', '-q', 'main');
    ana.write('auth.js', lines(44, 'fix')); ana.commit(); direct(ana, 'main');
    ana.git('checkout', '-q', 'topic');
    ana.git('merge', '-q', '-s', 'ours', 'main');
    show('-s ours', ana.push('topic:main'));
  });
  it('a3 rename out of exempt', async () => {
    setup();
    ana.write('docs/x.js', lines(100, 'ai')); const c = ana.commit(); await ana.record(c, 'docs/x.js', '1-100', 'ai');
    show('exempt push', ana.push('main', `${records}:${records}`));
    ana.git('mv', 'docs/x.js', 'x.js'); const d = ana.commit(); await emptyRecord(ana, d);
    show('rename push', ana.push('main', `${records}:${records}`));
  });
  it('a4 carry X then undo', async () => {
    setup();
    const text = lines(40, 'new');
    ana.git('checkout', '-q', '-b', 'topic');
    ana.write('code.js', text); ana.commit();
    await ana.sign('carla');
    ana.git('update-ref', 'refs/countersign/signed/x', 'HEAD');
    ana.git('reset', '-q', '--hard', 'main');
    ana.write('evil.js', lines(50, 'evil')); ana.commit();
    rmSync(join(ana.path, 'evil.js')); ana.commit();
    ana.write('code.js', text); ana.commit('again');
    show('X undo', ana.push('topic:main', `${signOffs}:${signOffs}`, 'refs/countersign/signed/x'));
  });
  it('a6 NUL', async () => {
    setup();
    ana.write('nul.js', `// \0\n${lines(100, 'ai')}`); const c = ana.commit(); await ana.record(c, 'nul.js', '1-101', 'ai');
    show('NUL js', ana.push('main', `${records}:${records}`));
    ana.write('nul.js', `// \n${lines(100, 'ai')}${lines(100, 'more')}`); const d = ana.commit(); await ana.record(d, 'nul.js', '1-201', 'ai');
    show('NUL gone', ana.push('main', `${records}:${records}`));
  });
  it('a62 symlink to file', async () => {
    setup();
    symlinkSync('code.js', join(ana.path, 'l.js')); ana.commit(); 
    show('symlink', ana.push('main'));
    unlinkSync(join(ana.path, 'l.js'));
    ana.write('l.js', lines(100, 'ai')); const d = ana.commit(); await ana.record(d, 'l.js', '1-100', 'ai');
    show('file for symlink', ana.push('main', `${records}:${records}`));
  });
  it('a7 long line', async () => {
    setup();
    ana.write('long.js', `${lines(500, 'ai;').replaceAll('\n', ' ')}\n`); const d = ana.commit(); await ana.record(d, 'long.js', '1', 'ai');
    show('long line', ana.push('main', `${records}:${records}`));
    ana.write('bidi.js', `if (x) { // \u202e } \u2066 a\n`); const e = ana.commit(); await ana.record(e, 'bidi.js', '1', 'ai');
    show('bidi', ana.push('main', `${records}:${records}`));
  });
  it('a47 veto evasion', async () => {
    setup({ carry: 'never' });
    ana.git('checkout', '-q', '-b', 'topic');
    ana.write('code.js', lines(10, 'new')); ana.commit();
    await ana.sign('carla', { decision: { event: 'request-changes', reason: 'No.' } });
    ana.git('update-ref', 'refs/countersign/signed/x', 'HEAD');
    show('vetoed', ana.push('topic:main', `${signOffs}:${signOffs}`, 'refs/countersign/signed/x'));
    ana.git('commit', '-q', '--amend', '-m', 'other words');
    show('vetoed, reworded, carry never', ana.push('topic:main', `${signOffs}:${signOffs}`, 'refs/countersign/signed/x'));
  });
  it('a47b veto evasion by 31 commits', async () => {
    setup();
    ana.git('checkout', '-q', '-b', 'topic');
    ana.write('code.js', lines(10, 'new')); ana.commit();
    await ana.sign('carla', { decision: { event: 'request-changes', reason: 'No.' } });
    ana.git('update-ref', 'refs/countersign/signed/x', 'HEAD');
    ana.git('commit', '-q', '--amend', '-m', 'other words');
    show('vetoed, reworded', ana.push('topic:main', `${signOffs}:${signOffs}`, 'refs/countersign/signed/x'));
    for (let i = 0; i < 31; i++) ana.commit('empty');
    show('vetoed, reworded, 31 on top', ana.push('topic:main', `${signOffs}:${signOffs}`, 'refs/countersign/signed/x'));
  });
  it('a5 moved DoS', async () => {
    setup();
    ana.write('d.js', '}\n'.repeat(3000) + '{\n'.repeat(3001)); ana.commit(); direct(ana, 'main');
    ana.write('d.js', '{\n'.repeat(3001) + '}\n'.repeat(3000)); const c = ana.commit();
    await emptyRecord(ana, c);
    const t = Date.now();
    await ana.use(async (repo) => { const r = await checkLocally(repo, recordsOf(repo), { target: 'main' }); console.log('  >> moved', r.result.verdict, Date.now() - t, 'ms'); });
  });
  it('a56 huge ranges', async () => {
    setup();
    ana.write('d.js', 'x\n'); const c = ana.commit();
    const blob = ana.git('rev-parse', 'HEAD:d.js') as Sha;
    const ranges = Array.from({ length: 4 }, (_, i) => `${i * 5000000 + 1}-${i * 5000000 + 5000000}`).join(',');
    await ana.use((repo) => attachRecords(repo, [{ commit: c, record: { schema: 1, tool: 'countersign', files: { 'd.js': { blob, lines: [[ranges, 'human']] } }, counts: { ai: 0, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 } } }]));
    const t = Date.now();
    show('huge', ana.push('main', `${records}:${records}`));
    console.log(Date.now() - t, 'ms');
  });
  it('a10 push by URL', async () => {
    setup();
    ana.write('code.js', lines(50, 'x')); const head = ana.commit();
    ana.git('checkout', '-q', '-b', 'release/1');
    const { decidePush, parsePushedRefs } = await import('../../src/app/gate/prePush');
    for (const [remote, url] of [['origin', at.bare], [at.bare, at.bare]] as const)
      for (const [ref, old] of [['refs/heads/main', at.ref('refs/heads/main')], ['refs/heads/release/1', '0'.repeat(40)], ['refs/heads/main', '1'.repeat(40)]])
        await ana.use(async (repo) => { const d = await decidePush(repo, { remote, url }, parsePushedRefs(`HEAD ${head} ${ref} ${old}\n`)); console.log('  >>', remote === url ? 'URL' : remote, ref, old?.slice(0, 4), d.verdict); });
  });
});
