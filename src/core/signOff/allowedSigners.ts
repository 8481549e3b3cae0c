/*
 * OpenSSH's allowed signers file (ssh-keygen(1), ALLOWED SIGNERS), a line a key:
 *
 *   principals [options] type base64 [comment]
 *   principals = name{,name}, in double quotes if there is white space in them
 *   options    = option{,option}: cert-authority | namespaces="..." | valid-after="..." | valid-before="..."
 *   time       = YYYYMMDD[HHMM[SS]][Z]
 *
 * Stricter than OpenSSH where it is too forgiving to carry a role: a line counts only with a namespace list that names
 * ours, and without wildcards in its principals.
 */
import { Buffer } from 'node:buffer';
import type { SshPublicKey } from './sshPublicKey';
import { parsePublicKeyLine } from './sshPublicKey';

/** Why a line does not count, or (`local-time`) counts for less time than it seems to say. */
export type SignerLineProblem =
  | 'malformed'
  | 'unsupported-key'
  | 'unknown-option'
  | 'no-namespaces'
  | 'other-namespaces'
  | 'wildcard-principal'
  | 'cert-authority'
  | 'empty-validity'
  | 'local-time';

/** A time of the file; without a `Z` it is that of whatever zone its reader happens to be in. */
interface SignerTime {
  /** As if in UTC; milliseconds since 1970. */
  readonly utc: number;
  readonly isLocal: boolean;
}

/** One key line. */
export interface SignerLine {
  /** 1-based. */
  readonly line: number;
  readonly principals: readonly string[];
  /** Absent when it could not be read or is of a type that we cannot check. */
  readonly key?: SshPublicKey;
  readonly comment: string;
  /** As written; absent when the line has no such option. */
  readonly namespaces?: readonly string[];
  /** Milliseconds since 1970; it counts from then on. */
  readonly validAfter?: number;
  /** Milliseconds since 1970; it counts until just before. */
  readonly validBefore?: number;
  /** Those other than `local-time` keep the line from counting. */
  readonly problems: readonly SignerLineProblem[];
}

/** A parsed file. */
export interface AllowedSigners {
  readonly lines: readonly SignerLine[];
}

/** Whose key it is, or the best reason why it is nobody's. */
export type FoundSigner =
  | { readonly kind: 'found'; readonly principals: readonly string[] }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'not-counted'; readonly line: number; readonly problems: readonly SignerLineProblem[] }
  | { readonly kind: 'not-yet-valid'; readonly line: number; readonly from: number }
  | { readonly kind: 'no-longer-valid'; readonly line: number; readonly until: number };

/** Reads a whole file; blank lines and comments are left out, broken lines are kept with their problem. Never throws. */
export function parseAllowedSigners(file: Uint8Array, namespace: string): AllowedSigners {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('utf8');
  const lines: SignerLine[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (line !== '' && !line.startsWith('#')) lines.push(parseLine(line, at + 1, namespace));
  }
  return { lines };
}

/** Whether the line can make anybody a signer, at some time. */
export function isCountedLine(line: SignerLine): boolean {
  return line.problems.every((problem) => problem === 'local-time');
}

/** Whose the key is at `now` (milliseconds since 1970): the principals of all lines that count for it. */
export function findSigner(signers: AllowedSigners, keyBlob: Uint8Array, now: number): FoundSigner {
  const blob = Buffer.from(keyBlob);
  const principals: string[] = [];
  let reason: FoundSigner = { kind: 'unknown-key' };
  for (const line of signers.lines) {
    if (line.key === undefined || !blob.equals(line.key.blob)) continue;
    if (!isCountedLine(line)) {
      if (reason.kind === 'unknown-key') reason = { kind: 'not-counted', line: line.line, problems: line.problems };
    } else if (line.validAfter !== undefined && now < line.validAfter) {
      reason = { kind: 'not-yet-valid', line: line.line, from: line.validAfter };
    } else if (line.validBefore !== undefined && now >= line.validBefore) {
      reason = { kind: 'no-longer-valid', line: line.line, until: line.validBefore };
    } else {
      principals.push(...line.principals);
    }
  }
  return principals.length > 0 ? { kind: 'found', principals: [...new Set(principals)] } : reason;
}

