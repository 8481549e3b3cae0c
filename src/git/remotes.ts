import type { Sha } from '../core/brand';
import { isSha } from '../core/brand';
import { ToolError } from '../core/errors';
import { listConfig } from './config';
import { type Git, gitFailure, type RunOptions } from './git';

/** A remote as configured. */
export interface Remote {
  readonly name: string;
  /** As git would contact them: `url.<base>.insteadOf` applied. */
  readonly fetchUrls: readonly string[];
  readonly pushUrls: readonly string[];
  readonly fetchRefspecs: readonly string[];
}

/** A ref on a remote. */
export interface RemoteRef {
  readonly name: string;
  readonly oid: Sha;
}

/** How to talk to a remote. `env` says whether git may ask for passwords (`GIT_TERMINAL_PROMPT`, `SSH_ASKPASS`). */
export type TransferOptions = Pick<RunOptions, 'env' | 'signal' | 'timeoutMs'>;

/**
 * What fetching did; `no-such-ref` when the remote has none of a name without wildcard, `lost` when another program moved
 * the same refs here.
 */
export type FetchResult = { readonly kind: 'fetched' } | { readonly kind: 'no-such-ref' } | { readonly kind: 'lost' };

/** One ref to push. */
export interface PushRef {
  /** An object id or revision; `undefined` deletes. */
  readonly src: string | undefined;
  /** The full name on the remote. */
  readonly dst: string;
  /** `fast-forward` when absent: what the remote has must be an ancestor. */
  readonly mode?: 'fast-forward' | 'force';
  /** What the remote must have, `none` for nothing; else the push of this ref is rejected. */
  readonly expect?: Sha | 'none';
}

/** What became of one ref of a push. `reason` is git's or the remote's, not to be trusted as text. */
export type PushOutcome =
  | { readonly dst: string; readonly kind: 'updated' | 'up-to-date' }
  /** Somebody else was faster: fetch, merge, push again. */
  | { readonly dst: string; readonly kind: 'stale'; readonly reason: string }
  | { readonly dst: string; readonly kind: 'rejected'; readonly reason: string };

/** How to push. */
export interface PushOptions extends TransferOptions {
  /** `run` when absent. */
  readonly hooks?: 'run' | 'skip';
  /** All refs or none; `no` when absent. */
  readonly atomic?: 'yes' | 'no';
}

/** The configured remotes, by name. */
export async function listRemotes(git: Git): Promise<readonly Remote[]> {
  const entries = await listConfig(git);
  const found = new Map<string, { urls: string[]; pushUrls: string[]; fetchRefspecs: string[] }>();
  for (const { key, value } of entries) {
    const [, name, variable] = /^remote\.(.+)\.([a-z]+)$/s.exec(key) ?? [];
    if (name === undefined || value === undefined) continue;
    const remote = found.get(name) ?? { urls: [], pushUrls: [], fetchRefspecs: [] };
    if (variable === 'url') remote.urls.push(value);
    else if (variable === 'pushurl') remote.pushUrls.push(value);
    else if (variable === 'fetch') remote.fetchRefspecs.push(value);
    // `remote.<name>.prune` alone makes no remote.
    if (remote.urls.length + remote.pushUrls.length + remote.fetchRefspecs.length > 0) found.set(name, remote);
  }
  const replace = urlReplacements(entries);
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { urls, pushUrls, fetchRefspecs }]) => ({
      name,
      fetchUrls: urls.map((url) => replace(url, 'insteadof') ?? url),
      pushUrls:
        pushUrls.length > 0
          ? pushUrls.map((url) => replace(url, 'insteadof') ?? url)
          : urls.map((url) => replace(url, 'pushinsteadof') ?? replace(url, 'insteadof') ?? url),
      fetchRefspecs,
    }));
}

/**
 * Fetches refspecs and nothing else: no tags, no configured refspecs, no submodules, no `FETCH_HEAD`, no pruning.
 *
 * @throws ToolError `network` when the remote cannot be reached or refuses, `bad-input` for a name that is an option
 */
export async function fetchRefs(
  git: Git,
  remote: string,
  refspecs: readonly string[],
  options: TransferOptions = {},
): Promise<FetchResult> {
  const args = ['-c', 'fetch.writeCommitGraph=false', '-c', 'fetch.prune=false'];
  args.push('-c', 'fetch.pruneTags=false', 'fetch', '--quiet', '--no-tags', '--no-prune', '--no-write-fetch-head');
  args.push('--no-recurse-submodules', '--no-auto-maintenance', '--refmap=', '--no-show-forced-updates');
  const all = [...args, '--end-of-options', remote, ...refspecs];
  const result = await git.run(all, { ...options, expect: [0, 1, 128] });
  if (result.code === 0) return { kind: 'fetched' };
  if (result.stderr.includes("couldn't find remote ref")) return { kind: 'no-such-ref' };
  if (lostRace.test(result.stderr)) return { kind: 'lost' };
  throw transferFailure(all, result);
}

