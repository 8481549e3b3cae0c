import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { RepoPath, Sha } from '../../src/core/brand';
import { blameFile } from '../../src/git/blame';
import { LineHistory } from '../../src/git/lineHistory';
import { ObjectReader } from '../../src/git/objectReader';
import { TreeDiffer } from '../../src/git/treeDiffer';
import { opened, runGit, type TestRepo, testRepo } from './testRepo';

/** A small seeded generator (mulberry32), so that what fails can be seen again. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const names = ['a', 'b', 'dir/c', 'dir/d é'];

/** Edits, renames, removals and merges, many of them of lines that stand more than once. */
function randomHistory(repo: TestRepo, seed: number, steps: number): void {
  const below = seeded(seed);
  const files = new Map<string, string[]>();
  const write = (name: string, lines: string[]): void => {
    files.set(name, lines);
    repo.write(name, `${lines.join('\n')}${below(4) === 0 ? '' : '\n'}`);
  };
  for (let step = 0; step < steps; step++) {
    const name = names[below(names.length)] ?? 'a';
    const lines = [...(files.get(name) ?? [])];
    const chance = below(12);
    if (chance === 0 && files.size > 1 && files.delete(name)) repo.sh('rm', '-qf', '--', name);
    else if (chance === 1 && files.has(name)) {
      const other = `dir/moved${step}`;
      repo.sh('mv', '--', name, other);
      files.delete(name);
      write(other, [...lines, 'after a move']);
    } else if (chance === 2 && step > 3) {
      const from = repo.sh('rev-parse', 'HEAD~2');
      repo.sh('checkout', '-q', '-b', `side${step}`, from);
      repo.write(`side${step}`, 'on the side\n');
      repo.commit();
      repo.sh('checkout', '-q', 'main');
      repo.sh('merge', '-q', '--no-ff', '-m', 'merge', `side${step}`);
      continue;
    } else {
      for (let edit = below(4); edit >= 0; edit--) {
        const text = Array.from({ length: below(3) }, () => ['', '{', '}', `word${below(6)}`][below(4)] ?? '');
        lines.splice(below(lines.length + 1), below(3), ...text);
      }
      write(name, lines);
    }
    repo.commit();
  }
}

for (const seed of [1, 2, 3]) {
  describe(`line history of random commits, seed ${seed}`, () => {
    let repo: TestRepo;
    before(async () => {
      repo = await testRepo();
      randomHistory(repo, seed, 40);
    });
    after(() => repo.remove());

    const compare = async (git: TestRepo['git']): Promise<void> => {
      const objects = new ObjectReader(git);
      const diffs = new TreeDiffer(git, objects);
      const history = new LineHistory(git, objects, diffs);
      const commits = runGit(git.workTree ?? '', repo.env, ['rev-list', 'HEAD']).split('\n') as Sha[];
      for (const commit of commits) {
        const paths = runGit(git.workTree ?? '', repo.env, ['ls-tree', '-r', '-z', '--name-only', commit]).split('\0');
        for (const path of paths.filter((each) => each !== '') as RepoPath[]) {
          const wanted = await blameFile(git, commit, path);
          assert.deepEqual(await history.linesAt(commit, path), wanted, `seed ${seed}: ${path} in ${commit}`);
        }
      }
      assert.deepEqual(await history.linesAt(commits[0] as Sha, 'nowhere' as RepoPath), { kind: 'no-path' });
      diffs.dispose();
      objects.dispose();
    };

    it('says what git says', () => compare(repo.git)).timeout(60_000);

    it('says what git says where history is cut off', async () => {
      runGit(repo.root, repo.env, ['clone', '-q', '--depth=7', `file://${repo.root}`, '../shallow']);
      await compare(await opened(`${repo.root}/../shallow`, repo.env));
    }).timeout(60_000);
  });
}
