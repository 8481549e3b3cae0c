import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Sha } from '../../../src/core/brand';
import { agentName, trailerWord } from '../../../src/core/message/agentNames';
import {
  findOurTrailers,
  formatTrailers,
  needsTrailers,
  type TrailerCounts,
  type TrailerPair,
  type TrailerStyle,
} from '../../../src/core/message/trailers';

const record = 'a'.repeat(40) as Sha;
const none: TrailerCounts = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0 };

function format(pairs: readonly TrailerPair[], counts: Partial<TrailerCounts>, style: TrailerStyle = 'full') {
  return formatTrailers({ pairs, counts: { ...none, ...counts }, record, style });
}

describe('agentName', () => {
  const cases: readonly (readonly [id: string, name: string])[] = [
    ['claude-code', 'Claude-Code'],
    ['copilot', 'GitHub-Copilot'],
    ['copilot-cli', 'Copilot-CLI'],
    ['opencode', 'OpenCode'],
    ['kiro', 'Kiro'],
    ['my-own-agent', 'My-Own-Agent'],
    ['aider', 'Aider'],
    ['a b:c', 'A-B-C'],
    ['x\nSigned-off-by: y', 'X-Signed-Off-By--Y'],
    ['ünïcode', '-N-Code'],
    ['v2.x', 'V2.X'],
    ['', ''],
  ];
  for (const [id, name] of cases) it(`${JSON.stringify(id)} -> ${name}`, () => assert.equal(agentName(id), name));
  it('takes a character outside the BMP for one', () => assert.equal(trailerWord('a😀b:c d'), 'a-b-c-d'));
});

describe('formatTrailers', () => {
  it('writes both kinds, sorted by bytes, each pair once', () => {
    assert.deepEqual(
      format(
        [
          { tool: 'copilot', model: 'gpt-5.2' },
          { tool: 'claude-code', model: 'claude-opus-4-6' },
          { tool: 'claude-code', model: 'claude-opus-4-6' },
          { tool: 'claude-code' },
          { tool: 'claude-code', model: '' },
        ],
        { ai: 42, 'ai-edited': 3, human: 73 },
      ),
      [
        'Assisted-by: Claude-Code',
        'Assisted-by: Claude-Code:claude-opus-4-6',
        'Assisted-by: GitHub-Copilot:gpt-5.2',
        `AI-Provenance: v1 ai=42 ai-edited=3 human=73 pasted=0 unknown=0 record=${record}`,
      ],
    );
  });
  it('names AI deletions before the record', () =>
    assert.deepEqual(format([], { deleted: 2 }), [
      `AI-Provenance: v1 ai=0 ai-edited=0 human=0 pasted=0 unknown=0 deleted=2 record=${record}`,
    ]));
  it('sanitises the model', () =>
    assert.deepEqual(format([{ tool: 'x', model: 'llama3:8b <a>\n' }], { ai: 1 }, 'assisted-by'), [
      'Assisted-by: X:llama3-8b--a--',
    ]));
  it('drops a pair without a name', () => assert.deepEqual(format([{ tool: '' }], { ai: 1 }, 'assisted-by'), []));
  it('is nothing for a commit without AI', () => assert.deepEqual(format([], { human: 3, pasted: 1, unknown: 2 }), []));
  it('is nothing with style none', () => assert.deepEqual(format([], { ai: 1 }, 'none'), []));
  for (const [key, needed] of Object.entries({
    ai: true,
    'ai-edited': true,
    deleted: true,
    human: false,
    unknown: false,
  }))
    it(`${key} needs trailers: ${needed}`, () => assert.equal(needsTrailers({ ...none, [key]: 1 }), needed));
});

describe('findOurTrailers', () => {
  const provenance = (ai: number, oid: string = record) =>
    `AI-Provenance: v1 ai=${ai} ai-edited=0 human=0 pasted=0 unknown=0 record=${oid}`;
  it('reads back what was written', () => {
    const lines = format([{ tool: 'cursor', model: 'm' }, { tool: 'amp' }], { ai: 1, deleted: 4 });
    assert.deepEqual(findOurTrailers(`s\n\nAssisted-by: a human <a@b>\n${lines.join('\n')}\n`), [
      {
        counts: { ...none, ai: 1, deleted: 4 },
        record,
        pairs: [{ agent: 'Amp' }, { agent: 'Cursor', model: 'm' }],
      },
    ]);
  });
  it('finds every set of a squash in order', () =>
    assert.deepEqual(
      findOurTrailers(`s\n\n${provenance(1)}\n\ntext\n\n${provenance(2)}\r\n`).map((ours) => ours.counts.ai),
      [1, 2],
    ));
  it('knows SHA-256 ids', () =>
    assert.equal(findOurTrailers(provenance(1, 'b'.repeat(64)))[0]?.record, 'b'.repeat(64)));
  const foreign = [
    ` ${provenance(1)}`,
    `${provenance(1)} `,
    `${provenance(1)}0`,
    provenance(1).replace('v1', 'v2'),
    provenance(1).replace('ai=1 ', 'ai=01 '),
    provenance(1).replace('AI-P', 'ai-p'),
    provenance(1, 'A'.repeat(40)),
    'AI-Provenance: v1',
  ];
  for (const line of foreign) it(`not ours: ${line}`, () => assert.deepEqual(findOurTrailers(line), []));
});
