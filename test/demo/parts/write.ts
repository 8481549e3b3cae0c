import { access } from 'node:fs/promises';
import path from 'node:path';
import {
  acceptInlineCompletion,
  answerDialog,
  awaitInlineCompletion,
  goTo,
  openView,
  paste,
  readDialog,
  save,
  typeInEditor,
} from '../../harness/gestures';
import { until } from '../../harness/until';
import { agents, agentWrites } from '../agent';
import { awaitMarks, markHover, rulerColours } from '../editorMarks';
import { blameOf } from '../gitFacts';
import { dialogWords, openPanel } from '../panel';
import { pastedBlock, receiptByAgent } from '../shop';
import type { Stage } from '../stage';

/** Marks of `src/orders.ts` once the completion and the paste are in. */
export const ordersMarks = `${'-'.repeat(14)}AAAAAAA-PPP`;
/** Who wrote its lines: eleven are older than the recording. */
export const ordersBlame = `${'U'.repeat(11)}HHHAAAAAAAHPPP`;
/** The colours of AI and of pasted lines in dark and in light themes. */
const rulerPairs = [
  ['#b58cff', '#7a3ff2'],
  ['#d9a441', '#9a6700'],
];
/** Marks of `src/receipt.ts` once the agent has written. */
export const receiptMarks = '------AAAAAA';

/** 1. The author types, takes an inline completion, pastes; an agent writes on disk. */
export async function partWrite({ report, world: { ann }, window }: Stage): Promise<void> {
  report.part('1. Who writes what, as it happens');

  await report.step('Set up the repository from the view that asks for it', async (step) => {
    await openPanel(window);
    await window.page
      .locator('.sidebar .welcome-view-content .monaco-button')
      .filter({ hasText: 'Set Up This Repository' })
      .click({ timeout: 30_000 });
    const dialog = await readDialog(window, 20_000);
    if (dialog !== undefined) step.quote(await dialogWords(window));
    step.fact('it shows its plan and asks first', dialog?.message.includes('.git/hooks/pre-push') === true);
    await step.picture('set-up');
    await answerDialog(window, 'Set Up');
    const hook = path.join(ann.clone, '.git', 'hooks', 'pre-push');
    await until('the hooks are there', 20_000, () =>
      access(hook).then(
        () => true,
        () => false,
      ),
    );
    step.fact('the hooks are installed', true);
    await openView(window, 'Explorer');
  });

  await report.step('Type, and accept an AI inline completion with Tab', async (step) => {
    await window.openFile('src/orders.ts');
    await goTo(window, 12);
    await typeInEditor(window, '\n// Gives money back, never more than was paid.\n// ai: refund\n');
    await awaitInlineCompletion(window);
    await step.picture('ghost-text');
    await acceptInlineCompletion(window);
    await awaitMarks(window, ordersMarks.slice(0, 21));
    step.fact('the seven accepted lines are marked at once, the typed ones are not', true);
    const hover = await markHover(window, 15);
    step.quote(hover);
    await step.picture('hover');
    step.fact('the hover names the tool', /Written by AI/.test(hover) && /inline completion/.test(hover), hover);
  });

  await report.step('Paste a block from outside', async (step) => {
    await goTo(window, 21, 2);
    await typeInEditor(window, '\n\n');
    await paste(window, pastedBlock);
    await awaitMarks(window, ordersMarks);
    step.fact('the pasted lines have a mark of their own', true);
    const hover = await markHover(window, 23);
    step.quote(hover);
    step.fact('the hover says where it came from', /Pasted from outside/.test(hover), hover);
    await step.picture('marks-and-hover');
    await window.page.keyboard.press('Escape');
    await save(window);
    step.fact(
      `countersign blame says the same: ${await blameOf(ann, 'src/orders.ts')}`,
      (await blameOf(ann, 'src/orders.ts')) === ordersBlame,
      await blameOf(ann, 'src/orders.ts'),
    );
    const colours = await rulerColours(window);
    step.fact(
      'the overview ruler shows AI and pasted lines',
      rulerPairs.every((pair) => pair.some((colour) => colours.includes(colour))),
      colours,
    );
  });

  await report.step('An agent writes a second file on disk, and its hooks tell', async (step) => {
    await window.openFile('src/receipt.ts');
    await agentWrites(ann, agents.claude, 'src/receipt.ts', receiptByAgent);
    await awaitMarks(window, receiptMarks);
    step.fact('the open editor marks the lines without being touched', true);
    const hover = await markHover(window, 9);
    step.quote(hover);
    step.fact('the hover names agent and model', /Claude Code/.test(hover) && /claude-opus-4-6/.test(hover), hover);
    await step.picture('agent-wrote');
    await window.page.keyboard.press('Escape');
    step.fact(
      'countersign blame says the same',
      (await blameOf(ann, 'src/receipt.ts')) === 'UUUUUUAAAAAA',
      await blameOf(ann, 'src/receipt.ts'),
    );
  });
}
