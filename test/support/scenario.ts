import assert from 'node:assert/strict';
import { it } from 'mocha';
import { type ProvenanceRepo, provenanceRepo } from './provenanceRepo';

/** How a scenario begins and ends. */
export interface ScenarioOptions {
  /** `empty` has no commit yet; `started` when absent. */
  readonly kind?: 'empty' | 'started';
  /** Faults of ours are what is tested. */
  readonly faults?: 'expected';
}

/** One test in a repository of its own; afterwards no hook and no `record` may have logged a fault of ours. */
export function scenario(
  name: string,
  steps: (repo: ProvenanceRepo) => void | Promise<void>,
  options: ScenarioOptions = {},
): void {
  it(name, async () => {
    const repo = provenanceRepo(options.kind);
    try {
      await steps(repo);
      if (options.faults === undefined) assert.equal(repo.faults(), '');
    } finally {
      repo.remove();
    }
  }).timeout(60_000);
}

/** Lines that share less than half of their tokens with each other: `x0.xgo0("x0");`. */
export function linesOf(prefix: string, count: number, first = 0): string {
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}${first + index}`;
    return `${name}.${prefix}go${first + index}("${name}");\n`;
  }).join('');
}
