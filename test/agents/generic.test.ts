import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decodeGeneric } from '../../src/agents/generic';

describe('record generic', () => {
  const check = (name: string, actor: unknown, wanted: object | 'malformed') =>
    it(name, () => {
      const decoded = decodeGeneric(JSON.stringify({ event: 'after-edit', cwd: '/', files: ['a'], actor }));
      assert.deepEqual(decoded.kind === 'edit' ? decoded.edit.actor : decoded.kind, wanted);
    });

  const ai = { kind: 'ai', tool: 'codex' };
  check('an AI', { ...ai, model: 'm', session: 's' }, { ...ai, model: 'm', conversation: 's' });
  check('an AI whose model and session are not told', ai, ai);
  check('null for not told', { ...ai, model: null, session: null }, ai);
  check('a model that is none costs the model alone', { ...ai, model: '', session: 's' }, { ...ai, conversation: 's' });
  check('a session that is none costs the session alone', { ...ai, model: 'm', session: 7 }, { ...ai, model: 'm' });
  check('an AI without a name', { kind: 'ai' }, 'malformed');
  check('a person', { kind: 'human' }, { kind: 'human' });
  check('neither', { kind: 'cat' }, 'malformed');
});
