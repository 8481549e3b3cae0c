import { answerDialog, openView, pushFromScm, readDialog, readNotifications } from '../../harness/gestures';
import { until } from '../../harness/until';
import { isFocusInEditor } from '../editorMarks';
import { onServer } from '../gitFacts';
import { awaitBranch, awaitPanel, expandPanel, isPanelShown, openPanel } from '../panel';
import type { Ran } from '../people';
import type { Step } from '../report';
import type { Stage } from '../stage';

/** How the first and the last line of a refused push begin. */
const refused = /^countersign: push blocked: refs\/heads\/main: /;

/** 4. What needs a sign-off, and a push that is refused. */
export async function partPush({ report, world: { ann }, window }: Stage): Promise<void> {
  report.part('4. What needs a senior, and the push that is refused');
  const before = await onServer(ann, 'refs/heads/main');

  await report.step('Look at the view "Needs Senior Sign-off"', async (step) => {
    await openPanel(window);
    await awaitPanel(window, [/Pushing to main/, /Give money back/, /Tell the tax/, /Say which rate/]);
    await expandPanel(window);
    const rows = await awaitPanel(window, [
      /2 of 3 commits need a senior sign-off/,
      /changed lines are by AI/,
      /sam@example\.com/,
    ]);
    step.quote(rows);
    step.fact('it lists the outgoing commits, which need a sign-off, why, and who may give it', true);
    await step.picture('needs-sign-off');
  });

  await report.step('Push main from a terminal', async (step) => {
    const ran = await ann.run(['git', 'push', 'origin', 'main']);
    step.command('git push origin main', ran);
    expectRefusal(step, ran);
    step.fact('main on the server is where it was', (await onServer(ann, 'refs/heads/main')) === before);
    const told = await until('a notification', 15_000, async () =>
      (await readNotifications(window)).find(({ message }) => /push was refused/i.test(message)),
    ).catch(() => undefined);
    step.quote(told?.message ?? '');
    step.fact('the editor tells of it too', told !== undefined);
  });

  await report.step('Push main from the editor', async (step) => {
    await openView(window, 'Explorer');
    await window.openFile('src/orders.ts');
    await window.page.waitForTimeout(5_000); // A refusal that was told a moment ago is not told again.
    await pushFromScm(window);
    await window.page.mouse.move(900, 560); // Away from whatever explains itself to the mouse.
    await until('the view opens by itself', 20_000, () => isPanelShown(window));
    step.fact('the view opens by itself', true);
    step.fact('the keyboard stays in the editor', await isFocusInEditor(window));
    const dialog = await readDialog(window, 2_000);
    if (dialog !== undefined) await answerDialog(window, dialog.buttons[0] ?? '').catch(() => undefined);
    step.fact('no dialog advises to pull first', dialog === undefined, dialog);
    await step.picture('push-refused');
    const told = (await readNotifications(window)).find(({ message }) => /push was refused/i.test(message));
    step.quote(told?.message ?? '');
    step.fact(
      'a message says why, and what to do',
      told !== undefined && /sign-off is missing/.test(told.message),
      told,
    );
    step.fact('main on the server is where it was', (await onServer(ann, 'refs/heads/main')) === before);
  });

  await report.step('Push the same commits as a feature branch', async (step) => {
    await ann.must(['git', 'switch', '--quiet', '--create', 'refunds']);
    const ran = await ann.run(['git', 'push', '--set-upstream', 'origin', 'refunds']);
    step.command('git push --set-upstream origin refunds', ran);
    step.fact('nothing holds it up', ran.code === 0 && !/countersign:/.test(ran.stderr), ran.stderr);
    step.fact(
      'the branch is on the server',
      (await onServer(ann, 'refs/heads/refunds')) === (await ann.must(['git', 'rev-parse', 'HEAD'])),
    );
    await awaitBranch(window, 'refunds');
    await openPanel(window);
    const rows = await awaitPanel(window, [
      /Merging refunds into main/,
      /will ask: 2 of 3 commits need a senior sign-off/,
    ]);
    step.quote(rows);
    step.fact('the view says what merging it into main will ask', true);
    await step.picture('feature-branch');
    await until('the records follow the push', 20_000, () => onServer(ann, 'refs/notes/countersign'));
    step.fact('the records of its commits followed in the background', true);
  });
}

/** The first and the last line of what was said each stand alone: the reason, and the next step. */
export function expectRefusal(step: Step, ran: Ran, reason = /sign-off is missing/): void {
  const lines = ran.stderr
    .split('\n')
    .map((line) => line.replace(/^remote: /, '').trimEnd())
    .filter((line) => refused.test(line));
  step.fact('it is refused', ran.code === 1 && lines.length >= 2, ran);
  step.fact('its first line says why', reason.test(lines[0] ?? ''), lines[0]);
  step.fact('its last line says what to do', /countersign sign /.test(lines.at(-1) ?? ''), lines.at(-1));
}
