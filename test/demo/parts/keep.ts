import { goTo, save, typeInEditor, visibleText } from '../../harness/gestures';
import { until } from '../../harness/until';
import { awaitMarks } from '../editorMarks';
import { blameOf } from '../gitFacts';
import type { Stage } from '../stage';
import { ordersBlame, ordersMarks } from './write';

/** The line of the completion that gets another word, from 1. */
const changedLine = 18;
const before = 'only';
const after = 'just';

/** The same letters with the changed line as AI that somebody edited. */
export function withEdited(lines: string): string {
  return `${lines.slice(0, changedLine - 1)}E${lines.slice(changedLine)}`;
}

/** 2. Nothing that is known gets lost. */
export async function partKeep({ report, world: { ann }, window }: Stage): Promise<void> {
  const { keyboard } = window.page;
  const pressUntil = async (key: string, word: string): Promise<void> => {
    for (let tries = 0; tries < 4 && !(await visibleText(window)).includes(`${word} $`); tries++) {
      await keyboard.press(key);
      await window.page.waitForTimeout(300);
    }
  };
  report.part('2. What is known stays known');

  await report.step('Change one word inside an AI line', async (step) => {
    await window.openFile('src/orders.ts');
    const line = (await visibleText(window)).split('\n').find((text) => text.includes(`${before} $`)) ?? '';
    await goTo(window, changedLine, line.indexOf(`${before} $`) + 1);
    await keyboard.press('Control+Shift+ArrowRight');
    await typeInEditor(window, after);
    await awaitMarks(window, withEdited(ordersMarks));
    step.fact(`line ${changedLine} is now AI text that somebody changed, its neighbours are as they were`, true);
    await step.picture('one-word-changed');
  });

  await report.step('Undo, redo', async (step) => {
    await pressUntil('Control+z', before);
    await awaitMarks(window, ordersMarks);
    step.fact('undone: the line is AI again', true);
    await pressUntil('Control+y', after);
    await awaitMarks(window, withEdited(ordersMarks));
    step.fact('redone: it is edited again', true);
  });

  await report.step('Reload the window with the change unsaved', async (step) => {
    // The editor puts unsaved text aside a moment after the last key.
    await window.page.waitForTimeout(2_500);
    await window.reload();
    await until('the editor comes back', 30_000, async () =>
      (await visibleText(window).catch(() => '')).includes(`${after} $`),
    );
    await awaitMarks(window, withEdited(ordersMarks), 30_000);
    step.fact('text and marks are back as they were', true);
    await step.picture('reloaded');
    await save(window);
    step.fact(
      'saved, countersign blame says the same',
      (await blameOf(ann, 'src/orders.ts')) === withEdited(ordersBlame),
      await blameOf(ann, 'src/orders.ts'),
    );
  });

  await report.step('Kill the extension host with SIGKILL right after a save', async (step) => {
    await goTo(window, 22);
    await typeInEditor(window, '// Amounts as people read them.');
    await save(window);
    await window.restartExtensionHost();
    step.fact(
      'nothing is lost on disk',
      (await blameOf(ann, 'src/orders.ts')) === withEdited(ordersBlame),
      await blameOf(ann, 'src/orders.ts'),
    );
    await awaitMarks(window, withEdited(ordersMarks), 40_000);
    step.fact('nor in the editor', true);
    await step.picture('after-sigkill');
  });
}
