import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A check that looked at fewer modules than this looked at something else than this project. */
const leastModules = 100;

/**
 * Checks the layer rules of `.dependency-cruiser.cjs`. Fails too when it saw hardly any module: with a TypeScript that it
 * does not understand the tool checks nothing and is content.
 */
async function main(): Promise<void> {
  process.chdir(root);
  const config = await extractConfig(join(root, '.dependency-cruiser.cjs'));
  const options: ICruiseOptions = { ...config.options, validate: true, ruleSet: config };
  const { output } = await cruise(['src'], options, undefined, {
    tsConfig: extractTsConfig(join(root, 'tsconfig.json')),
  });
  if (typeof output === 'string') throw new Error('the tool answered with text');
  const { summary }: ICruiseResult = output;
  for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
  if (summary.totalCruised < leastModules) throw new Error(`only ${summary.totalCruised} modules were checked`);
  if (summary.error > 0) throw new Error(`${summary.error} imports break the layers`);
  console.log(`layers: ${summary.totalCruised} modules, no violation`);
}

await main();
