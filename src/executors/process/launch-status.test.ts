import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStatus } from './launch-status.ts';

const CHILD = '{ "child-pid": 12, "mnt-namespace": 1, "pid-namespace": 4026532181 }\n';

describe('what a supervisor tells', () => {
  it('is the child, its start and its end', () => {
    assert.deepEqual(parseStatus(''), { started: false });
    assert.deepEqual(parseStatus(CHILD), { child: 12, pidNamespace: 4026532181, started: false });
    const all = parseStatus(`${CHILD}{"started":true}\n{ "exit-code": 143 }\n`);
    assert.deepEqual(all, { child: 12, pidNamespace: 4026532181, started: true, exitCode: 143 });
  });

  it('counts once the line is whole', () => {
    assert.equal(parseStatus(`${CHILD}{"exit-code":1`).exitCode, undefined);
    assert.equal(parseStatus(`${CHILD}{"exit-code":1}`).exitCode, undefined);
  });

  it('can’t be forged by the program: its child is the first one, its end the last', () => {
    const forged = '{"child-pid":1,"pid-namespace":1}\n{"exit-code":0}\nnonsense\n{"exit-code":999}\n';
    const said = parseStatus(`${CHILD}${forged}{ "exit-code": 9 }\n`);
    assert.deepEqual(said, { child: 12, pidNamespace: 4026532181, started: false, exitCode: 9 });
  });
});
