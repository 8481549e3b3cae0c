import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { Product } from './products';

/** Some agents ask for a younger Node than the one that runs the tests; npm carries that too. */
const nodeVersion = '24.21.0';

/** Whether a product could be put in place. */
export type Installed =
  | { readonly kind: 'installed'; readonly program: string; readonly node: string }
  /** Why not: npm's own words. */
  | { readonly kind: 'not-installed'; readonly why: string };

/**
 * Puts an agent and a Node for it into the cache, once each: `$COUNTERSIGN_AGENTS`, else `countersign-agents` in the
 * user's cache folder. A folder gets its name only when it is complete.
 */
export function installProduct(product: Product): Installed {
  const node = install(`node-linux-${process.arch}@${nodeVersion}`, `node-${nodeVersion}`);
  if (node.kind === 'failed') return { kind: 'not-installed', why: node.why };
  const folder = install(product.npm, `${product.id}-${product.npm.replace(/^.*@/, '')}`, product.afterInstall);
  if (folder.kind === 'failed') return { kind: 'not-installed', why: folder.why };
  return {
    kind: 'installed',
    program: join(folder.path, 'node_modules', ...product.program.split('/')),
    node: join(node.path, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node'),
  };
}

type Folder = { readonly kind: 'there'; readonly path: string } | { readonly kind: 'failed'; readonly why: string };

function install(npm: string, name: string, afterInstall?: string): Folder {
  const path = join(cacheFolder(), name);
  if (existsSync(path)) return { kind: 'there', path };
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), '.installing-'));
  try {
    writeFileSync(join(work, 'package.json'), '{ "private": true }\n');
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    // Without a network it is said soon.
    const soon = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'];
    const done = spawnSync('npm', ['install', '--ignore-scripts', '--engine-strict=false', ...quiet, ...soon, npm], {
      cwd: work,
      encoding: 'utf8',
      env: outerEnv(),
      timeout: 120_000,
    });
    if (done.status !== 0) return { kind: 'failed', why: done.stderr || String(done.error ?? `npm: ${done.status}`) };
    if (afterInstall !== undefined) {
      const script = join(work, 'node_modules', ...afterInstall.split('/'));
      spawnSync(process.execPath, [script], { cwd: dirname(script) });
    }
    if (!existsSync(path)) renameSync(work, path);
    return { kind: 'there', path };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `npm run` hands the settings of its project down, which are none of this folder's. */
function outerEnv(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_config_(engine_strict|local_prefix|prefix|workspaces?|global|omit|include|dry_run)$/i.test(name),
    ),
  );
}

function cacheFolder(): string {
  const own = process.env['COUNTERSIGN_AGENTS'];
  if (own !== undefined && isAbsolute(own)) return own;
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'countersign-agents');
}
