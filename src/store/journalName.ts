const suffix = '.journal';

/**
 * File name of a writer's journal: `<writer>.<process id>.journal`; 0 stands for a journal nobody writes any more.
 * The process id tells, on the machine it is of, whether the writer is gone.
 */
export function journalName(writer: string, pid: number | undefined): string {
  return `${writer}.${pid ?? 0}${suffix}`;
}

/** Whether a file of the ledger's folder is a journal. */
export function isJournal(name: string): boolean {
  return name.endsWith(suffix);
}

/** The process id in a journal's name; nothing where the file is no journal, 0 where nobody writes it. */
export function writerPid(name: string): number | undefined {
  if (!isJournal(name)) return undefined;
  const [, pid] = /\.(\d{1,10})\.journal$/.exec(name) ?? [];
  return pid === undefined ? 0 : Number(pid);
}
