import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isSaidByAssistant } from '../../../src/core/capture/transcript';

const text = 'const a = "1";\nconst b = 2;\n';
const line = (value: unknown): string => JSON.stringify(value);
const claude = (role: string, words: string): string =>
  line({ type: role, message: { role, content: [{ type: 'text', text: words }] } });

function check(what: string, lines: readonly string[], expected: boolean): void {
  it(what, () => assert.equal(isSaidByAssistant(lines.join('\n'), text), expected));
}

describe('what an agent produced in its conversation', () => {
  check('words of the model', [claude('assistant', `Take this:\n\`\`\`\n${text}\`\`\``)], true);
  check('words of the person', [claude('user', text)], false);
  check('words of the person that the model quotes', [claude('user', text), claude('assistant', text)], false);
  check('words of the model that the person quotes', [claude('assistant', text), claude('user', text)], true);
  check('nothing of the kind', [claude('assistant', 'const a = 1;')], false);
  check(
    'an item of a response',
    [line({ type: 'response_item', payload: { role: 'assistant', content: [{ text }] } })],
    true,
  );
  check('a line of another form', [line({ type: 'gemini', content: text })], true);
  check(
    'a result of a tool',
    [line({ type: 'response_item', payload: { type: 'function_call_output', output: text } })],
    false,
  );
  check('a line that is cut off', [claude('assistant', text).slice(5)], false);
  check('no JSON', [text, 'null', '[]'], false);
  it('an empty text', () => assert.equal(isSaidByAssistant(claude('assistant', 'x'), ' \n'), false));
});
