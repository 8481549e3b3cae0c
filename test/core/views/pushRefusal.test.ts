import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pushRefusal } from '../../../src/core/views/pushRefusal';

const local =
  'countersign: push blocked: refs/heads/main: why\n  blocked: why\ncountersign: push blocked: refs/heads/main: do this\nerror: failed to push some refs\n';

function check(name: string, stderr: string, expected: string | undefined): void {
  it(name, () => {
    const refusal = pushRefusal(stderr);
    assert.equal(refusal === undefined ? undefined : `${refusal.reason} / ${refusal.next}`, expected);
  });
}

describe('why a push was refused', () => {
  check('is said by the local hook', local, 'main: why / do this');
  check('is said by the server', local.replace(/^/gm, 'remote: ').replace(/\n/g, '        \n'), 'main: why / do this');
  check('may be one line', 'countersign: push blocked: refs/heads/main: why\r\n', 'main: why / undefined');
  check(
    'is not for us to say of another refusal',
    'error: failed to push some refs\nhint: Updates were rejected\n',
    undefined,
  );
  check('is not in the middle of a line', 'saw countersign: push blocked: refs/heads/main: why\n', undefined);
  check(
    'is made safe to show',
    'countersign: push blocked: refs/heads/main: \u202ewhy\n',
    'main: \\u{202e}why / undefined',
  );
});
