import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';

const root = join(__dirname, '..');

function checkLayers(): { readonly code: number | null; readonly output: string } {
  const result = spawnSync(process.execPath, ['--import', 'tsx', join('test', 'lint', 'checkLayers.mts')], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: result.status, output: result.stdout + result.stderr };
}

describe('layers', () => {
  it('finds no violation, and looked at the project', () => {
    const { code, output } = checkLayers();
    assert.equal(code, 0, output);
    assert.match(output, /layers: \d{3,} modules/);
  });

  it('finds a violation that is planted', () => {
    const planted = join(root, 'src', 'core', `planted${process.pid}.ts`);
    writeFileSync(
      planted,
      "import { window } from 'vscode';\nimport { readFileSync } from 'node:fs';\nexport const x = [window, readFileSync];\n",
    );
    try {
      const { code, output } = checkLayers();
      assert.equal(code, 1);
      assert.match(output, /only-vscode-imports-vscode/);
      assert.match(output, /core-and-agents-touch-nothing/);
    } finally {
      rmSync(planted);
    }
  });
});
