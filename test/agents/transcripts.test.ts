import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { sessionName } from '../../src/agents/generic';
import { openRepository } from '../../src/app/repository';
import { transcriptAuthor } from '../../src/app/transcriptAuthor';
import { type ProvenanceRepo, provenanceRepo } from '../support/provenanceRepo';

const said = 'const one = 1;\nconst two = 2;\n';

describe('the conversation that an agent told of by its hooks', () => {
  let repo: ProvenanceRepo;
  beforeEach(() => {
    repo = provenanceRepo();
    repo.write('a.ts', 'first\n');
    repo.commit('Base');
  });
  afterEach(() => repo.remove());

  const tell = (transcript: string): void => {
    const payload = {
      hook_event_name: 'PreToolUse',
      session_id: 'one',
      cwd: repo.work,
      transcript_path: transcript,
      tool_name: 'Write',
      tool_input: { file_path: join(repo.work, 'a.ts'), content: '' },
      tool_use_id: 't1',
    };
    const env = { CLAUDECODE: '1' };
    assert.equal(repo.cli(['record', 'claude-code'], { input: JSON.stringify(payload), env }).status, 0);
  };

  const authorOf = async (text: string): Promise<unknown> => {
    const opened = await openRepository(repo.work, { warn: assert.fail });
    try {
      return transcriptAuthor(opened, text);
    } finally {
      opened.dispose();
    }
  };

  it('is asked for what is pasted', async () => {
    const message = {
      role: 'assistant',
      model: 'claude-opus-4-6',
      content: [{ type: 'text', text: `Here:\n${said}` }],
    };
    repo.write('talk.jsonl', `${JSON.stringify({ type: 'assistant', message })}\n`);
    tell(join(repo.work, 'talk.jsonl'));
    assert.deepEqual(await authorOf(said), {
      tool: 'claude-code',
      model: 'claude-opus-4-6',
      session: sessionName('claude-code', 'one'),
      kind: 'agent',
      evidence: 'inferred',
    });
    assert.equal(await authorOf('const three = 3;\nconst four = 4;\n'), undefined);
  });

  it('may be gone, or no conversation', async () => {
    tell(join(repo.work, 'gone.jsonl'));
    assert.equal(await authorOf(said), undefined);
    repo.write('talk.txt', said);
    tell(join(repo.work, 'talk.txt'));
    assert.equal(await authorOf(said), undefined);
    tell(repo.work);
    assert.equal(await authorOf(said), undefined);
  });
});
