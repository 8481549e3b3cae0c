import { pushBlockedMarker } from '../gate/explain';
import { safeText } from '../safeText';

/** Why the gate refused a push, and the next step; safe to show. */
export interface PushRefusal {
  readonly reason: string;
  /** Absent where there is but one line. */
  readonly next: string | undefined;
}

/**
 * What our gate said in the standard error of a push, whether by the local hook or by the server (git puts `remote: `
 * before a server's lines and fills them up with blanks). Nothing where the push failed for another reason.
 */
export function pushRefusal(stderr: string): PushRefusal | undefined {
  const told = stderr
    .split(/\r?\n|\r/)
    .map((line) => line.replace(/^remote:\s?/, '').trimEnd())
    .flatMap((line) => (line.startsWith(`${pushBlockedMarker}: `) ? [line.slice(pushBlockedMarker.length + 2)] : []));
  const [first] = told;
  if (first === undefined) return undefined;
  const last = told.length > 1 ? told.at(-1) : undefined;
  return {
    reason: safeText(first.replace(/^refs\/heads\//, ''), 600),
    next: last === undefined ? undefined : safeText(withoutTarget(last), 600),
  };
}

/** The line names the target before its sentence, which the reason has said already. */
function withoutTarget(line: string): string {
  return line.replace(/^refs\/\S+: /, '');
}
