import { parseArgs } from 'node:util';
import { type Plan, planOf, runPlan } from './history';
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
const describe = ({ style, place, form }: Plan): string => `${style.name}, ${place.name}, ${form.name}`;
const first = Number(values.seed);
const until = values.seconds === undefined ? undefined : Date.now() + Number(values.seconds) * 1000;
const count = values.count === undefined ? (until === undefined ? 1 : Number.POSITIVE_INFINITY) : Number(values.count);
const total = { histories: 0, steps: 0, commits: 0, lines: 0, wrongLines: 0, wrong: 0 };

for (let seed = first; seed < first + count && (until === undefined || Date.now() < until); seed++) {
  const plan = planOf(seed, Number(values.steps));
  const outcome = await runPlan(plan, { ...(until === undefined ? {} : { until: until + 20_000 }) });
  if (values.verbose)
    console.log(`seed ${seed}: ${describe(plan)}, ${outcome.done} operations, ${outcome.lines} lines`);
  total.histories++;
  total.steps += outcome.done;
  total.commits += outcome.commits;
  total.lines += outcome.lines;
  total.wrongLines += outcome.wrong;
  if (outcome.problems.length === 0) continue;
  total.wrong++;
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
const right = (100 - (100 * total.wrongLines) / Math.max(1, total.lines)).toFixed(4);
console.log(
  `${total.histories} histories (${total.wrong} wrong), ${total.steps} operations, ${total.commits} commits, ${total.lines} lines held against their tokens, ${total.wrongLines} wrong: ${right} % right`,
);
