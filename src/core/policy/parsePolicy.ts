import { isSha, type Sha } from '../brand';
import { lineClasses, type UnknownReason } from '../origin';
import { compileGlob, compileWholeGlob } from './glob';
import {
  type Acceptance,
  type Countable,
  type Mode,
  maxPolicyBytes,
  type ParsedPolicy,
  type PlainValue,
  type Policy,
  type Risk,
  type Senior,
  type Threshold,
} from './policy';
import {
  duration,
  type Faults,
  type Field,
  fault,
  flag,
  integerFrom,
  listOf,
  oneOf,
  plain,
  type ReadFields,
  readMap,
  share,
  someOf,
  text,
  textLike,
} from './policyFields';
import { readYamlTree, type YamlTree } from './yamlTree';

/**
 * What the bytes of a policy say: strict, with every problem and its line, and with defaults for what is left out. Loads
 * the YAML library: import this module only where a policy is at hand.
 */
export function parsePolicy(bytes: Uint8Array): ParsedPolicy {
  const invalid = (message: string): ParsedPolicy => ({ kind: 'invalid', problems: [{ line: 1, path: '', message }] });
  if (bytes.length > maxPolicyBytes) return invalid(`The file is larger than ${maxPolicyBytes} bytes.`);
  const source = decodeUtf8(bytes);
  if (source === undefined) return invalid('The file is not UTF-8.');
  const read = readYamlTree(source);
  if ('problems' in read) return { kind: 'invalid', problems: read.problems };
  const faults: Faults = { problems: [], warnings: [] };
  const policy = readPolicy(read.tree, faults);
  if (policy === undefined || faults.problems.length > 0) {
    return { kind: 'invalid', problems: faults.problems.toSorted((a, b) => a.line - b.line) };
  }
  return { kind: 'ok', policy, warnings: faults.warnings };
}

const unknownReasons: readonly UnknownReason[] = [
  'outside-write',
  'not-watched',
  'no-record',
  'forge',
  'before-adoption',
];

const glob: Field<string> = (tree, path, faults) => {
  const value = text(tree, path, faults);
  if (value === undefined) return undefined;
  if (value.startsWith('!')) return fault(tree, path, faults, 'A glob cannot be negated.');
  if (/(?<!\\)(?:\\\\)*[{}]/.test(value))
    return fault(tree, path, faults, 'A glob has no braces; write \\{ for the character.');
  if (value.split('/').some((part) => part === '..' || part === '.') || compileGlob(value) === undefined) {
    return fault(tree, path, faults, 'This glob can match nothing.');
  }
  return value;
};

const refGlob: Field<string> = (tree, path, faults) => {
  const value = text(tree, path, faults);
  if (value === undefined) return undefined;
  if (/^!|[{}~\s]/.test(value) || compileWholeGlob(value) === undefined) {
    return fault(
      tree,
      path,
      faults,
      'This must be the name of a branch, or a ref that begins with refs/, with or without wildcards.',
    );
  }
  return value;
};

const filePath: Field<string> = (tree, path, faults) => {
  const value = text(tree, path, faults);
  if (value === undefined) return undefined;
  if (
    value.includes('\\') ||
    value.split('/').some((part) => part === '' || part === '.' || part === '..' || part === '.git')
  ) {
    return fault(tree, path, faults, 'This must be a path inside the repository, from its top.');
  }
  return value;
};

const sha: Field<Sha> = (tree, path, faults) => {
  const value = tree.kind === 'scalar' ? tree.text.toLowerCase() : undefined;
  return isSha(value) ? value : fault(tree, path, faults, 'This must be the full id of a commit.');
};

