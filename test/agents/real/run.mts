/**
 * `npm run test:agents [-- <agent id>...]`: runs real agents against a model server of our own, and prints who was
 * attributed rightly. The agents come from npm, once, into `$COUNTERSIGN_AGENTS`, else a folder in the user's cache.
 */
import { installProduct } from './installProduct';
import { type Product, products } from './products';
import { type ProductResult, runProduct } from './runProduct';

const wanted = process.argv.slice(2);
const chosen = products.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
if (process.platform !== 'linux') throw new Error('The real agents are run on Linux alone.');
if (chosen.length === 0) throw new Error(`Known are: ${products.map(({ id }) => id).join(', ')}`);

const columns = ['agent', 'create', 'edit', 'shell', 'seconds'];
const rows: (readonly string[])[] = [];
let isWrong = false;
for (const product of chosen) {
  const start = Date.now();
  const result = await tryProduct(product);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const { create, edit, shell } = result.verdicts;
  rows.push([product.npm, create, edit, shell, seconds]);
  console.log(`${product.npm}: ${result.problems.length === 0 ? 'right' : 'WRONG'} (${seconds} s)`);
  if (result.problems.length === 0) continue;
  isWrong = true;
  for (const problem of result.problems) console.log(`  ${problem}`);
  console.log(result.output.replace(/^/gm, '  | '));
}
const widths = columns.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
const line = (cells: readonly string[]): string => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
console.log(['', line(columns), ...rows.map(line)].join('\n'));
process.exitCode = isWrong ? 1 : 0;

async function tryProduct(product: Product): Promise<ProductResult> {
  const installed = installProduct(product);
  if (installed.kind === 'installed') return runProduct(product, installed.program, installed.node);
  const verdicts = { create: 'wrong', edit: 'wrong', shell: 'wrong' } as const;
  return { verdicts, problems: ['not installed'], output: installed.why };
}
