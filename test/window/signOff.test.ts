/** The sign-off view in a real VS Code, driven by keyboard and mouse: what it lists, a refused push, and signing. */
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { agents, agentWrites } from '../demo/agent';
import { isFocusInEditor } from '../demo/editorMarks';
import { isPanelShown, openPanel, panelRows } from '../demo/panel';
import type { Person } from '../demo/people';
import { receiptByAgent, taxByAgent } from '../demo/shop';
import { makeWorld, type World } from '../demo/world';
import {
  answerDialog,
  answerInputBox,
  answerNotification,
  hoverAt,
  openView,
  pushFromScm,
  readDialog,
  readNotifications,
} from '../harness/gestures';
import { literalTyping, noFetchQuestion } from '../harness/settings';
import { until } from '../harness/until';
import { startWorkbench, type Workbench } from '../harness/workbench';
import { buildExtension, root as extension } from '../vscode/runSuites';

const policy = `schema: 1
revision: 2
repository: shop
mode: enforce
protect: [main]
threshold: { lines: 5, share: 0.2 }
risks:
  - name: taxes
    paths: ["src/tax.ts"]
    threshold: { lines: 1 }
    ask: "What happens with a negative amount?"
seniors:
  - { principal: sam@example.com }
  - { principal: ann@example.com }
allowedSigners: .countersign/allowed_signers
`;

/** Nothing in the environment of these windows says that an agent runs them. */
const noAgents = { CLAUDECODE: '', CODEX_SESSION_ID: '', CURSOR_AGENT: '', GEMINI_SESSION_ID: '', OPENCODE: '' };

function open(person: Person): Promise<Workbench> {
  return startWorkbench({
    folder: person.clone,
    home: person.home,
    env: { ...person.env, ...noAgents },
    extensions: { development: extension },
    settings: { ...literalTyping, ...noFetchQuestion, 'git.confirmSync': false, 'typescript.validate.enable': false },
  });
}

