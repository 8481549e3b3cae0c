import type { RepoPath } from '../brand';

/** Lines of one origin in a changed file; 1-based. */
export interface ReviewRegion {
  readonly start: number;
  readonly count: number;
  /** Whether the policy counts them. */
  readonly isCounting: boolean;
}

/** A changed file with its regions, in line order. */
export interface ReviewFile<R extends ReviewRegion = ReviewRegion> {
  readonly path: RepoPath;
  /** How many risks of the policy it touches. */
  readonly risks: number;
  readonly regions: readonly R[];
}

/** A place in a review. */
export interface ReviewPlace {
  readonly path: RepoPath;
  /** 1-based. */
  readonly line: number;
}

/** Riskiest first, then those with most lines that count, then by path. */
export function riskOrder<F extends ReviewFile>(files: readonly F[]): readonly F[] {
  return [...files].sort((a, b) => b.risks - a.risks || counting(b) - counting(a) || (a.path < b.path ? -1 : 1));
}

/**
 * The first counting region behind a place, across files in {@link riskOrder} and around the end; the first of all without
 * a place or for a file that is not there. Nothing where no region counts.
 */
export function nextRegion<F extends ReviewFile>(
  files: readonly F[],
  from: ReviewPlace | undefined,
): ReviewPlace | undefined {
  const places = riskOrder(files).flatMap(({ path, regions }) =>
    regions.filter(({ isCounting }) => isCounting).map(({ start }): ReviewPlace => ({ path, line: start })),
  );
  const order = riskOrder(files).map(({ path }) => path);
  const at = from === undefined ? -1 : order.indexOf(from.path);
  if (from === undefined || at < 0) return places[0];
  const ahead = places.find((place) => {
    const index = order.indexOf(place.path);
    return index > at || (index === at && place.line > from.line);
  });
  return ahead ?? places[0];
}

function counting({ regions }: ReviewFile): number {
  return regions.reduce((sum, region) => sum + (region.isCounting ? region.count : 0), 0);
}