/** Fetches objects by id into a partial clone, all in one request. @throws ToolError `network` */
export async function fetchObjects(
  git: Git,
  remote: string,
  oids: readonly Sha[],
  options: TransferOptions = {},
): Promise<void> {
  if (oids.length === 0) return;
  const args = ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];
  args.push('--no-recurse-submodules', '--no-auto-maintenance', '--filter=blob:none', '--stdin');
  const all = [...args, '--end-of-options', remote];
  const result = await git.run(all, { ...options, stdin: `${oids.join('\n')}\n`, expect: [0, 1, 128] });
  if (result.code !== 0) throw transferFailure(all, result);
}

/** The refs that a remote has, those that match one of the patterns (`refs/notes/*`). @throws ToolError `network` */
export async function listRemoteRefs(
  git: Git,
  remote: string,
  patterns: readonly string[],
  options: TransferOptions = {},
): Promise<readonly RemoteRef[]> {
  const args = ['ls-remote', '--quiet', '--refs', '--end-of-options', remote, ...patterns];
  const result = await git.run(args, { ...options, expect: [0, 128] });
  if (result.code !== 0) throw transferFailure(args, result);
  return result.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [oid, name] = line.split('\t');
      return isSha(oid) && name !== undefined ? [{ oid, name }] : [];
    });
}

/**
 * Pushes refs and nothing else: no tags, no submodules, no signature, no configured options. The answer has one outcome
 * a ref, in the order of `refs`.
 *
 * @throws ToolError `network` when the remote cannot be reached or a hook of ours refused
 */
export async function pushRefs(
  git: Git,
  remote: string,
  refs: readonly PushRef[],
  options: PushOptions = {},
): Promise<readonly PushOutcome[]> {
  if (refs.length === 0) return [];
  const { hooks, atomic, ...run } = options;
  const args = ['-c', 'push.pushOption=', '-c', 'push.useForceIfIncludes=false', '-c', 'push.negotiate=false'];
  args.push('push', '--porcelain', '--no-follow-tags', '--recurse-submodules=no', '--no-signed');
  if (hooks === 'skip') args.push('--no-verify');
  if (atomic === 'yes') args.push('--atomic');
  for (const { dst, expect } of refs) {
    if (expect !== undefined) args.push(`--force-with-lease=${dst}:${expect === 'none' ? '' : expect}`);
  }
  const specs = refs.map(({ src = '', dst, mode }) => `${mode === 'force' ? '+' : ''}${src}:${dst}`);
  const all = [...args, '--end-of-options', remote, ...specs];
  const result = await git.run(all, { ...run, expect: [0, 1, 128] });
  const outcomes = new Map(parsePorcelain(result.stdout).map((outcome) => [outcome.dst, outcome]));
  if (outcomes.size === 0) throw transferFailure(all, result);
  return refs.map(({ dst }) => outcomes.get(dst) ?? { dst, kind: 'rejected', reason: 'git said nothing about it' });
}

/**
 * What git says where somebody else moved or locked a ref at the same time: the words of its ref transactions (its refs.c), which
 * from 2.50 on come from a remote as they are, and those around them in receive-pack and fetch.
 */
const lostRace =
  /failed to update ref|cannot lock ref|unable to update local ref|incorrect old value provided|reference (?:already exists|does not exist)/;

/** `<flag> TAB <from>:<to> TAB <summary> (<reason>)` (git's Documentation/git-push, "output"). */
function parsePorcelain(stdout: Buffer): PushOutcome[] {
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line): PushOutcome[] => {
      const [, flag, dst, summary] = /^([ +\-*!=])\t[^\t]*:([^\t:]+)\t(.*)$/.exec(line) ?? [];
      if (flag === undefined || dst === undefined || summary === undefined) return [];
      if (flag === '=') return [{ dst, kind: 'up-to-date' }];
      if (flag !== '!') return [{ dst, kind: 'updated' }];
      const isStale = /^\[rejected\] \((?:non-fast-forward|fetch first|stale info|already exists)\)/.test(summary);
      const isLost = summary.startsWith('[remote rejected] ') && lostRace.test(summary);
      return [{ dst, kind: isStale || isLost ? 'stale' : 'rejected', reason: summary }];
    });
}

/** The longest prefix wins (git's Documentation/config/url). */
function urlReplacements(
  entries: readonly { readonly key: string; readonly value: string | undefined }[],
): (url: string, kind: 'insteadof' | 'pushinsteadof') => string | undefined {
  const rules = entries.flatMap(({ key, value }) => {
    const [, base, kind] = /^url\.(.+)\.(insteadof|pushinsteadof)$/s.exec(key) ?? [];
    return base !== undefined && value !== undefined ? [{ base, kind, prefix: value }] : [];
  });
  return (url, kind) => {
    const fitting = rules.filter((rule) => rule.kind === kind && url.startsWith(rule.prefix));
    const best = fitting.reduce<(typeof fitting)[number] | undefined>(
      (longest, rule) => (longest === undefined || rule.prefix.length > longest.prefix.length ? rule : longest),
      undefined,
    );
    return best === undefined ? undefined : best.base + url.slice(best.prefix.length);
  };
}

function transferFailure(
  args: readonly string[],
  result: { readonly code: number; readonly stderr: string },
): ToolError {
  const cause = gitFailure(args, result);
  return new ToolError('network', 'The remote could not be reached, or refused.', { cause });
}
