import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { attributedAsBase } from '../../src/core/attribution/attributed';
import { placeCompletion, type ToldCompletion } from '../../src/core/attribution/toldCompletion';
import { aiSource, humanSource, namelessSession, unknownSource } from '../../src/core/capture/namedSource';
import { textIdOf } from '../../src/core/text/textId';
import { type ProvenanceRepo, provenanceRepo } from '../support/provenanceRepo';

const sources = {
  H: humanSource('keys.type'),
  U: unknownSource('not-watched', 'keys.unclear'),
  A: aiSource(namelessSession('cursor', 'inline'), 'hook.completion'),
} as const;

const lettersOf = (source: unknown): string => Object.entries(sources).find(([, own]) => own === source)?.[0] ?? '?';

describe('a completion that is told of', () => {
  /** Characters by letter as in `sources`, `.` of the last commit. */
  const check = (
    name: string,
    given: { text: string; owner: string; told: ToldCompletion },
    wanted: { text: string; owner: string } | 'known' | 'elsewhere',
  ) =>
    it(name, () => {
      const base = textIdOf(given.text);
      const runs = Array.from(given.owner, (letter, offset) =>
        letter === '.'
          ? ({ kind: 'base', length: 1, text: base, offset } as const)
          : ({ kind: 'made', length: 1, source: sources[letter as 'H' | 'U'] } as const),
      );
      const placed = placeCompletion({ ...attributedAsBase(base, given.text), runs }, given.told, sources.A);
      if (placed.kind !== 'placed') return assert.equal(placed.kind, wanted);
      const owner = placed.attributed.runs.map((run) =>
        (run.kind === 'base' ? '.' : lettersOf(run.source)).repeat(run.length),
      );
      assert.deepEqual({ text: placed.attributed.text, owner: owner.join('') }, wanted);
    });

  const told: ToldCompletion = {
    ...{ removed: '', text: 'o = 1;', line: 1, character: 8 },
    ...{ lineBefore: 'const fo', lineAfter: 'const foo = 1;' },
  };
  check(
    'is put in where it is not yet',
    { text: 'a\nconst fo\n', owner: '..HHHHHHHH.', told },
    { text: 'a\nconst foo = 1;\n', owner: '..HHHHHHHHAAAAAA.' },
  );
  check(
    'is given what nobody knew where it is in',
    { text: 'a\nconst foo = 1;\n', owner: '..HHHHHHHHUUUUUU.', told },
    { text: 'a\nconst foo = 1;\n', owner: '..HHHHHHHHAAAAAA.' },
  );
  check(
    'leaves a person what they typed of it',
    { text: 'a\nconst foo = 1;\n', owner: '..HHHHHHHHHUUUUU.', told },
    { text: 'a\nconst foo = 1;\n', owner: '..HHHHHHHHHAAAAA.' },
  );
  check('is known', { text: 'a\nconst foo = 1;\n', owner: '..HHHHHHHHHHHHHH.', told }, 'known');
  check('in a line that went on', { text: 'a\nconst fox\n', owner: '..HHHHHHHHH.', told }, 'elsewhere');
  check('in a file that is shorter', { text: 'a', owner: '.', told }, 'elsewhere');
  check(
    'takes only what it changed of what it replaced',
    {
      ...{ text: 'get(a, b)', owner: '.........' },
      told: { removed: 'get(a, b)', text: 'get(c, b)', line: 0, character: 0, lineBefore: 'get(a, b)' },
    },
    { text: 'get(c, b)', owner: '....A....' },
  );
});

describe('completions that Cursor tells of', function () {
  this.timeout(60_000);
  let repo: ProvenanceRepo;
  beforeEach(() => {
    repo = provenanceRepo();
    repo.write('f', 'one\ntwo\n');
    repo.commit('Base');
  });
  afterEach(() => repo.remove());

  const tell = (line: number, column: number, text: string, more: object = {}): void => {
    const edit = {
      old_string: '',
      new_string: text,
      range: { start_line_number: line, start_column: column },
      ...more,
    };
    const payload = { hook_event_name: 'afterTabFileEdit', file_path: join(repo.work, 'f'), model: 'm', edits: [edit] };
    const { status, stdout, stderr } = repo.cli(['record', 'cursor'], { input: JSON.stringify(payload) });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  };
  const lines = (): readonly unknown[] =>
    repo
      .blameJson('f')
      .map(({ class: kind, tool, model, evidence }) => (tool === null ? kind : [kind, tool, model, evidence]));
  const completed = ['ai', 'cursor', null, 'measured'];

  it('before they are on disk', () => {
    tell(2, 1, 'by Tab, whole line\n', { old_line: 'two', new_line: 'by Tab, whole line' });
    assert.deepEqual(lines(), ['unknown', 'unknown']);
    repo.write('f', 'one\nby Tab, whole line\ntwo\nunseen\n');
    assert.deepEqual(lines(), ['unknown', completed, 'unknown', 'unknown']);
  });

  it('that are on disk already, when it is not known who wrote them', () => {
    repo.write('f', 'one\nby Tab, whole line\ntwo\n');
    tell(2, 1, 'by Tab, whole line\n', { old_line: 'two', new_line: 'by Tab, whole line' });
    assert.deepEqual(lines(), ['unknown', completed, 'unknown']);
  });

  it('behind text that was never on disk without them', () => {
    tell(3, 9, 'o = 1;', { old_line: 'const fo', new_line: 'const foo = 1;' });
    repo.write('f', 'one\ntwo\nconst foo = 1;\n');
    assert.deepEqual(lines(), ['unknown', 'unknown', ['ai-edited', 'cursor', null, 'measured']]);
  });

  it('several in a row, and in the record of the commit', () => {
    tell(3, 1, 'first of Tab\n', { old_line: '', new_line: 'first of Tab' });
    tell(4, 1, 'second of Tab\n', { old_line: '', new_line: 'second of Tab' });
    repo.write('f', 'one\ntwo\nfirst of Tab\nsecond of Tab\n');
    assert.deepEqual(lines(), ['unknown', 'unknown', completed, completed]);
    repo.commit();
    assert.deepEqual(repo.record().counts, { ai: 2, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 });
    assert.equal(Object.values(repo.record().sessions ?? {})[0]?.kind, 'inline');
  });

  it('leave a person their lines', () => {
    repo.edit('H', { f: 'one\ntyped by a person\ntwo\n' });
    tell(2, 1, 'typed by a person\n', { old_line: 'two', new_line: 'typed by a person' });
    assert.deepEqual(lines(), ['unknown', 'human', 'unknown']);
  });
});
