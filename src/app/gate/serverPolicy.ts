import type { Sha } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { isProtectedRef } from '../../core/policy/protectedRefs';
import { getAllConfig, setConfig } from '../../git/config';
import { currentBranch, resolveRefCommit } from '../../git/refs';
import type { Repository } from '../repository';
import { chosenPolicy, type Governing, governingPolicy, isProtectedBy, policyOf } from './policyAt';

/** Git config of a server: the highest revision of a policy that it has accepted. */
const policyFloorKey = 'countersign.policyFloor';

/** What governs a ref on a server. */
export interface ServerGoverning {
  readonly governing: Governing;
  /** The ref's own tip, of one that is not there the default branch's. */
  readonly tip: Sha | undefined;
  readonly isDefault: boolean;
  /** Whether the default branch's policy, where it has one, protects the ref: only then does the ref speak for the server. */
  readonly isTrusted: boolean;
}

/** The policies of a server's refs as they are before a push; each tip is read once. */
export class ServerPolicies {
  readonly #repo: Repository;
  readonly #home: { readonly ref: string | undefined; readonly tip: Sha | undefined };
  readonly #known = new Map<Sha, Promise<Governing>>();

  private constructor(repo: Repository, home: { readonly ref: string | undefined; readonly tip: Sha | undefined }) {
    this.#repo = repo;
    this.#home = home;
  }

  /** The default branch is what `HEAD` stands for; where that is not there, `main` or `master` if one of them is. */
  static async open(repo: Repository): Promise<ServerPolicies> {
    const head = await currentBranch(repo.git);
    for (const ref of [head, 'refs/heads/main', 'refs/heads/master']) {
      const tip = ref === undefined ? undefined : await resolveRefCommit(repo.git, ref);
      if (tip !== undefined) return new ServerPolicies(repo, { ref, tip });
    }
    return new ServerPolicies(repo, { ref: head, tip: undefined });
  }

  /** What governs a ref whose tip is `own`; nothing where there is nothing to judge for it. */
  async of(ref: string, own: Sha | undefined): Promise<ServerGoverning | undefined> {
    const home = this.#home;
    const isDefault = ref === home.ref;
    const tip = own ?? home.tip;
    const [ownGoverning, homeGoverning] = await Promise.all([this.#at(tip), this.#at(home.tip)]);
    const governing = chosenPolicy(ref, ownGoverning, homeGoverning);
    const homePolicy = policyOf(homeGoverning);
    const result = {
      governing,
      tip,
      isDefault,
      isTrusted: homePolicy === undefined || isProtectedRef(homePolicy.protect, ref),
    };
    return isProtectedBy(governing, ref, isDefault) ? result : undefined;
  }

  #at(tip: Sha | undefined): Promise<Governing> {
    if (tip === undefined) return governingPolicy(this.#repo, undefined);
    const known = this.#known.get(tip) ?? governingPolicy(this.#repo, tip);
    this.#known.set(tip, known);
    return known;
  }
}

/** The highest revision that this server accepted. @throws ToolError `bad-input` for a setting that is no number */
export async function readPolicyFloor(repo: Repository): Promise<number | undefined> {
  const values = await getAllConfig(repo.git, policyFloorKey);
  if (values.length === 0) return undefined;
  if (values.some((value) => !/^[0-9]{1,15}$/.test(value))) {
    throw new ToolError('bad-input', `The setting ${policyFloorKey} of this repository is no revision.`);
  }
  return Math.max(...values.map(Number));
}

/** Raises the floor, never lowers it. @throws ToolError `git-failed` where the configuration cannot be written */
export async function raisePolicyFloor(repo: Repository, revision: number): Promise<void> {
  const floor = await readPolicyFloor(repo);
  if (floor === undefined || floor < revision) await setConfig(repo.git, policyFloorKey, String(revision));
}
