import type { Finding } from './findings';
import { finding } from './findingWords';
import type { GateInput } from './gateInput';

/**
 * What is wrong with a repository or a push whatever its target is: replaced objects and vanished sign-offs. A server
 * asks this for refs that no policy protects, too.
 */
export function judgeRepository(input: Pick<GateInput, 'replaceRefs' | 'removedEvents'>): readonly Finding[] {
  return [
    ...input.replaceRefs.map((ref) => finding('replaceRefs', {}, { ref })),
    ...input.removedEvents.map((id) => finding('eventsRemoved', {}, { id })),
  ];
}
