import { provenanceRepo } from '../support/provenanceRepo';
import { Check } from './check';
import { type Form, forms } from './form';
import { agents } from './operations/agents';
import { branches } from './operations/branches';
import { commits } from './operations/commits';
import { edits } from './operations/edits';
import type { Operation } from './operations/operation';
import { parts } from './operations/parts';
import { rebases } from './operations/rebases';
import { remotes } from './operations/remotes';
import { stashes } from './operations/stashes';
import { type Place, places } from './place';
import { randomOf } from './random';
import { type Style, styles } from './style';
import { World } from './world';

const operations: readonly Operation[] = [
  ...edits,
  ...agents,
  ...commits,
  ...parts,
  ...branches,
  ...stashes,
  ...rebases,
  ...remotes,
];

/** One step: an operation and the seed of its choices, so that it stays the same when others are left out. */
export interface Step {
  readonly name: string;
  readonly seed: number;
}

/** A random history: how its lines look and what is done. */
export interface Plan {
  readonly style: Style;
  readonly place: Place;
  readonly form: Form;
  readonly steps: readonly Step[];
}

/** How a history went; `problems` are those after its last step. */
export interface Outcome {
  readonly done: number;
  /** Lines that were held against their tokens. */
  readonly lines: number;
  /** Those of them that were wrong. */
  readonly wrong: number;
  /** Those that stayed open where two wrote at once. */
  readonly doubted: number;
  readonly commits: number;
  readonly problems: readonly string[];
  readonly log: readonly string[];
  readonly work: string;
}

/** The plan of a seed. */
export function planOf(seed: number, length: number): Plan {
  const random = randomOf(seed);
  const style = styles[seed % styles.length] ?? styles[0];
  const place = random.pick(places);
  const form = random.pick(forms);
  if (style === undefined || place === undefined || form === undefined) throw new Error('nothing to choose from');
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  const steps = Array.from({ length }, (): Step => {
    let left = random.below(total);
    const found = operations.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return { name: found?.name ?? '', seed: random.seed() };
  });
  return { style, place, form, steps };
}

/** Does what the plan says in a repository of its own, up to the first step after which something is wrong. */
export async function runPlan(
  plan: Plan,
  options: { readonly keep?: boolean; readonly until?: number } = {},
): Promise<Outcome> {
  const repo = provenanceRepo();
  const world = new World(repo, plan.style, randomOf(0), plan);
  const check = new Check(world);
  let done = 0;
  let problems: readonly string[] = [];
  try {
    for (const step of plan.steps) {
      if (options.until !== undefined && Date.now() > options.until) break;
      world.random = randomOf(step.seed);
      world.log.push(`# ${step.name}`);
      world.withoutHooks = world.random.once(12);
      await operations.find(({ name }) => name === step.name)?.run(world);
      world.ranWithoutHooks = world.withoutHooks;
      world.withoutHooks = false;
      done++;
      problems = await check.problems(world);
      if (problems.length > 0) break;
    }
    if (problems.length === 0 && world.faults() !== '') problems = [world.faults()];
  } catch (error) {
    problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  } finally {
    if (options.keep !== true) repo.remove();
  }
  return {
    done,
    lines: check.lines,
    wrong: check.wrong,
    doubted: check.doubted,
    commits: check.commits,
    problems,
    log: world.log,
    work: repo.work,
  };
}