function parseLine(text: string, line: number, namespace: string): SignerLine {
  const head = /^(?:"([^"]*)"|([^\s"]+))[ \t]+(.*)$/.exec(text);
  if (head === null) return { line, principals: [], comment: '', problems: ['malformed'] };
  const principals = (head[1] ?? head[2] ?? '').split(',').filter((name) => name !== '');
  const rest = head[3] ?? '';
  const direct = parsePublicKeyLine(rest);
  if (direct.kind === 'key') return withOptions({ line, principals, ...direct }, [], namespace);

  const split = splitOptions(rest);
  const behind = split && parsePublicKeyLine(split.rest);
  if (behind?.kind === 'key') return withOptions({ line, principals, ...behind }, split?.options ?? [], namespace);
  const isUnsupported = direct.kind === 'unsupported' || behind?.kind === 'unsupported';
  return { line, principals, comment: '', problems: [isUnsupported ? 'unsupported-key' : 'malformed'] };
}

interface Option {
  readonly name: string;
  readonly value: string | undefined;
}

/** The options before the first white space outside quotes, and what is behind it. */
function splitOptions(text: string): { readonly options: readonly Option[]; readonly rest: string } | undefined {
  const options: Option[] = [];
  const option = /([A-Za-z-]+)(?:="((?:[^"\\]|\\.)*)")?([, \t])/y;
  for (;;) {
    const match = option.exec(text);
    if (match === null) return undefined;
    options.push({ name: (match[1] ?? '').toLowerCase(), value: match[2]?.replace(/\\"/g, '"') });
    if (match[3] !== ',') return { options, rest: text.slice(option.lastIndex) };
  }
}

interface KeyedLine {
  readonly line: number;
  readonly principals: readonly string[];
  readonly key: SshPublicKey;
  readonly comment: string;
}

function withOptions(keyed: KeyedLine, options: readonly Option[], namespace: string): SignerLine {
  const problems: SignerLineProblem[] = [];
  const { line, principals, key, comment } = keyed;
  const values = new Map(options.map((option) => [option.name, option.value]));
  for (const [name, value] of values) {
    const isKnown = name === 'cert-authority' ? value === undefined : valued.has(name) && value !== undefined;
    if (!isKnown) problems.push('unknown-option');
  }
  if (values.size < options.length) problems.push('malformed');
  if (values.has('cert-authority')) problems.push('cert-authority');
  if (principals.length === 0) problems.push('malformed');
  if (principals.some((name) => /[*?!]/.test(name))) problems.push('wildcard-principal');

  const namespaces = values.get('namespaces')?.split(',');
  if (namespaces === undefined) problems.push('no-namespaces');
  else if (!namespaces.includes(namespace) || namespaces.some((name) => name.startsWith('!'))) {
    problems.push('other-namespaces');
  }
  const after = values.get('valid-after');
  const before = values.get('valid-before');
  const from = after === undefined ? undefined : parseTime(after);
  const until = before === undefined ? undefined : parseTime(before);
  if ((after !== undefined && from === undefined) || (before !== undefined && until === undefined)) {
    problems.push('malformed');
  }
  if (from?.isLocal || until?.isLocal) problems.push('local-time');
  if (from !== undefined && until !== undefined && from.utc >= until.utc) problems.push('empty-validity');
  return {
    line,
    principals,
    key,
    comment,
    ...(namespaces && { namespaces }),
    // The same file must say the same everywhere: a local time counts where it holds in each zone, from +14 to -12.
    ...(from && { validAfter: from.utc + (from.isLocal ? 12 * hour : 0) }),
    ...(until && { validBefore: until.utc - (until.isLocal ? 14 * hour : 0) }),
    problems,
  };
}

const valued: ReadonlySet<string> = new Set(['namespaces', 'valid-after', 'valid-before']);

const hour = 60 * 60 * 1000;

function parseTime(text: string): SignerTime | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/i.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const utc = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  const date = new Date(utc);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hours < 24 && minutes < 60 && seconds < 60;
  return isReal ? { utc, isLocal: match[7] === '' } : undefined;
}
