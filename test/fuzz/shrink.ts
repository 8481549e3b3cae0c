import { type Plan, runPlan, type Step } from './history';

/**
 * A plan with as few steps as can be found that still goes wrong: parts are left out, halves first, as long as what is
 * left fails (ddmin, A. Zeller). The choices of a step do not depend on the steps before it.
 */
export async function shrink(plan: Plan, until: number): Promise<Plan> {
  let steps: readonly Step[] = plan.steps;
  for (let size = Math.ceil(steps.length / 2); size >= 1 && Date.now() < until; ) {
    let smaller: readonly Step[] | undefined;
    for (let at = 0; at < steps.length && Date.now() < until; at += size) {
      const rest = [...steps.slice(0, at), ...steps.slice(at + size)];
      const { problems, done } = await runPlan({ ...plan, steps: rest });
      if (problems.length === 0) continue;
      smaller = rest.slice(0, Math.max(done, 1));
      break;
    }
    if (smaller !== undefined) {
      steps = smaller;
      size = Math.min(size, Math.ceil(steps.length / 2));
    } else if (size === 1) break;
    else size = Math.ceil(size / 2);
  }
  return { ...plan, steps };
}
