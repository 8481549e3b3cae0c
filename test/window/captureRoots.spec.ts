/** A window on several roots: two repositories, one of them by a folder inside it, and a folder that is in none. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { AbsPath } from '../../src/core/brand';
import { Ledger } from '../../src/store/ledger';
import { awaitPanel, openPanel, panelRows } from '../demo/panel';
import { acceptInlineCompletion, typeInEditor } from '../harness/gestures';
import { until } from '../harness/until';
import type { Workbench } from '../harness/workbench';
import { buildExtension } from '../vscode/runSuites';
import { recordedAfter, startWithExtension, WindowRepo } from './windowDesk';

describe('a window on several roots', () => {
  let root: string;
  let workspace: string;
  let window: Workbench;
  let one: WindowRepo;
  let two: WindowRepo;
  let three: WindowRepo;

  const showRoots = (...roots: readonly string[]): Promise<void> =>
    writeFile(workspace, JSON.stringify({ folders: roots.map((folder) => ({ path: folder })) }));

  /** A repository with somewhere to push to. */
  const makeRepo = async (name: string, files: Readonly<Record<string, string>>): Promise<WindowRepo> => {
    const repo = await WindowRepo.make(path.join(root, name), files);
    await repo.git('init', '--quiet', '--bare', path.join(root, `${name}.git`));
    await repo.git('remote', 'add', 'origin', path.join(root, `${name}.git`));
    await repo.git('push', '--quiet', '--no-verify', '--set-upstream', 'origin', 'main');
    return repo;
  };

  before(async () => {
    await buildExtension();
    root = await mkdtemp(path.join(tmpdir(), 'countersign-roots-'));
    workspace = path.join(root, 'all.code-workspace');
    one = await makeRepo('one', { 'first.ts': '// start\n' });
    two = await makeRepo('two', { 'packages/app/second.ts': '// start\n', 'top.ts': '// start\n' });
    three = await makeRepo('three', { 'third.ts': '// start\n' });
    await mkdir(path.join(root, 'plain'));
    await writeFile(path.join(root, 'plain', 'note.ts'), '// start\n');
    await showRoots('one', 'two/packages/app', 'plain');
    window = await startWithExtension(root, { folder: workspace });
  }).timeout(300_000);

  after(async () => {
    await window?.dispose();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  const share = (): ReturnType<Workbench['page']['locator']> =>
    window.page.locator('.statusbar-item[aria-label^="AI "]').first();

  /** Opens a file, types a line of one's own and accepts a completion below it. */
  const write = async (name: string): Promise<void> => {
    await window.openFile(name);
    await sleep(700);
    await window.page.keyboard.press('Control+End');
    await typeInEditor(window, '// mine\n// ai: clamp\n');
    await acceptInlineCompletion(window);
  };

  /** The files of which a repository's ledger tells. */
  const ledgerNames = (repo: WindowRepo): string => {
    const ledger = new Ledger(path.join(repo.folder, '.git') as AbsPath, 'test', Date.now);
    ledger.refresh();
    const names = ['first.ts', 'packages/app/second.ts', 'third.ts', 'note.ts', 'plain/note.ts'];
    const known = names.filter((name) => ledger.lastStates(name).length > 0);
    ledger.dispose();
    return known.join(' ');
  };

  it('what is written in each root is in the ledger of its repository alone', async () => {
    await window.openFile('first.ts');
    // The extensions of a window run a while after it shows.
    await sleep(10_000);
    await write('first.ts');
    assert.match(await one.settled(window, 'first.ts'), /^UHHA+$/);
    await write('second.ts');
    assert.match(await two.settled(window, 'packages/app/second.ts'), /^UHHA+$/);
    await write('note.ts');
    await window.page.keyboard.press('Control+s');
    await sleep(recordedAfter);
    assert.equal(ledgerNames(one), 'first.ts');
    assert.equal(ledgerNames(two), 'packages/app/second.ts');
    assert.equal(ledgerNames(three), '');
  }).timeout(180_000);

  it('the status bar goes with the editor from root to root', async () => {
    const seen: string[] = [];
    for (const name of ['first.ts', 'second.ts', 'note.ts']) {
      await window.openFile(name);
      await share().waitFor({ timeout: 20_000 });
      await sleep(500);
      seen.push((await share().getAttribute('aria-label')) ?? '');
    }
    for (const label of seen) assert.match(label, /^AI \d+%\. \d+ of \d+ lines that this file adds are by AI/);
    await one.write('empty.ts', '// start\n');
    await one.git('add', 'empty.ts');
    await one.git('commit', '--quiet', '--message', 'Start again');
    await window.openFile('empty.ts');
    await until('a file without AI shows no share', 10_000, async () => !(await share().isVisible()));
  }).timeout(90_000);

  it('the panel tells of each repository with outgoing work, and of one whose root came later', async () => {
    await one.git('commit', '--quiet', '--all', '--message', 'Write first');
    await openPanel(window);
    await awaitPanel(window, [/Write first/], 40_000);
    assert.doesNotMatch(await panelRows(window), /two/);
    await two.git('commit', '--quiet', '--all', '--message', 'Write second');
    await awaitPanel(window, [/\bone\b/, /\btwo\b/], 40_000);
    await three.write('third.ts', '// start\n// by hand\n');
    await three.git('commit', '--quiet', '--all', '--message', 'Write third');
    await showRoots('one', 'two/packages/app', 'plain', 'three');
    await awaitPanel(window, [/\bone\b/, /\btwo\b/, /\bthree\b/], 40_000);
  }).timeout(150_000);

  it('what is written in a root that came later is recorded', async () => {
    await write('third.ts');
    assert.match(await three.settled(window, 'third.ts'), /^U[UH]HHA+$/);
  }).timeout(60_000);

  it('a root that is taken away leaves the panel once none of its files is open', async () => {
    await window.runCommand('View: Close All Editors');
    await showRoots('one', 'plain', 'three');
    await openPanel(window);
    await until('the repository is gone', 60_000, async () => {
      const rows = await panelRows(window);
      return /\bone\b/.test(rows) && /\bthree\b/.test(rows) && !/\btwo\b/.test(rows);
    });
    await write('first.ts');
    assert.match(await one.settled(window, 'first.ts'), /^UHHA+[AHE]*H+A+$/);
  }).timeout(150_000);
});
