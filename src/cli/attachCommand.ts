import type { Command } from 'commander';
import { type Attachment, attachForged } from '../app/attach';
import { withRepository } from '../app/repository';
import { lineClasses } from '../core/origin';
import { print, printJson, tell } from './terminal';

/** `attach`: the record of what a forge squashed or rebased. */
export function addAttachCommand(program: Command): void {
  program
    .command('attach')
    .description('Give a commit that a forge made by squash or rebase its record, from those of the commits it took.')
    .argument('<commit>', 'the commit that the merge made; of a rebase the last one')
    .requiredOption('--from <head>', 'head of the merged branch, as it was before')
    .option('--json', 'machine output')
    .action(runAttach);
}

async function runAttach(commit: string, options: { readonly from: string; readonly json?: true }): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const done = await attachForged(repo, options.from, commit);
    if (options.json === true) {
      printJson({
        schema: 1,
        kind: done.kind,
        attached: done.attached.map(({ commit: sha, id, from }) => ({ commit: sha, record: id, from })),
        kept: done.kept,
        unknown: done.unknown,
      });
      return;
    }
    report(done);
  });
}

function report({ kind, attached, kept, unknown, range }: Attachment): void {
  for (const { commit, record } of attached) {
    const counts = lineClasses.filter((key) => record.counts[key] > 0).map((key) => `${key} ${record.counts[key]}`);
    print(`${commit.slice(0, 12)} ${kind}: ${counts.join(', ') || 'no lines of its own'}`);
  }
  for (const commit of kept) print(`${commit.slice(0, 12)} has its record already.`);
  if (unknown.length === 0) return;
  const what = attached.length === 0 && kept.length === 0 ? 'Nothing was attached' : 'Their lines stay unknown';
  tell(
    `Of ${unknown.length} of the ${range} commits nothing is known here. ${what}; fetch records with: countersign sync`,
  );
}