/** One name of one person: nothing that a signers file reads as a pattern or a list. */
const name = textLike(/^[^\s,*?!"]+$/, 'This must be one name without spaces, commas, quotes and wildcards.');
const mode: Field<Mode> = oneOf<Mode>('observe', 'warn', 'enforce');
const accept: Field<readonly Acceptance[]> = someOf(oneOf<Acceptance>('key', 'forge'));
const count: Field<Countable> = oneOf<Countable>(
  ...lineClasses,
  ...unknownReasons.map((reason): Countable => `unknown:${reason}`),
);

interface ThresholdKeys {
  readonly lines: number;
  readonly share: number;
  readonly atMost: number;
}

function threshold(absent: { readonly lines: number; readonly share: number }): Field<Threshold> {
  return (tree, path, faults) => {
    const read = readMap<ThresholdKeys>(tree, path, faults, { lines: integerFrom(1), share, atMost: integerFrom(0) });
    return read && { lines: read.lines ?? absent.lines, share: read.share ?? absent.share, atMost: read.atMost };
  };
}

const generalThreshold = { lines: 20, share: 0.2 };
const riskThreshold = { lines: 1, share: 0 };

type RiskKeys = Pick<Risk, 'name' | 'paths' | 'threshold' | 'signOffs' | 'mode' | 'accept'> & { readonly ask: string };

const riskKeys: Field<ReadFields<RiskKeys>> = (tree, path, faults) =>
  readMap<RiskKeys>(
    tree,
    path,
    faults,
    {
      name: text,
      paths: someOf(glob),
      threshold: threshold(riskThreshold),
      signOffs: integerFrom(1),
      ask: text,
      mode,
      accept,
    },
    ['name', 'paths'],
  );

const senior: Field<Senior> = (tree, path, faults) => {
  const read = readMap<Senior>(
    tree,
    path,
    faults,
    { principal: name, aliases: listOf(name), accounts: listOf(name), paths: someOf(glob) },
    ['principal'],
  );
  if (read?.principal === undefined) return undefined;
  return {
    principal: read.principal,
    aliases: read.aliases ?? [],
    accounts: read.accounts ?? [],
    paths: read.paths ?? ['**'],
  };
};

const override: Field<Policy['override']> = (tree, path, faults) => {
  const read = readMap<Policy['override']>(tree, path, faults, { by: listOf(name), reviewWithin: duration });
  return read && { by: read.by ?? ['seniors'], reviewWithin: read.reviewWithin ?? 48 * 3_600_000 };
};

const signing: Field<Policy['signing']> = (tree, path, faults) => {
  const read = readMap<Policy['signing']>(tree, path, faults, { attended: flag, hardware: flag });
  return read && { attended: read.attended ?? false, hardware: read.hardware ?? false };
};

const one: Field<1> = (tree, path, faults) =>
  tree.kind === 'scalar' && tree.value === 1 ? 1 : fault(tree, path, faults, 'Only schema 1 is known here.');

type PolicyKeys = Omit<
  { readonly [K in keyof Policy]-?: Exclude<Policy[K], undefined> },
  'risks' | 'requires' | 'oncall' | 'promote' | 'reports'
> & {
  readonly risks: readonly ReadFields<RiskKeys>[];
} & Readonly<Record<'requires' | 'oncall' | 'promote' | 'reports', PlainValue>>;

function readPolicy(tree: YamlTree, faults: Faults): Policy | undefined {
  const read = readMap<PolicyKeys>(
    tree,
    '',
    faults,
    {
      schema: one,
      revision: integerFrom(0),
      repository: textLike(/^[A-Za-z0-9._-]{1,100}$/, 'This must be 1 to 100 of the characters A-Z a-z 0-9 . _ -'),
      mode,
      since: sha,
      protect: someOf(refGlob),
      threshold: threshold(generalThreshold),
      count: someOf(count),
      exempt: listOf(glob),
      risks: listOf(riskKeys),
      signOffs: integerFrom(1),
      accept,
      expires: duration,
      carry: oneOf('trivial-rebase', 'never'),
      claims: oneOf('trust', 'senior'),
      seniorAuthors: oneOf('another-senior', 'own-review'),
      soleSenior: oneOf('override', 'wait-24h', 'deny'),
      override,
      seniors: listOf(senior),
      allowedSigners: filePath,
      revocation: filePath,
      gateFiles: listOf(glob),
      trailers: oneOf('full', 'assisted-by', 'none'),
      bots: listOf(text),
      generated: listOf(glob),
      signing,
      roleName: text,
      requires: plain,
      oncall: plain,
      promote: plain,
      reports: plain,
    },
    ['schema', 'revision', 'repository', 'protect', 'seniors', 'allowedSigners'],
  );
  if (read === undefined) return undefined;
  const { schema, revision, repository, protect, seniors, allowedSigners } = read;
  if (schema === undefined || revision === undefined || repository === undefined || protect === undefined)
    return undefined;
  if (seniors === undefined || allowedSigners === undefined) return undefined;
  checkNamesOnce(tree, seniors, faults);
  const general = {
    mode: read.mode ?? 'observe',
    signOffs: read.signOffs ?? 1,
    accept: read.accept ?? (['key'] as const),
  };
  return {
    schema,
    revision,
    repository,
    ...general,
    since: read.since,
    protect,
    threshold: read.threshold ?? { lines: 20, share: 0.2, atMost: undefined },
    count: read.count ?? ['ai', 'ai-edited', 'unknown', 'pasted'],
    exempt: read.exempt ?? [],
    risks: readRisks(tree, read.risks ?? [], general, faults),
    expires: read.expires ?? 14 * 86_400_000,
    carry: read.carry ?? 'trivial-rebase',
    claims: read.claims ?? 'trust',
    seniorAuthors: read.seniorAuthors ?? 'another-senior',
    soleSenior: read.soleSenior ?? 'override',
    override: read.override ?? { by: ['seniors'], reviewWithin: 48 * 3_600_000 },
    seniors,
    allowedSigners,
    revocation: read.revocation,
    gateFiles: read.gateFiles,
    trailers: read.trailers,
    bots: read.bots ?? [],
    generated: read.generated ?? [],
    signing: read.signing ?? { attended: false, hardware: false },
    roleName: read.roleName,
    requires: read.requires,
    oncall: read.oncall,
    promote: read.promote,
    reports: read.reports,
  };
}

function readRisks(
  tree: YamlTree,
  risks: readonly ReadFields<RiskKeys>[],
  general: Pick<Policy, 'mode' | 'signOffs' | 'accept'>,
  faults: Faults,
): readonly Risk[] {
  const seen = new Set<string>();
  return risks.flatMap((risk) => {
    if (risk.name === undefined || risk.paths === undefined) return [];
    if (seen.has(risk.name)) fault(entryOf(tree, 'risks'), 'risks', faults, `Two risks are named "${risk.name}".`);
    seen.add(risk.name);
    return [
      {
        name: risk.name,
        paths: risk.paths,
        threshold: risk.threshold ?? { lines: 1, share: 0, atMost: undefined },
        signOffs: risk.signOffs ?? general.signOffs,
        ask: risk.ask,
        mode: risk.mode ?? general.mode,
        accept: risk.accept ?? general.accept,
      },
    ];
  });
}

/** Each person once: a name that stood for two would let one of them sign as both. */
function checkNamesOnce(tree: YamlTree, seniors: readonly Senior[], faults: Faults): void {
  const entry = entryOf(tree, 'seniors');
  const owner = new Map<string, number>();
  seniors.forEach((person, index) => {
    for (const each of [person.principal, ...person.aliases, ...person.accounts]) {
      const key = each.toLowerCase();
      if ((owner.get(key) ?? index) !== index)
        fault(entry, `seniors[${index}]`, faults, `"${each}" names two seniors.`);
      owner.set(key, index);
    }
  });
  if (seniors.length === 0) {
    faults.warnings.push({ line: entry.line, path: 'seniors', message: 'Nobody is named here, so nobody can sign.' });
  }
}

function entryOf(tree: YamlTree, key: string): { readonly line: number } {
  return (tree.kind === 'map' ? tree.entries.find((entry) => entry.key === key) : undefined) ?? tree;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The only thing that it throws for: bytes that are no UTF-8.
    return undefined;
  }
}
