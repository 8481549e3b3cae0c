import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sessionOfCommit } from '../../src/core/foreign/recogniseAgents';

const ana = { name: 'Ana Ruiz', email: 'ana@example.com' };

function recognised(message: string, author = ana, committer = ana): string {
  const session = sessionOfCommit({ author, committer, message });
  return session === undefined ? 'nobody' : [session.tool, session.model ?? '-', session.evidence].join(' ');
}

describe('who a commit says it is from', () => {
  const trailers: readonly (readonly [string, string])[] = [
    ['Co-Authored-By: Claude <noreply@anthropic.com>', 'claude-code - declared'],
    [
      'Co-Authored-By: Claude Opus 4.8 (1M context) <noreply@anthropic.com>',
      'claude-code Claude Opus 4.8 (1M context) declared',
    ],
    ['co-authored-by: whoever <NOREPLY@anthropic.com>', 'claude-code - declared'],
    ['Co-authored-by: claude[bot] <209825114+claude[bot]@users.noreply.github.com>', 'claude-code - declared'],
    ['🤖 Generated with [Claude Code](https://claude.com/claude-code)', 'claude-code - declared'],
    ['🤖 Generated with [Claude Code](https://claude.ai/code)', 'claude-code - declared'],
    ['Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>', 'copilot - declared'],
    ['Co-authored-by: Copilot <copilot@github.com>', 'copilot - inferred'],
    ['Co-authored-by: Cursor <cursoragent@cursor.com>', 'cursor - declared'],
    ['Made-with: Cursor', 'cursor - declared'],
    ['Co-authored-by: Codex <noreply@openai.com>', 'codex - declared'],
    ['Co-authored-by: aider (gpt-5.2) <aider@aider.chat>', 'aider gpt-5.2 declared'],
    ['Co-authored-by: Amp <amp@ampcode.com>', 'amp - declared'],
    ['Amp-Thread-ID: https://ampcode.com/threads/T-1f2e', 'amp - declared'],
    ['Co-authored-by: openhands <openhands@all-hands.dev>', 'openhands - declared'],
    ['Co-authored-by: Qwen-Coder <qwen-coder@alibabacloud.com>', 'qwen-code - declared'],
    ['Co-authored-by: someone <build@devin.ai>', 'devin - declared'],
    ['Replit-Commit-Author: Agent', 'replit - declared'],
    ['Assisted-by: Claude:claude-3-opus coccinelle sparse', 'claude-code claude-3-opus declared'],
    ['Assisted-by: Claude-Code:claude-opus-4-6', 'claude-code claude-opus-4-6 declared'],
    ['Assisted-by: Claude Code', 'claude-code - declared'],
    ['Assisted-by: GitHub-Copilot:gpt-5.2', 'copilot gpt-5.2 declared'],
    ['Assisted-by: Cursor', 'cursor - declared'],
    ['Generated-By: Windsurf', 'windsurf - declared'],
    ['AI-assistant: GitHub Copilot', 'copilot - declared'],
    ['AI-Assisted: yes', 'unknown - declared'],
    ['Entire-Attribution: 73% agent (146/200 lines)', 'unknown - declared'],
    ['Entire-Agent: Claude Code', 'claude-code - declared'],
  ];
  const people: readonly string[] = [
    'Co-authored-by: Claude Monet <claude@example.com>',
    'Co-authored-by: Claude <claude.monet@anthropic.com>',
    'Co-authored-by: Claude <12345+claude@users.noreply.github.com>',
    'Co-authored-by: codex <99+codex@users.noreply.github.com>',
    'Co-authored-by: Devin Jones <devin@example.com>',
    'Co-authored-by: Jules <jules@example.com>',
    'Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>',
    'Co-authored-by: github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>',
    'Assisted-by: Claude Monet <claude@example.com>',
    'Assisted-by: Claude Monet',
    'Assisted-by: Claude',
    'Assisted-by: Jules',
    'Assisted-by: Daniel Stenberg',
    'AI-Assisted: no',
    'Entire-Attribution: 0% agent (0/200 lines)',
    'Reviewed-by: Claude <noreply@anthropic.com>',
    '    Co-Authored-By: Claude <noreply@anthropic.com>',
    '> Co-Authored-By: Claude <noreply@anthropic.com>',
    'We talked about Co-Authored-By: Claude <noreply@anthropic.com>',
    'Generated with love',
    'Co-authored-by: Cursor cursoragent@cursor.com',
  ];
  for (const [line, wanted] of trailers) {
    it(line, () => {
      assert.equal(recognised(`Subject\n\n${line}\n`), wanted);
      assert.equal(recognised(`Subject\n\nText\n${line}\r\nmore text\n`), wanted);
    });
  }
  for (const line of people) it(`nobody: ${line}`, () => assert.equal(recognised(`Subject\n\n${line}\n`), 'nobody'));

  const identities: readonly (readonly [string, string, string])[] = [
    ['Claude', 'noreply@anthropic.com', 'claude-code - inferred'],
    ['copilot-swe-agent[bot]', '198982749+Copilot@users.noreply.github.com', 'copilot - inferred'],
    ['copilot-swe-agent[bot]', '1+copilot-swe-agent[bot]@users.noreply.github.com', 'copilot - inferred'],
    ['google-labs-jules[bot]', '161369871+google-labs-jules[bot]@users.noreply.github.com', 'jules - inferred'],
    ['Ana Ruiz (aider)', 'ana@example.com', 'aider - inferred'],
    ['Cursor Agent', 'cursoragent@cursor.com', 'cursor - inferred'],
    ['Claude Shannon', 'shannon@example.com', 'nobody'],
    ['renovate[bot]', '29139614+renovate[bot]@users.noreply.github.com', 'nobody'],
    ['GitHub', 'noreply@github.com', 'nobody'],
  ];
  for (const [name, email, wanted] of identities) {
    it(`${name} <${email}>`, () => {
      assert.equal(recognised('Subject\n', { name, email }), wanted);
      assert.equal(recognised('Subject\n', ana, { name, email }), wanted);
    });
  }

  it('takes what is declared before what is inferred, and the model where one tells it', () => {
    const bot = { name: 'x', email: '1+devin-ai-integration[bot]@users.noreply.github.com' };
    assert.equal(recognised('S\n\nCo-authored-by: Cursor <cursoragent@cursor.com>\n', bot), 'cursor - declared');
    const both = 'S\n\nCo-authored-by: Claude <noreply@anthropic.com>\nAssisted-by: Claude-Code:claude-opus-4-6\n';
    assert.equal(recognised(both), 'claude-code claude-opus-4-6 declared');
  });

  it('knows a conversation by its hash alone', () => {
    const message = 'S\n\nClaude-Session: https://claude.ai/code/session_0123abc\n';
    assert.match(sessionOfCommit({ author: ana, committer: ana, message })?.session ?? '', /^[0-9a-f]{14}$/);
  });

  it('leaves a commit of ours to its record', () => {
    const provenance = `AI-Provenance: v1 ai=1 ai-edited=0 human=9 pasted=0 unknown=0 record=${'a'.repeat(40)}`;
    assert.equal(recognised(`S\n\nAssisted-by: Codex:gpt-5.2\n${provenance}\n`), 'nobody');
  });

  it('takes no time with a hostile message', () => {
    const started = process.hrtime.bigint();
    recognised(
      `S\n\n${'Assisted-by: '.repeat(200_000)}\n${'Co-authored-by: '.concat('<'.repeat(900), '\n').repeat(5000)}`,
    );
    assert.ok(process.hrtime.bigint() - started < 5_000_000_000n);
  });
});
