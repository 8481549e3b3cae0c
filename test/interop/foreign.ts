import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pastHooks } from '../support/pastHooks';
import { type ProvenanceRepo, repoAt } from '../support/provenanceRepo';

/** A clone in which nothing was set up, so that nobody derives records. */
export function cloneOf(repo: ProvenanceRepo, name = 'clone'): ProvenanceRepo {
  repo.git('clone', '-q', repo.work, join(repo.root, name));
  return repoAt(repo.root, join(repo.root, name), repo.env);
}

/** A commit that no hook of ours sees. */
export function unseen(
  repo: ProvenanceRepo,
  files: Readonly<Record<string, string>>,
  message: string,
  env: Readonly<Record<string, string>> = {},
): string {
  for (const [path, text] of Object.entries(files)) repo.write(path, text);
  repo.git('add', '-A');
  const ran = repo.tryGit([...pastHooks, 'commit', '-q', '-F', '-'], { input: message, env });
  assert.equal(ran.status, 0, ran.stderr);
  return repo.git('rev-parse', 'HEAD');
}

/** Puts a note in git-ai's format on a commit, byte for byte. */
export function gitAiNote(
  repo: ProvenanceRepo,
  commit: string,
  attestations: string,
  json: Readonly<Record<string, unknown>> = {},
): string {
  const whole = {
    schema_version: 'authorship/3.0.0',
    git_ai_version: '1.6.0',
    base_commit_sha: commit,
    prompts: {},
    humans: { h_ce2472996d24b5: { author: 'Ana Ruiz <ana@example.org>' } },
    sessions: {
      s_e211d232dc7bc0: { agent_id: { tool: 'claude', id: '3f0c1d7a', model: 'opus' }, human_author: null },
    },
    ...json,
  };
  const text = `${attestations}---\n${JSON.stringify(whole, undefined, 2)}`;
  writeFileSync(join(repo.root, 'note'), text);
  const blob = repo.git('hash-object', '-w', join(repo.root, 'note'));
  repo.git('notes', '--ref=ai', 'add', '-f', '-C', blob, commit);
  return text;
}

/** Class, tool, model and evidence of each line, those alike together. */
export function blameOf(repo: ProvenanceRepo, path: string, rev = 'HEAD'): readonly string[] {
  const lines = repo
    .blameJson(path, rev)
    .map((line) => [line.class, line.tool, line.model, line.evidence, line.reason].filter((part) => part !== null));
  const runs: { readonly text: string; count: number }[] = [];
  for (const line of lines) {
    const text = line.join(' ');
    const last = runs.at(-1);
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => `${count} ${text}`);
}
