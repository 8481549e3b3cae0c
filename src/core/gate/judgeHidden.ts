import type { Finding } from './findings';
import { finding } from './findingWords';
import type { GateCommit, HiddenContent, PathChange } from './gateInput';
import { parseRanges, rangesMeet } from './lineRanges';
import { type RangeContext, rangeText, softened } from './rangeContext';
import type { Unit } from './substantial';

/** Content of a commit that a review would not show, where it is in lines that count and that nobody signed. */
export function judgeHidden(context: RangeContext, commit: GateCommit, units: readonly Unit[]): readonly Finding[] {
  const { policy, coverage, input } = context;
  const range = rangeText(input);
  return units.flatMap((unit, index) => {
    if (unit.counting === 0 || coverage.isCovered(unit, policy)) return [];
    const about = { commit: commit.sha, path: unit.path };
    const found = hiddenIn(unit, commit.changes[index]).map((hidden) => {
      const isTold = hidden.kind === 'binary' && unit.rules.every((rule) => rule.risk === null);
      const facts = { what: hiddenWords[hidden.kind], range };
      return finding(
        'hiddenFromReview',
        { ...about, lines: hidden.lines ?? null, ...(isTold ? { severity: 'info' } : {}) },
        facts,
      );
    });
    if (commit.evilMergePaths.includes(unit.path)) found.push(finding('evilMerge', about, { range }));
    return found.map((each) => softened(each, policy));
  });
}

function hiddenIn(unit: Unit, change: PathChange | undefined): readonly HiddenContent[] {
  return (change?.hidden ?? []).filter(
    ({ lines }) => lines === undefined || unit.lines.length === 0 || rangesMeet(parseRanges(lines), unit.lines),
  );
}

const hiddenWords: Readonly<Record<HiddenContent['kind'], string>> = {
  attributes: 'attributes keep its text out of diffs',
  bidi: 'characters that change the direction of the text',
  'zero-width': 'characters that cannot be seen',
  minified: 'lines too long to be read',
  binary: 'it is binary',
};
