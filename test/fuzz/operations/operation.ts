import type { World } from '../world';

/** Something that people do: how often, and what. */
export interface Operation {
  readonly name: string;
  readonly weight: number;
  run(world: World): Promise<void> | void;
}

/** Short form of an {@link Operation}. */
export function operation(name: string, weight: number, run: Operation['run']): Operation {
  return { name, weight, run };
}
