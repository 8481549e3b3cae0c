import type { Session } from '../origin';
import type { Attributed } from './attributed';
import type { Source } from './source';

/**
 * `attributed` with the models that became known of its sessions since: most agents tell it once, and some only after
 * their first edits. The same value where none is missing or known; `modelOf` is asked for sessions with a name alone.
 */
export function withLateModels(attributed: Attributed, modelOf: (session: string) => string | undefined): Attributed {
  const told = (source: Source): Source => {
    const { origin } = source;
    if (origin.kind !== 'ai') return source;
    const model = lateModel(origin.session, modelOf);
    return model === undefined ? source : { ...source, origin: { ...origin, session: { ...origin.session, model } } };
  };
  const isMissing = ({ origin }: Source): boolean =>
    origin.kind === 'ai' && lateModel(origin.session, modelOf) !== undefined;
  const { runs, nicks, cuts } = attributed;
  const isAnyMissing =
    runs.some((run) => run.kind === 'made' && isMissing(run.source)) ||
    [...nicks, ...cuts].some(({ source }) => isMissing(source));
  if (!isAnyMissing) return attributed;
  return {
    text: attributed.text,
    runs: runs.map((run) => (run.kind === 'made' ? { ...run, source: told(run.source) } : run)),
    nicks: nicks.map((nick) => ({ ...nick, source: told(nick.source) })),
    cuts: cuts.map((cut) => ({ ...cut, source: told(cut.source) })),
  };
}

function lateModel({ model, session }: Session, modelOf: (session: string) => string | undefined): string | undefined {
  return model !== undefined || session === undefined ? undefined : modelOf(session);
}
