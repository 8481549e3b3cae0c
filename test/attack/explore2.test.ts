import { mkdirSync, rmSync, symlinkSync, writeFileSync, renameSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { attachRecords } from '../../src/app/attachRecords';
import { recordsOf } from '../../src/app/commitRecords';
import { checkLocally } from '../../src/app/gate/localCheck';
import { makeStatement, signableRange, signAndAttach } from '../../src/app/gate/sign';
import { type Clone, cliFile, policyText, type Ran, type Server, server } from '../gate/server';
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
  const show = (name: string, ran: Ran, want = '') => console.log(`  >> ${want !== '' && outcome(ran) !== want ? 'XXXX ' : ''}${name}: ${outcome(ran)} ${ran.status === 0 ? '' : ran.stderr.split('\n').slice(0, outcome(ran) === want ? 1 : 9).join('\n       ').slice(0, outcome(ran) === want ? 170 : 2000)}`);
  const direct = (clone: Clone, ...args: string[]) => { at.noHook(); const ran = clone.push(...args); at.hook(); if (ran.status) throw new Error(ran.stderr); };
  const signWith = (key: string, change: (s: any) => any, principal = key) => ana.use(async (repo) => {
    const recs = recordsOf(repo);
    const judgement = await checkLocally(repo, recs, { head: 'HEAD', target: 'main' });
    const range = await signableRange(repo, judgement);
    const statement = change(await makeStatement(repo, recs, range, { decision: { event: 'approve' }, principal: `${principal}@example.com`, answers: {}, how: 'acknowledged', unattended: true }));
    const signer = { program: 'ssh-keygen', key: { kind: 'file', path: join(at.keys.home, key) }, env: at.keys.env, timeoutMs: 10_000 } as const;
    return (await signAndAttach(repo, range, statement, signer)).id;
  });
  const push = (ref = 'main') => ana.push(ref, `${signOffs}:${signOffs}`);

  it('s1 statement edits, validly signed', async () => {
    setup({ threshold: '{ lines: 1, share: 0 }' });
    const c1 = (ana.write('one.js', lines(2, 'a')), ana.commit());
    const c2 = (ana.write('two.js', lines(2, 'b')), ana.commit());
    for (const [name, change] of Object.entries<(s: any) => any>({
      diffSha256: (s) => ({ ...s, diffSha256: '0'.repeat(64) }),
      resultTree: (s) => ({ ...s, resultTree: ana.git('rev-parse', 'HEAD^^{tree}') }),
      repo: (s) => ({ ...s, repo: 'other' }),
      targetRef: (s) => ({ ...s, targetRef: 'refs/heads/other' }),
      'head = base': (s) => ({ ...s, head: s.base }),
      expired: (s) => ({ ...s, created: s.created - 20 * 86400e3, expires: undefined }),
      future: (s) => ({ ...s, created: s.created + 20 * 86400e3, expires: s.created + 40 * 86400e3 }),
      'no commits': (s) => ({ ...s, commits: [c1] }),
    })) {
      ana.tryGit('update-ref', '-d', signOffs);
      try { await signWith('carla', change); } catch (error) { console.log('  >> cannot make', name, String(error)); continue; }
      const hook = spawnSync(process.execPath, [cliFile(), 'pre-receive'], { input: '' }); void hook;
      // the server never takes events away: judge on a copy
      show(`edited ${name}`, push(), 'blocked');
    }
    // more commits than base..head
    ana.tryGit('update-ref', '-d', signOffs);
    const { diffNames } = await import('../../src/git/diff'); void diffNames;
    const { reviewDigest } = await import('../../src/app/gate/reviewDigest');
    const digest = await ana.use((repo) => reviewDigest(repo, c1 as Sha, c2 as Sha));
    await signWith('carla', (s) => ({ ...s, base: c1, diffSha256: digest, commits: [c1, c2] }));
    show('more commits than base..head', push(), 'blocked');
    ana.tryGit('update-ref', '-d', signOffs);
    await signWith('carla', (s) => s);
    show('true one', push(), 'passed');
  });
  it('s2 other keys', async () => {
    setup({ threshold: '{ lines: 1, share: 0 }' });
    ana.write('one.js', lines(2, 'a')); ana.commit();
    try { await signWith('dora', (s) => s, 'carla'); show("carla by dora's key", push(), 'blocked'); } catch (e) { console.log('  >> refused to make:', String(e)); }
  });
  it('s3 two sign-offs by one person with two keys; shared key', async () => {
    setup({ threshold: '{ lines: 1, share: 0 }' });
    const pub = (n: string) => at.keys.pub(join(at.keys.home, n));
    ana.write('signers', `carla@example.com namespaces="countersign" ${pub('carla')}\ncarla@example.com namespaces="countersign" ${pub('mallory')}\ndora@example.com namespaces="countersign" ${pub('dora')}\ndora@example.com namespaces="countersign" ${pub('mallory')}\n`);
    ana.write('.countersign.yml', policyText({ revision: '5', signOffs: '2' })); ana.commit(); direct(ana, 'main');
    ana.write('one.js', lines(2, 'a')); ana.commit();
    await signWith('mallory', (s) => s, 'carla'); await signWith('mallory', (s) => s, 'dora');
    show('one key two persons', push(), 'blocked');
    ana.tryGit('update-ref', '-d', signOffs);
    await signWith('mallory', (s) => s, 'carla'); await signWith('carla', (s) => s);
    show('two keys one person', push(), 'blocked');
    await signWith('dora', (s) => s);
    show('two of both', push(), 'passed');
  });
  it('s4 signers file tricks', async () => {
    setup({ threshold: '{ lines: 1, share: 0 }' });
    const pub = (n: string) => at.keys.pub(join(at.keys.home, n));
    for (const [name, text] of Object.entries({
      'no namespaces': `carla@example.com ${pub('carla')}\n`, wildcard: `*@example.com namespaces="countersign" ${pub('carla')}\n`, 'other ns': `carla@example.com namespaces="git" ${pub('carla')}\n`, 'ca': `carla@example.com cert-authority,namespaces="countersign" ${pub('carla')}\n`, expired: `carla@example.com namespaces="countersign",valid-before="20200101" ${pub('carla')}\n`,
    })) {
      ana.write('signers', `${text}dora@example.com namespaces="countersign" ${pub('dora')}\n`); ana.commit(); direct(ana, '-f', 'main');
      ana.write('one.js', lines(2, name)); ana.commit();
      try { await ana.sign('carla'); show(name, push(), 'blocked'); } catch (e) { console.log('  >> refused:', name, String(e)); }
      ana.git('reset', '-q', '--hard', 'HEAD^'); ana.tryGit('update-ref', '-d', signOffs);
    }
  });
  it('s5 committer replay: carla rebases what she signed', async () => {
    setup({ threshold: '{ lines: 1, share: 0 }' });
    ana.write('one.js', lines(2, 'a')); ana.commit('Work'); await ana.sign('carla');
    ana.git('update-ref', 'refs/countersign/signed/x', 'HEAD');
    const old = ana.git('rev-parse', 'HEAD');
    ana.git('reset', '-q', '--hard', 'HEAD^'); ana.write('docs/o.md', 'x\n'); ana.commit(); direct(ana, 'main');
    ana.git('-c', 'user.name=carla', '-c', 'user.email=carla@example.com', 'branch', 'x', old);
    const run = spawnSync('git', ['cherry-pick', old], { cwd: ana.path, env: { ...ana.env, GIT_COMMITTER_EMAIL: 'carla@example.com', GIT_COMMITTER_NAME: 'carla' } });
    if (run.status) throw new Error(run.stderr.toString());
    show('rebased by the signer', ana.push('main', `${signOffs}:${signOffs}`, 'refs/countersign/signed/x'), 'passed');
  });
  it('s6 self: author aliases', async () => {
    setup({ threshold: '{ lines: 1, share: 0 }', seniors: '[{ principal: carla@example.com, aliases: [carla@home.example], accounts: ["github:12345"] }, { principal: dora@example.com }]' });
    const forms: Record<string, [string[], string]> = {
      case: [['--author', 'C <CARLA@Example.COM>'], 'm'], alias: [['--author', 'C <carla@home.example>'], 'm'], noreply: [['--author', 'C <12345+carla@users.noreply.github.com>'], 'm'],
      coauthor: [[], 'm\n\nCo-Authored-By: C <carla@home.example>'], 'coauthor two': [[], 'm\n\nCo-authored-by: C <carla@example.com> <x@y>'], 'coauthor bare': [[], 'm\n\nco-authored-by: carla@example.com'],
      'coauthor in body': [[], 'm\nCo-authored-by: C <carla@example.com>\n\nmore'], 'space': [[], 'm\n\nCo-authored-by : C <carla@example.com>'],
    };
    for (const [name, [args, message]] of Object.entries(forms)) {
      ana.write('one.js', lines(2, name)); ana.git('add', '-A'); ana.git('commit', '-q', ...args, '-m', message);
      await ana.sign('carla');
      show(`author ${name}`, push(), 'blocked');
      ana.git('reset', '-q', '--hard', 'origin/main'); ana.tryGit('update-ref', '-d', signOffs);
    }
  });
  it('s7 policy tricks', async () => {
    setup();
    const reset = () => { ana.git('reset', '-q', '--hard', 'origin/main'); ana.tryGit('update-ref', '-d', signOffs); };
    const p = join(ana.path, '.countersign.yml');
    const tries: Record<string, () => void> = {
      renamed: () => renameSync(p, join(ana.path, 'x.yml')),
      symlinked: () => { renameSync(p, join(ana.path, 'x.yml')); symlinkSync('x.yml', p); },
      'symlink with policy text': () => { rmSync(p); symlinkSync(policyText({ revision: '9', mode: 'observe' }), p); },
      big: () => writeFileSync(p, `${policyText({ revision: '9' })}#${'x'.repeat(66000)}\n`),
      bomb: () => writeFileSync(p, `a: &a [x,x]\n${Array.from({ length: 20 }, (_, i) => `b${i}: &b${i} [*a,*a]`).join('\n')}\n`),
      deep: () => writeFileSync(p, '['.repeat(20000)),
      folder: () => { rmSync(p); mkdirSync(p); writeFileSync(join(p, 'x'), ''); },
      rollback: () => writeFileSync(p, policyText({ revision: '0' })),
      'signers gone': () => rmSync(join(ana.path, 'signers')),
      attributes: () => writeFileSync(join(ana.path, '.gitattributes'), '*.js -diff\n'),
      'attributes deep': () => { mkdirSync(join(ana.path, 'docs')); writeFileSync(join(ana.path, 'docs/.GitAttributes'), '*.js -diff\n'); },
      submodule: () => { ana.git('update-index', '--add', '--cacheinfo', `160000,${ana.git('rev-parse', 'HEAD')},.countersign`); },
    };
    for (const [name, change] of Object.entries(tries)) {
      change(); if (name !== 'submodule') ana.git('add', '-A'); ana.git('commit', '-q', '-m', name);
      show(`policy ${name}`, push('main'), name === 'submodule' ? 'passed' : 'blocked'); reset(); ana.git('clean', '-qfd');
    }
  });
  it('s8 pushes', async () => {
    setup();
    ana.write('code.js', lines(60, 'z')); ana.commit();
    const t = at.ref('refs/heads/main');
    show('HEAD:main', ana.push('HEAD:main'), 'blocked');
    show('by oid', ana.push(`${ana.git('rev-parse', 'HEAD')}:refs/heads/main`), 'blocked');
    ana.git('tag', '-a', '-m', 't', 'v9'); ana.git('tag', '-a', '-m', 't', 'vv', 'v9');
    show('protected tag', ana.push('v9'), 'blocked');
    show('nested tag', ana.push('vv'), 'blocked');
    show('tag to main', ana.push('v9^{}:refs/heads/main'), 'blocked');
    show('tag object to main', ana.push('vv:refs/heads/main'));
    show('topic+main', ana.push('HEAD:topic', 'HEAD:main'), 'blocked');
    show('new release', ana.push('HEAD:release/2'), 'blocked');
    show('topic', ana.push('HEAD:topic'), 'passed');
    show('main after topic', ana.push('HEAD:main'), 'blocked');
    ana.git('branch', '-q', 'b'); ana.git('checkout', '-q', '--orphan', 'root'); ana.commit('root');
    show('unrelated to main', ana.push('-f', 'HEAD:main'), 'blocked');
    show('unrelated to new release', ana.push('HEAD:release/3'), 'blocked');
    ana.git('checkout', '-q', '-f', 'main'); ana.git('reset', '-q', '--hard', t);
    ana.git('merge', '-q', '--allow-unrelated-histories', '-s', 'ours', '-m', 'm', 'root');
    show('merge unrelated ours', ana.push('HEAD:main'));
    ana.git('reset', '-q', '--hard', t);
    ana.git('merge', '-q', '-m', 'merge', 'b', '--no-ff');
    show('merge of unsigned feature', ana.push('HEAD:main'), 'blocked');
    ana.git('reset', '-q', '--hard', t);
    for (const n of ['o1', 'o2']) { ana.git('checkout', '-q', '-b', n, t); ana.write(`docs/${n}`, 'x\n'); ana.commit(); }
    ana.git('checkout', '-q', 'main'); ana.git('merge', '-q', '--no-commit', 'o1', 'o2'); ana.write('evil.js', lines(30, 'e')); ana.git('add', '-A'); ana.git('commit', '-q', '-m', 'octopus');
    show('evil octopus', ana.push('HEAD:main'), 'blocked');
  });
});
