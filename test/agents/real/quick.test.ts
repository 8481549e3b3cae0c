import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { installProduct } from './installProduct';
import { products } from './products';
import { runProduct } from './runProduct';

describe('real agents, the quick ones', function () {
  // The first run fetches them.
  this.timeout(400_000);

  for (const product of products.filter(({ quick }) => quick === true)) {
    it(`${product.id}: what it made, edited and ran a command for is its own in the commit it made`, async function () {
      if (process.platform !== 'linux') this.skip();
      const installed = installProduct(product);
      if (installed.kind === 'not-installed') {
        console.log(`    ${product.npm} cannot be fetched, so it is not tried: ${installed.why.trim().split('\n')[0]}`);
        this.skip();
      }
      const { verdicts, problems, output } = await runProduct(product, installed.program, installed.node);
      assert.deepEqual(problems, [], output);
      assert.deepEqual(verdicts, { create: 'right', edit: 'right', shell: 'right' });
    });
  }
});
