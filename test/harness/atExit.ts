import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `cleanUp`, which must be synchronous, when this process exits or is told to by a signal. Returns a function that takes the promise back.
 * A signal then ends the process with the code that a shell expects, even where a library listens to it too.
 */
export function atExit(cleanUp: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
  process.once('exit', cleanUp);
  for (const signal of signals) process.once(signal, onSignal);
  return () => {
    process.off('exit', cleanUp);
    for (const signal of signals) process.off(signal, onSignal);
  };
}
