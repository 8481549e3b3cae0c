import type { LineOrigin } from '../core/attribution/lineClass';
import type { Evidence } from '../core/origin';

/** How a line's class is known; nothing for `unknown`. */
export function evidenceOf(origin: LineOrigin): Evidence | undefined {
  switch (origin.class) {
    case 'ai':
    case 'ai-edited':
      return origin.session?.evidence ?? 'inferred';
    case 'human':
      return origin.claim === undefined ? 'measured' : 'declared';
    case 'pasted':
      return 'measured';
    case 'unknown':
      return undefined;
  }
}
