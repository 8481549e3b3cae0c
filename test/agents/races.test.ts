import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { adapterOf } from '../../src/agents/adapters';
import { recordAgent } from '../../src/app/recordAgent';
import { recordEdit } from '../../src/app/recordEdit';
import { withRepository } from '../../src/app/repository';
import type { Attributed } from '../../src/core/attribution/attributed';
import type { Source } from '../../src/core/attribution/source';
import { textIdOf } from '../../src/core/text/textId';
import { type ProvenanceRepo, provenanceRepo } from '../support/provenanceRepo';

/** A is Claude Code, B Codex; `a` is a subagent of A. */
type Agent = 'A' | 'a' | 'B';
type Moment = 'pre' | 'post' | 'stop' | 'end';

const human: Source = { origin: { kind: 'human' }, rule: 'editor.type', sure: 'certain' };
const unseen: Source = { origin: { kind: 'unknown', reason: 'outside-write' }, rule: 'disk.reload', sure: 'guess' };

describe('agents and people at one file', function () {
  this.timeout(60_000);
  let repo: ProvenanceRepo;
  beforeEach(() => {
    repo = provenanceRepo();
    repo.write('f', 'one\ntwo\n');
    repo.commit('Base');
  });
  afterEach(() => repo.remove());

  /** Takes in one call of a hook, in this process. */
  const tell = async (agent: Agent, moment: Moment, tool: 'edit' | 'shell' = 'edit', call = 'c1'): Promise<void> => {
    const [id, event] = [
      agent === 'B' ? 'codex' : 'claude-code',
      {
        pre: 'PreToolUse',
        post: 'PostToolUse',
        stop: agent === 'a' ? 'SubagentStop' : 'Stop',
        end: 'SessionEnd',
      }[moment],
    ];
    const payload = {
      hook_event_name: event,
      session_id: agent === 'B' ? 'two' : 'one',
      ...(agent === 'a' ? { agent_id: 'child' } : {}),
      cwd: repo.work,
      tool_name: tool === 'shell' ? 'Bash' : 'Write',
      tool_input: tool === 'shell' ? { command: 'x' } : { file_path: join(repo.work, 'f') },
      tool_use_id: call,
    };
    const decoded = adapterOf(id)?.decode(payload, { env: { CLAUDECODE: '1' } });
    assert.ok(decoded !== undefined && decoded.kind !== 'nothing' && decoded.kind !== 'malformed');
    await withRepository(repo.work, {}, (opened) => recordAgent(opened, decoded, repo.work));
  };
  const write = (...lines: readonly string[]): void => repo.write('f', lines.map((line) => `${line}\n`).join(''));
  /** A state as an editor leaves it: who each line is by, `.` for lines of the last commit. */
  const editorHolds = async (lines: readonly (readonly ['.' | 'human' | 'unseen', string])[]): Promise<void> => {
    const committed = repo.git('show', 'HEAD:f');
    const base = textIdOf(`${committed}\n`, 'sha1');
    const attributed: Attributed = {
      text: lines.map(([, line]) => `${line}\n`).join(''),
      runs: lines.map(([who, line]) => {
        const length = line.length + 1;
        if (who === '.') return { kind: 'base', length, text: base, offset: committed.indexOf(line) };
        return { kind: 'made', length, source: who === 'human' ? human : unseen };
      }),
      nicks: [],
      cuts: [],
    };
    await withRepository(repo.work, {}, ({ ledger, worktree }) => {
      const textId = textIdOf(attributed.text, 'sha1');
      ledger.append([
        { chain: 'd', worktree, path: 'f', textId, existence: 'there', role: 'state', adopted: [], attributed },
      ]);
      return Promise.resolve();
    });
  };
  /** Whether no agent is named for any line. */
  const namesNobody = (): boolean => repo.blameJson('f').every(({ tool }) => tool === null);
  /** The lines' classes: A B ai, M human as an editor saw, U unknown; in small letters what is only declared. */
  const who = (): string =>
    repo
      .blameJson('f')
      .map(({ class: kind, tool, evidence }) => {
        if (kind !== 'ai') return kind === 'human' ? 'M' : 'U';
        const letter = tool === 'codex' ? 'B' : 'A';
        return evidence === 'measured' ? letter : letter.toLowerCase();
      })
      .join('');

  describe('two agents', () => {
    it('one after the other: each its own', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      await tell('A', 'post');
      await tell('B', 'pre');
      write('one', 'by B, in front', 'two', 'by A, whole line');
      await tell('B', 'post');
      assert.equal(who(), 'UBUA');
    });

    it('the first one leaves a file that is not there as it is: it is not at it any longer', async () => {
      rmSync(join(repo.work, 'f'));
      repo.commit('Without');
      await tell('A', 'pre');
      await tell('A', 'post');
      await tell('B', 'pre');
      write('by B alone');
      await tell('B', 'post');
      assert.equal(who(), 'B');
    });

    it('the second one looks before the first one has told: what it found there is not its own', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      await tell('B', 'pre');
      await tell('A', 'post');
      write('one', 'by B, in front', 'two', 'by A, whole line');
      await tell('B', 'post');
      assert.equal(who(), 'UBUA');
    });

    it('at once: what both may have written is unknown, what came after the first had ended is not', async () => {
      await tell('A', 'pre');
      await tell('B', 'pre');
      write('one', 'two', 'by one of them');
      await tell('A', 'post');
      assert.equal(who(), 'UUU');
      write('one', 'by B, in front', 'two', 'by one of them');
      await tell('B', 'post');
      assert.equal(who(), 'UBUU');
    });

    it('at once: one that takes out what was there has no part in a line of the other that is like it', async () => {
      write('one', 'set x two');
      await tell('A', 'pre');
      await tell('B', 'pre');
      write('one', 'set x two', 'set x three');
      await tell('B', 'post');
      write('one', 'set x three');
      await tell('A', 'post');
      assert.equal(namesNobody(), true);
      await tell('A', 'pre');
      write('one', 'set x four');
      await tell('A', 'post');
      await tell('A', 'pre');
      await tell('B', 'pre');
      write('one', 'set x five', 'set x four');
      await tell('B', 'post');
      write('one', 'set x five');
      await tell('A', 'post');
      assert.equal(namesNobody(), true);
    });

    it('at once: a word that one changes in a line nobody saw is not taken out by the other', async () => {
      write('one', 'unseen words stand here');
      await tell('A', 'pre');
      await tell('B', 'pre');
      write('one', 'changed words stand here');
      await tell('B', 'post');
      write('one', 'changed words stand here', 'by A, at the end');
      await tell('A', 'post');
      assert.deepEqual(
        repo.blameJson('f').map(({ class: kind, tool }) => `${kind} ${tool}`),
        ['unknown null', 'unknown null', 'ai claude-code'],
      );
    });

    it('at once and both before either told: all of it is unknown', async () => {
      await tell('A', 'pre');
      await tell('B', 'pre');
      write('one', 'by one of them', 'two', 'by the other one');
      await tell('A', 'post');
      await tell('B', 'post');
      assert.equal(who(), 'UUUU');
    });

    it('commands at once: what changed while both ran is unknown', async () => {
      await tell('A', 'pre', 'shell');
      await tell('B', 'pre', 'shell');
      write('one', 'two', 'by one of them');
      await tell('A', 'post', 'shell');
      write('one', 'two', 'by one of them', 'by B alone, later');
      await tell('B', 'post', 'shell');
      assert.equal(who(), 'UUUB');
    });

    it('a command beside an edit: the edit keeps what it told of', async () => {
      await tell('A', 'pre', 'shell');
      await tell('B', 'pre');
      write('one', 'two', 'by B, whole line');
      await tell('B', 'post');
      write('one', 'two', 'by B, whole line', 'by the command of A');
      await tell('A', 'post', 'shell');
      assert.equal(who(), 'UUBA');
    });
  });

  describe('a person in the editor', () => {
    it('saves between: the agent gets what it put on top', async () => {
      await tell('A', 'pre');
      write('one', 'typed by a person', 'two');
      await editorHolds([
        ['.', 'one'],
        ['human', 'typed by a person'],
        ['.', 'two'],
      ]);
      write('one', 'typed by a person', 'two', 'by A, whole line');
      await tell('A', 'post');
      assert.equal(who(), 'UMUA');
    });

    it('saves on top before the agent has told: each their own', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      await editorHolds([
        ['.', 'one'],
        ['human', 'typed by a person'],
        ['.', 'two'],
        ['unseen', 'by A, whole line'],
      ]);
      write('one', 'typed by a person', 'two', 'by A, whole line');
      await tell('A', 'post');
      assert.equal(who(), 'UMUA');
    });

    it('removed a line and saves between: it was not the agent who did', async () => {
      await tell('A', 'pre');
      write('two');
      await editorHolds([['.', 'two']]);
      write('two', 'by A, whole line');
      await tell('A', 'post');
      assert.equal(who(), 'UA');
      repo.commit();
      assert.deepEqual(repo.record().files?.['f']?.deleted, undefined);
    });

    it('has not saved: what is on disk is told by what was there', async () => {
      repo.edit('H', { f: 'one\ntyped before by a person\ntwo\n' });
      repo.commit();
      await tell('A', 'pre');
      await editorHolds([
        ['.', 'one'],
        ['human', 'typed and not saved'],
      ]);
      write('one', 'typed before by a person', 'two', 'by A, whole line');
      await tell('A', 'post');
      assert.equal(who(), 'UMUA');
    });

    it('saves while a command runs, the same text or more: the command gets the rest', async () => {
      await tell('A', 'pre', 'shell');
      write('one', 'typed by a person', 'two');
      await editorHolds([
        ['.', 'one'],
        ['human', 'typed by a person'],
        ['.', 'two'],
      ]);
      await tell('A', 'post', 'shell');
      assert.equal(who(), 'UMU');
    });
  });

  describe('the second half', () => {
    it('that comes twice changes nothing', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      await tell('A', 'post');
      await tell('A', 'post');
      assert.equal(who(), 'UUA');
    });

    it('that comes before the file is on disk waits for it', async () => {
      await tell('A', 'pre');
      const told = tell('A', 'post');
      await wait(60);
      write('one', 'two', 'by A, whole line');
      await told;
      assert.equal(who(), 'UUA');
    });

    it('that comes before the first one ends the edit: what changes later is not the agent’s', async () => {
      write('one', 'two', 'by A, whole line');
      await tell('A', 'post');
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line', 'by hand, in no editor');
      await tell('A', 'stop');
      assert.equal(who(), 'UUaU');
    });

    it('that never comes is made up for when the agent rests, but for what a person saved', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      await editorHolds([
        ['.', 'one'],
        ['human', 'typed by a person'],
        ['.', 'two'],
        ['unseen', 'by A, whole line'],
      ]);
      write('one', 'typed by a person', 'two', 'by A, whole line');
      await tell('A', 'stop');
      assert.equal(who(), 'UMUa');
    });

    it('that never comes is made up for in the commit that the agent makes, and in no other', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      const commit = (env: Record<string, string>): unknown => {
        assert.equal(repo.tryGit(['commit', '-qam', 'A change'], { env }).status, 0);
        const { counts } = repo.record();
        return [counts.ai, counts.unknown];
      };
      assert.deepEqual(commit({ CLAUDE_CODE_SESSION_ID: 'another' }), [0, 1]);
      write('one', 'two', 'by A, whole line', 'one more of its lines');
      assert.deepEqual(commit({ CLAUDE_CODE_SESSION_ID: 'one' }), [1, 0]);
    });
  });

  describe('an edit that was begun and of whose end nobody told', () => {
    /** A person in another editor, who may tell what was saved. */
    const person = async (moment: 'pre' | 'post', wrote?: string): Promise<void> => {
      const digest = wrote === undefined ? {} : { wrote: { f: createHash('sha256').update(wrote).digest('hex') } };
      const event = moment === 'pre' ? 'before-edit' : 'after-edit';
      await withRepository(repo.work, {}, (opened) =>
        recordEdit(opened, { event, cwd: repo.work, files: ['f'], actor: { kind: 'human' }, ...digest }),
      );
    };

    it('leaves in doubt what a person saves who does not tell what, until the agent goes on with something else', async () => {
      await tell('A', 'pre');
      await person('pre');
      write('one', 'by a person', 'two');
      await person('post');
      assert.equal(who(), 'UUU');
      await tell('A', 'pre', 'shell', 'c2');
      await person('pre');
      write('one', 'by a person', 'two', 'later by a person');
      await person('post');
      assert.equal(who(), 'UUUM');
    });

    it('takes nothing from a person who tells what was saved, and loses nothing to them', async () => {
      await tell('A', 'pre');
      await person('pre');
      write('one', 'by a person', 'two');
      await person('post', 'one\nby a person\ntwo\n');
      assert.equal(who(), 'UMU');
      write('one', 'by a person', 'two', 'by A, whole line');
      await tell('A', 'post');
      assert.equal(who(), 'UMUA');
    });

    it('stays in doubt where something else is on disk than the person saved', async () => {
      await tell('A', 'pre');
      await person('pre');
      write('one', 'by a person', 'two', 'by A, whole line');
      await person('post', 'one\nby a person\ntwo\n');
      assert.equal(who(), 'UUUU');
    });

    it('is over when the agent begins the next one: what changed so far is its own, as declared', async () => {
      await tell('A', 'pre');
      write('one', 'two', 'by A, whole line');
      await tell('A', 'pre', 'edit', 'c2');
      write('one', 'two', 'by A, whole line', 'by A, the next one');
      await tell('A', 'post', 'edit', 'c2');
      assert.equal(who(), 'UUaA');
    });

    it('is not over when another agent of the conversation begins something', async () => {
      await tell('a', 'pre');
      await tell('A', 'pre', 'shell', 'c2');
      write('one', 'two', 'by a, whole line');
      await tell('a', 'post');
      assert.equal(who(), 'UUA');
    });
  });

  describe('an agent within the agent', () => {
    for (const tool of ['edit', 'shell'] as const) {
      it(`goes on when the main one rests: its ${tool} is measured to its end`, async () => {
        await tell('a', 'pre', tool);
        await tell('A', 'stop');
        write('one', 'two', 'by a, whole line');
        await tell('a', 'post', tool);
        await tell('a', 'stop');
        assert.equal(who(), 'UUA');
      });
    }

    it('is at rest with the whole conversation', async () => {
      await tell('a', 'pre');
      write('one', 'two', 'by a, whole line');
      await tell('A', 'stop');
      assert.equal(who(), 'UUU');
      await tell('A', 'end');
      assert.equal(who(), 'UUa');
    });
  });

  it('where nothing can be written, nothing is said and the agent goes on', () => {
    const ledger = join(repo.work, '.git/countersign/ledger');
    rmSync(ledger, { recursive: true, force: true });
    writeFileSync(ledger, 'in the way');
    for (const event of ['PreToolUse', 'PostToolUse', 'Stop']) {
      for (const tool_name of ['Write', 'Bash']) {
        const input = JSON.stringify({
          hook_event_name: event,
          session_id: 'one',
          cwd: repo.work,
          tool_name,
          tool_input: { file_path: join(repo.work, 'f'), command: 'x' },
        });
        const { status, stdout, stderr } = repo.cli(['record', 'claude-code'], { input });
        assert.deepEqual([status, stdout, stderr], [0, '', '']);
      }
    }
  });

  it('a payload larger than any is not taken in, and not answered', () => {
    const input = `{"hook_event_name":"PostToolUse","tool_name":"Write","cwd":${JSON.stringify(repo.work)},"tool_input":{"file_path":"f","content":"${'x'.repeat(101 * 1024 * 1024)}"}}`;
    const { status, stdout, stderr } = repo.cli(['record', 'claude-code'], { input });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
    const ledger = join(repo.work, '.git/countersign/ledger');
    assert.deepEqual(existsSync(ledger) ? readdirSync(ledger) : [], []);
  });
});
