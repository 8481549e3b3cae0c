import type { Command } from 'commander';
import { withRepository } from '../app/repository';
import { type RemoteSync, sync } from '../app/sync';
import { safeText } from '../core/safeText';
import type { Outcome } from './outcome';
import { print, tell } from './terminal';

/** `sync`: where records and sign-offs travel when nobody pushes. */
export function addSyncCommand(program: Command, outcome: Outcome): void {
  program
    .command('sync')
    .description(
      'Fetch records and sign-offs from a remote, and publish yours; with a range its records, before its push.',
    )
    .argument('[remote]', 'the remote; those that init was told of when left out')
    .argument('[range]', 'A..B, or one revision, whose records are published before it is pushed')
    .action((remote: string | undefined, range: string | undefined) => runSync(remote, range, outcome));
}

async function runSync(remote: string | undefined, range: string | undefined, outcome: Outcome): Promise<void> {
  // No remote's name can hold two dots, since it is part of ref names.
  const isRange = range === undefined && remote?.includes('..') === true;
  const request = isRange ? { range: remote } : { remote, range };
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    for (const result of await sync(repo, request)) if (!report(result)) outcome.code = 1;
  });
}

/** @returns whether everything went as wanted */
function report({ remote, records, signOffs, removed, publication }: RemoteSync): boolean {
  const name = safeText(remote);
  print(`${name}: ${counted(records, 'record')} and ${counted(signOffs, 'sign-off note')} came in.`);
  if (removed.length > 0) {
    tell(
      `${name}: ${counted(removed.length, 'sign-off')} that it had before were removed there: ${removed
        .slice(0, 5)
        .map((id) => id.slice(0, 10))
        .join(', ')}. They are kept here.`,
    );
  }
  switch (publication.kind) {
    case 'published':
      print(`${name}: published ${publication.refs.map((ref) => safeText(ref)).join(', ')}.`);
      return true;
    case 'nothing':
      print(`${name}: there was nothing to publish.`);
      return true;
    case 'refused':
      tell(
        `${name} did not take ${publication.refs.map((ref) => safeText(ref)).join(', ')}: ${safeText(publication.reason)}`,
      );
      return false;
    case 'failed':
      tell(`${name}: nothing was published: ${safeText(publication.reason)}`);
      return false;
    case 'not-told':
      tell(
        `${name}: nothing was published, since this repository was set up to publish elsewhere only. Allow it with: git config --add countersign.remote ${name}`,
      );
      return false;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
