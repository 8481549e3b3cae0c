/** The id of an agent from whatever name somebody wrote: lower case, with dashes for all that no id has. */
export function agentId(tool: string): string {
  return (
    tool
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'unknown'
  );
}
