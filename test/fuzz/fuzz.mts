import { parseArgs } from 'node:util';
import { type Outcome, type Plan, planOf, runPlan } from './history';
import { shrink } from './shrink';

/*
 * npm run fuzz -- [--seed N] [--steps N] [--seconds N] [--count N] [--no-shrink] [--keep] [--verbose]
 *
 * Random histories from seed N on, each of so many steps, until the time is over or so many were run. One that goes wrong is
 * shrunk, and its repository may be kept.
 */
const { values } = parseArgs({
  allowNegative: true,
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '60' },
    seconds: { type: 'string' },
    count: { type: 'string' },
    shrink: { type: 'boolean', default: true },
    keep: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** Sums of what histories came to. */
class Total {
  #histories = 0;
  #wrongHistories = 0;
  #operations = 0;
  #commits = 0;
  #lines = 0;
  #wrong = 0;
  #open = 0;

  add(outcome: Outcome): void {
    this.#histories++;
    if (outcome.problems.length > 0) this.#wrongHistories++;
    this.#operations += outcome.done;
    this.#commits += outcome.commits;
    this.#lines += outcome.lines;
    this.#wrong += outcome.wrong;
    this.#open += outcome.doubted;
  }

  toString(): string {
    const right = (100 - (100 * this.#wrong) / Math.max(1, this.#lines)).toFixed(4);
    const wrong = `${this.#wrong} wrong: ${right} % right`;
    const open = this.#open === 0 ? '' : `, ${this.#open} left open where two agents wrote at once`;
    return `${this.#histories} histories (${this.#wrongHistories} wrong), ${this.#operations} operations, ${this.#commits} commits, ${this.#lines} lines held against their tokens, ${wrong}${open}`;
  }
}

const describe = ({ style, place, form }: Plan): string => `${style.name}, ${place.name}, ${form.name}`;
const first = Number(values.seed);
const until = values.seconds === undefined ? undefined : Date.now() + Number(values.seconds) * 1000;
const count = values.count === undefined ? (until === undefined ? 1 : Number.POSITIVE_INFINITY) : Number(values.count);
const total = new Total();
const byStyle = new Map<string, Total>();

for (let seed = first; seed < first + count && (until === undefined || Date.now() < until); seed++) {
  const plan = planOf(seed, Number(values.steps));
  const outcome = await runPlan(plan, { ...(until === undefined ? {} : { until: until + 20_000 }) });
  if (values.verbose)
    console.log(`seed ${seed}: ${describe(plan)}, ${outcome.done} operations, ${outcome.lines} lines`);
  const ofStyle = byStyle.get(plan.style.name) ?? new Total();
  byStyle.set(plan.style.name, ofStyle);
  for (const sum of [total, ofStyle]) sum.add(outcome);
  if (outcome.problems.length === 0) continue;
  process.exitCode = 1;
  console.log(
    `seed ${seed} (${describe(plan)}), after ${outcome.done} steps:\n${outcome.problems.slice(0, 6).join('\n')}`,
  );
  const failed = { ...plan, steps: plan.steps.slice(0, outcome.done) };
  const small = values.shrink ? await shrink(failed, Date.now() + 240_000) : failed;
  const last = small === failed && !values.keep ? outcome : await runPlan(small, { keep: values.keep });
  console.log(`  ${small.steps.length} steps left:\n${last.problems.slice(0, 6).join('\n')}`);
  console.log(last.log.map((line) => `    ${line}`).join('\n'));
  if (values.keep) console.log(`  ${last.work}`);
}
for (const [name, sum] of [...byStyle].sort()) console.log(`${name}: ${sum}`);
console.log(`${total}`);
