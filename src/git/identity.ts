import type { Git } from './git';

/** Who makes a commit of ours. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** A moment as commits hold it. */
export interface CommitTime {
  /** Since 1970. */
  readonly seconds: number;
  /** `+hhmm` or `-hhmm`. */
  readonly zone: string;
}

/** Stands where the user has told git no name: one made up by git would hold the names of the account and the host. */
export const namelessIdentity: Identity = { name: 'countersign', email: 'countersign@localhost' };

/** The committer that the user has told git of by configuration or environment; else {@link namelessIdentity}. */
export async function committerIdentity(git: Git): Promise<Identity> {
  const args = ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'];
  const { code, stdout } = await git.run(args, { expect: [0, 1, 128] });
  const [, name, email] = /^(.*) <([^<>]*)> [0-9]+ [+-][0-9]{4}\n$/.exec(stdout.toString('utf8')) ?? [];
  return code === 0 && name !== undefined && email !== undefined ? { name, email } : namelessIdentity;
}

/** `name <email> seconds zone` as commits hold it, without the characters that would end it. */
export function formatPerson(identity: Identity, time: CommitTime): string {
  const clean = (text: string): string => text.replace(/[\x00-\x1f\x7f<>]/g, '').trim();
  return `${clean(identity.name)} <${clean(identity.email)}> ${time.seconds} ${time.zone}`;
}