describe('the sign-off view', () => {
  let root = '';
  let world: World;
  let window: Workbench;

  before(async () => {
    await buildExtension();
    root = await mkdtemp(path.join(tmpdir(), 'countersign-panel-'));
    world = await makeWorld(root, path.join(extension, 'dist', 'cli.js'));
    const { ann, sam, server } = world;
    const hook = path.join(server, 'hooks', 'pre-receive');
    // The world begins with this policy; the server has not begun to judge.
    await rename(hook, `${hook}.off`);
    await writeFile(path.join(ann.clone, '.countersign.yml'), policy);
    await ann.must(['git', 'commit', '--quiet', '--all', '--message', 'Ask about taxes']);
    await ann.must(['git', 'push', '--quiet', 'origin', 'main']);
    await rename(`${hook}.off`, hook);
    for (const person of [ann, sam]) await person.must(['countersign', 'init', '--yes']);
    await agentWrites(ann, agents.claude, 'src/receipt.ts', receiptByAgent);
    await ann.must(['git', 'commit', '--quiet', '--all', '--message', 'Print receipts']);
    await agentWrites(ann, agents.codex, 'src/tax.ts', taxByAgent);
    await ann.must(['git', 'commit', '--quiet', '--all', '--message', 'Tell the tax']);
    window = await open(ann);
  }).timeout(300_000);

  after(async () => {
    await window?.dispose();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  it('counts what waits before anybody opens it', async () => {
    const badge = window.page
      .locator('.activitybar .action-item')
      .filter({ has: window.page.locator('a[aria-label^="Countersign"]') });
    const count = badge.locator('.badge-content').first();
    await until('the badge', 40_000, async () => (await count.count()) > 0 && (await count.textContent()) === '2');
  }).timeout(60_000);

  it('lists what is outgoing, riskiest first, and why it needs a sign-off', async () => {
    await openPanel(window);
    const rows = await awaitRows(window, [
      /Pushing to main ?2 of 2 commits need a senior sign-off/,
      /Tell the tax/,
      /tax\.ts ?lines 4-7 count · taxes/,
    ]);
    assert.match(
      rows,
      /Tell the tax ?needs 1 sign-off · 4 lines count\n.*risk "taxes".*\nMay be signed by sam@example\.com\n/,
    );
    assert.match(rows, /Print receipts ?needs 1 sign-off · 5 lines count\n.*general rule/);
    assert.ok(rows.indexOf('Tell the tax') < rows.indexOf('Print receipts'));
  }).timeout(60_000);

  it('shows in the explorer which files nobody has signed off, also those that nobody opened, and in the hover what a line waits for', async () => {
    assert.deepEqual(await unsignedFiles(window, 'src'), ['receipt.ts', 'tax.ts']);
    await window.openFile('src/tax.ts');
    assert.match(await awaitHover(window, 4), /Written by AI.*Committed; waits for a senior sign-off \([0-9a-f]{8}\)/s);
    await openView(window, 'Explorer');
    assert.deepEqual(await unsignedFiles(window), ['receipt.ts', 'tax.ts']);
    await openPanel(window);
  }).timeout(90_000);

  it('gives every row a name that begins with its visible words', async () => {
    const names = await window.page
      .locator('.sidebar .monaco-list-row')
      .evaluateAll((rows: { getAttribute(name: string): string | null }[]) =>
        rows.map((row) => row.getAttribute('aria-label') ?? ''),
      );
    const visible = (await panelRows(window)).split('\n');
    const plain = (text: string): string => text.replace(/[\s\u00a0]+/g, '');
    for (const [index, name] of names.entries())
      assert.ok(plain(name).startsWith(plain(visible[index] ?? '?')), `${name} / ${visible[index]}`);
  });

  it('opens everything for review, with marks, and walks through what counts', async () => {
    await window.runCommand('Countersign: Review What Is Outgoing');
    await window.page
      .locator('.tab.active')
      .filter({ hasText: 'Review 2 commits for main (2 files)' })
      .waitFor({ timeout: 20_000 });
    // The review takes the focus once more when it is kept open, from the command palette too.
    await window.page.waitForTimeout(2_000);
    await window.runCommand('Countersign: Go to Next Region That Counts');
    await window.page.locator('.tab.active').filter({ hasText: 'tax.ts' }).waitFor({ timeout: 20_000 });
    await window.page.locator('.statusbar').getByText('Ln 4, Col 1').waitFor({ timeout: 10_000 });
    await window.page
      .locator('.statusbar')
      .getByText('src/tax.ts, Lines 4 to 7: Written by AI')
      .waitFor({ timeout: 10_000 });
    await window.runCommand('Countersign: Go to Next Region That Counts');
    await window.page.locator('.tab.active').filter({ hasText: 'receipt.ts' }).waitFor({ timeout: 20_000 });
    await window.page.locator('.statusbar').getByText('Ln 8, Col 1').waitFor({ timeout: 10_000 });
  }).timeout(120_000);

  it('opens after a refused push from the UI, in place of the advice to pull, and leaves the focus', async () => {
    await openView(window, 'Explorer');
    await window.openFile('src/orders.ts');
    // The tab shows before its editor has the focus, and a palette that opens in between gives the focus back to the explorer.
    await until('the editor has the focus', 10_000, () => isFocusInEditor(window));
    await pushFromScm(window);
    await until('the view shows', 30_000, () => isPanelShown(window));
    await until('the editor has the focus still', 5_000, () => isFocusInEditor(window));
    assert.equal(await readDialog(window, 1_000), undefined);
    const told = (await readNotifications(window)).filter(({ message }) =>
      message.startsWith('The push was refused: main: '),
    );
    assert.deepEqual(
      told.map(({ severity, buttons }) => [severity, buttons]),
      [['warning', ['Show What Is Missing', 'Sign Off…']]],
    );
  }).timeout(90_000);

  it("says that the author's own key does not count", async () => {
    await window.runCommand('Countersign: Sign Off…');
    assert.match((await readDialog(window))?.message ?? '', /ann@example\.com wrote these commits/);
    await answerDialog(window, 'OK');
  }).timeout(60_000);

  it('tells of a push that was refused in a terminal', async () => {
    await window.runCommand('Notifications: Clear All Notifications');
    // A refusal that was told a moment ago is not told again.
    await window.page.waitForTimeout(5_000);
    assert.equal((await world.ann.run(['git', 'push', 'origin', 'main'])).code, 1);
    await until('a notification', 20_000, async () =>
      (await readNotifications(window)).some(({ message }) => message.startsWith('The push was refused: main: ')),
    );
    assert.equal(await readDialog(window, 500), undefined);
  }).timeout(60_000);

  it('lets a senior sign with a passphrase, after which the push passes', async () => {
    const { ann, sam, passphrase, server } = world;
    await ann.must(['git', 'push', '--quiet', 'origin', 'main:refs/heads/work']);
    await until(
      'the records on the server',
      20_000,
      async () => (await ann.run(['git', '--git-dir', server, 'show-ref', 'refs/notes/countersign'])).code === 0,
    );
    await sam.must(['git', 'fetch', '--quiet', 'origin']);
    await sam.must(['git', 'switch', '--quiet', 'work']);
    const hers = await open(sam);
    try {
      await openPanel(hers);
      await awaitRows(
        hers,
        [
          /Merging work into main ?will ask: 2 of 2 commits need a senior sign-off/,
          /Pushing work itself is never held up/,
        ],
        40_000,
      );

      await signUpToPassphrase(hers);
      await hers.page.keyboard.press('Escape');
      await hers.page.locator('.quick-input-widget input[type=password]').waitFor({ state: 'hidden' });
      assert.notEqual((await sam.run(['git', 'show-ref', 'refs/notes/countersign-signoffs'])).code, 0);

      await signUpToPassphrase(hers);
      assert.match(await answerInputBox(hers, 'not this'), /Passphrase of .*SHA256:/);
      await hers.page
        .locator('.quick-input-widget:visible')
        .filter({ hasText: 'try again' })
        .waitFor({ timeout: 20_000 });
      await answerInputBox(hers, passphrase);
      await awaitRows(hers, [/Merging work into main ?signed off/, /Tell the tax ?signed off by sam@example\.com/]);
      await hers.openFile('src/tax.ts');
      assert.match(await awaitHover(hers, 4), /Committed and signed off by sam@example\.com/);
      assert.deepEqual(await unsignedFiles(hers, 'src'), []);
      await answerNotification(hers, 'signed off as sam@example.com', 'Publish');
      await until(
        'the sign-off on the server',
        20_000,
        async () =>
          (await sam.run(['git', '--git-dir', server, 'show-ref', 'refs/notes/countersign-signoffs'])).code === 0,
      );
    } finally {
      await hers.dispose();
    }
    await pushFromScm(window);
    const head = await ann.must(['git', 'rev-parse', 'HEAD']);
    await until(
      'main on the server',
      30_000,
      async () => (await ann.must(['git', '--git-dir', server, 'rev-parse', 'refs/heads/main'])) === head,
    );
    await openPanel(window);
    await awaitRows(window, [/Nothing waits for a senior sign-off/]);
  }).timeout(240_000);
});

/** The files that the explorer shows with a badge, once it has shown the same for a while; `folder` is opened first. */
async function unsignedFiles(window: Workbench, folder?: string): Promise<readonly string[]> {
  await openView(window, 'Explorer');
  const rows = window.page.locator('.explorer-folders-view .monaco-list-row');
  const collapsed = rows.and(window.page.locator('[aria-expanded=false]')).filter({ hasText: folder ?? 'no folder' });
  if (folder !== undefined && (await collapsed.count()) > 0) await collapsed.first().click();
  let found = '';
  let since = Date.now();
  await until('the badges come to rest', 30_000, async () => {
    const now = await rows
      .filter({ has: window.page.locator('[class*="itemBadge"]') })
      .locator('.label-name')
      .allTextContents();
    if (now.join(' ') !== found) [found, since] = [now.join(' '), Date.now()];
    return Date.now() - since > 4_000;
  });
  return found.split(' ').filter((name) => name !== '');
}

/** What the hover over the mark of a line (1-based) says, once the mark is there. */
async function awaitHover(window: Workbench, line: number): Promise<string> {
  let text = '';
  await until('the hover tells of the sign-off', 30_000, async () => {
    text = await hoverAt(window, line, 1);
    return text.includes('Committed');
  });
  return text;
}

/** Starts to sign, answers what the risk asks, agrees to what is shown, and waits for the question after the passphrase. */
async function signUpToPassphrase(window: Workbench): Promise<void> {
  await window.runCommand('Countersign: Sign Off…');
  await window.page
    .locator('.quick-input-widget:visible')
    .filter({ hasText: 'What happens with a negative amount?' })
    .waitFor({ timeout: 20_000 });
  await answerInputBox(window, 'It is refused.');
  const shown = (await readDialog(window, 20_000))?.message ?? '';
  for (const part of [
    /Sign off this work for main/,
    /Tell the tax/,
    /Print receipts/,
    /src\/tax\.ts: 4-7 \(taxes\)/,
    /sam@example\.com \(SHA256:/,
    /It is refused\./,
  ])
    assert.match(shown, part);
  await answerDialog(window, 'Sign Off');
  await window.page.locator('.quick-input-widget:visible input[type=password]').waitFor({ timeout: 20_000 });
}

/** Waits until the rows of the view, without their indentation, match all of the patterns; returns them. */
async function awaitRows(window: Workbench, patterns: readonly RegExp[], limit = 25_000): Promise<string> {
  let rows = '';
  await until('the rows', limit, async () => {
    rows = (await panelRows(window)).replace(/^ +/gm, '').replace(/ {2,}/g, ' ');
    return patterns.every((pattern) => pattern.test(rows));
  }).catch(() => assert.fail(`The view should say ${patterns.join(', ')} and says:\n${rows}`));
  return rows;
}
