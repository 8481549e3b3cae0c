import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvenanceRepo } from '../support/provenanceRepo';

/** Where a history takes place; given the repository, the top of the work tree. */
export interface Place {
  readonly name: string;
  work(repo: ProvenanceRepo): string;
}

/** All places; the plain one more often than the others. */
export const places: readonly Place[] = [
  ...Array.from({ length: 4 }, (): Place => ({ name: 'plain', work: (repo) => repo.work })),
  {
    name: 'linked',
    work(repo) {
      const work = join(repo.root, 'linked');
      repo.git('worktree', 'add', '-q', '-b', 'linked', work);
      return work;
    },
  },
  {
    name: 'submodule',
    work(repo) {
      const whole = join(repo.root, 'whole');
      mkdirSync(whole);
      const run = (...args: readonly string[]): void => {
        const { status, stderr } = repo.tryGit(args, { cwd: whole });
        if (status !== 0) throw new Error(stderr);
      };
      run('init', '-q');
      run('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repo.work, 'part');
      run('commit', '-qm', 'With a part');
      const work = join(whole, 'part');
      const { status, stderr } = repo.cli(['init', '--yes'], { cwd: work });
      if (status !== 0) throw new Error(stderr);
      return work;
    },
  },
];
