import { safeText } from '../safeText';
import type { Finding, Severity } from './findings';
import type { GateResult } from './gateResult';

/** Begins the first and the last line of a blocked push: how the editor tells our refusal from any other. */
export const pushBlockedMarker = 'countersign: push blocked';

/** How findings are shown at most; the rest are counted. */
const maxShown = 20;

/**
 * What `pre-push` and `pre-receive` print, one entry a line, safe for a terminal. Empty when there is nothing to say.
 * Of a blocked push the first line says what is wrong and the last what to do, and each stands alone, since some clients
 * show only one of them.
 */
export function explainPush(result: GateResult): readonly string[] {
  const told = [...result.findings].sort((a, b) => weight[a.severity] - weight[b.severity]);
  const [first] = told;
  if (first === undefined) return [];
  const target = safeText(result.target, 120);
  const step = told.find((finding) => finding.severity === 'block' && finding.next !== null)?.next ?? null;
  // The head line says the first finding itself, and the last line of a blocked push the step.
  const own =
    first.next === null || (result.verdict === 'blocked' && first.next === step) ? [] : [nextLine(first.next)];
  const lines = [...own, ...told.slice(1, maxShown).flatMap(explainFinding)];
  const more = told.length > maxShown ? [`  and ${told.length - maxShown} more; see all with: countersign check`] : [];
  switch (result.verdict) {
    case 'blocked':
      return [
        `${pushBlockedMarker}: ${target}: ${factOf(first)}`,
        ...lines,
        ...more,
        `${pushBlockedMarker}: ${target}: ${safeText(step ?? 'See why with: countersign check', 600)}`,
      ];
    case 'undecided':
      return [`countersign: undecided: ${target}: ${factOf(first)}`, ...lines, ...more];
    case 'pass': {
      const worth = told.filter((finding) => finding.severity !== 'info');
      return worth.slice(0, maxShown).map((finding) => `countersign: ${safeText(finding.message, 600)}`);
    }
  }
}

/** One finding as lines for people: the fact, then the next step. */
export function explainFinding(finding: Finding): readonly string[] {
  const fact = `  ${severityWords[finding.severity]}: ${factOf(finding)}`;
  return finding.next === null ? [fact] : [fact, nextLine(finding.next)];
}

function factOf({ message, path, lines }: Finding): string {
  const where = path === null ? '' : ` [${safeText(path, 120)}${lines === null ? '' : `:${safeText(lines, 60)}`}]`;
  return `${safeText(message, 600)}${where}`;
}

function nextLine(next: string): string {
  return `    ${safeText(next, 600)}`;
}

const weight: Readonly<Record<Severity, number>> = { block: 0, undecided: 1, warn: 2, info: 3 };

const severityWords: Readonly<Record<Severity, string>> = {
  block: 'blocked',
  undecided: 'undecided',
  warn: 'warning',
  info: 'note',
};
