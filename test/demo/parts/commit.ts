import { commitFromScm, goTo, openView, save, typeInEditor } from '../../harness/gestures';
import { until } from '../../harness/until';
import { agents, agentWrites } from '../agent';
import { type Counts, countsInRecord, countsShown, isEqual, noteOf, provenanceOf, trailersByGit } from '../gitFacts';
import type { Person } from '../people';
import type { Step } from '../report';
import { taxByAgent } from '../shop';
import type { Stage } from '../stage';

/** 3. Trailers and notes, from the editor and from the terminal. */
export async function partCommit({ report, world: { ann }, window }: Stage): Promise<void> {
  report.part('3. What a commit says');

  await report.step('Commit both files from the Source Control view', async (step) => {
    await openView(window, 'Source Control');
    await commitFromScm(window, 'Give money back');
    await expectProvenance(step, ann, {
      assistedBy: ['Assisted-by: Claude-Code:claude-opus-4-6', 'Assisted-by: Inline-Ai'],
      counts: { ai: 12, 'ai-edited': 1, human: 4, pasted: 3, unknown: 0, deleted: 0 },
    });
    await step.picture('committed');
  });

  await report.step("Commit another agent's change from a terminal", async (step) => {
    await agentWrites(ann, agents.codex, 'src/tax.ts', taxByAgent);
    const ran = await ann.run(['git', 'commit', '--all', '--message', 'Tell the tax that a price contains']);
    step.command('git commit --all --message "Tell the tax that a price contains"', ran);
    await expectProvenance(step, ann, {
      assistedBy: ['Assisted-by: Codex:gpt-5.2-codex'],
      counts: { ai: 5, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0 },
    });
  });

  await report.step('Commit lines that were typed by hand', async (step) => {
    await window.openFile('src/tax.ts');
    await goTo(window, 8);
    await typeInEditor(window, '\n// Sold at the full rate only.\n');
    await save(window);
    await commitFromScm(window, 'Say which rate is meant');
    const message = await ann.must(['git', 'log', '-1', '--format=%B']);
    step.quote(message);
    step.fact(
      'its message is the one that was typed, without a trailer',
      message.trim() === 'Say which rate is meant',
      message,
    );
    const counts = await countsShown(ann, 'HEAD');
    step.fact(
      'countersign show: two lines, both by a person',
      counts.human === 2 && counts.ai === 0 && counts.unknown === 0,
      counts,
    );
  });
}

interface Expected {
  readonly assistedBy: readonly string[];
  readonly counts: Counts;
}

async function expectProvenance(step: Step, person: Person, expected: Expected): Promise<void> {
  // The editor's commit is there before its hooks are done.
  await until('the note', 15_000, () => noteOf(person, 'ai', 'HEAD')).catch(() => undefined);
  step.quote(await person.must(['git', 'log', '-1', '--format=%h %an%n%n%B']));
  const found = await provenanceOf(person, 'HEAD');
  step.fact(
    'the trailers name the agents, in order',
    isSame(found?.assistedBy, expected.assistedBy),
    found?.assistedBy,
  );
  step.fact(
    'the trailer counts the lines as they were written',
    isEqual(found?.counts ?? {}, expected.counts),
    found?.counts,
  );
  step.fact('git takes them for trailers too', (await trailersByGit(person, 'HEAD')) === found?.block.join('\n'));
  const note = await noteOf(person, 'countersign', 'HEAD');
  step.quote(`git notes --ref=countersign list HEAD\n${note?.blob}`);
  step.fact('the note is the very blob that the trailer names', note?.blob === found?.record, note);
  step.fact(
    'the record counts the same, and so does countersign show',
    isEqual(countsInRecord(note?.text ?? '{}'), expected.counts) &&
      isEqual(await countsShown(person, 'HEAD'), expected.counts),
    note?.text,
  );
  const mirror = await noteOf(person, 'ai', 'HEAD');
  step.quote(`git notes --ref=ai show HEAD\n${mirror?.text}`);
  step.fact(
    'refs/notes/ai mirrors it for other tools',
    mirror?.text.includes('\n---\n') === true && mirror.text.includes('authorship/'),
    mirror,
  );
}

function isSame(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
