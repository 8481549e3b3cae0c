/** What `init --policy` knows when it writes the first policy. */
export interface PolicyStart {
  /** The repository's id, `[A-Za-z0-9._-]{1,100}`. */
  readonly repository: string;
  /** Branches to protect. */
  readonly branches: readonly string[];
  /** Principals as in the signers file. */
  readonly seniors: readonly string[];
  /** Path of the signers file. */
  readonly allowedSigners: string;
}

/** The text of a first policy: commented, in `mode: observe`, with every rule that a team changes first. */
export function startPolicy(start: PolicyStart): string {
  const seniors = start.seniors.map((principal) => `\n  - { principal: ${quote(principal)}, paths: ["**"] }`).join('');
  return `# The rules by which AI-assisted changes need a senior sign-off.
# They are read from the tip of the protected branch, and a change of them needs a sign-off too.
schema: 1
revision: 1                      # raise it with every change of the rules
repository: ${quote(start.repository)}
mode: observe                    # observe tells, warn warns, enforce blocks
protect: [${start.branches.map(quote).join(', ')}]

# A sign-off is needed from this many lines on, when they are at least this share of the change;
# or from any larger number of lines than atMost.
threshold: { lines: 20, share: 0.2 }
count: [ai, ai-edited, unknown, pasted]
exempt: ["**/*.lock", "package-lock.json"]

# Where more is at stake: one line is enough.
# risks:
#   - name: payments
#     paths: ["src/pay/**"]
#     threshold: { lines: 1 }
#     signOffs: 2
#     ask: "What happens when the provider answers twice?"

signOffs: 1                      # distinct seniors
expires: 14d
carry: trivial-rebase            # a sign-off follows a clean rebase; never: it does not

# Whose sign-off counts. Their keys are in the signers file.
seniors:${seniors === '' ? ' []' : seniors}
allowedSigners: ${quote(start.allowedSigners)}
`;
}

/** A JSON string is a YAML string. */
function quote(value: string): string {
  return JSON.stringify(value);
}
