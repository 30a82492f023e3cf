import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fingerprint } from '../../executors/process/fingerprint.ts';
import { plain } from '../screen/style.ts';
import { canRunJobs, checkupText } from './finding.ts';
import { findingsOf } from './machine-findings.ts';

const GOOD: Fingerprint = {
  ...{
    ok: true,
    problems: [],
    sandbox: 'bubblewrap',
    cgroups: 'v2',
    userNamespaces: true,
    users: true,
    gpus: [0, 1],
  },
  ...{ networkIsolation: true, cores: 8, memoryBytes: 16e9 },
};

const FILE = { width: undefined, style: plain };

test('a good machine has no problem', () => {
  const findings = findingsOf(GOOD);
  assert.ok(canRunJobs(findings));
  assert.ok(findings.every(({ state }) => state === 'ok'));
  assert.match(checkupText(findings, FILE), /✓ GPUs +2 of NVIDIA[\s\S]*Jobs can run on this machine\.$/);
});

test('what jobs have to do without is no problem; what stops them is', () => {
  const limited = findingsOf({ ...GOOD, cgroups: 'none', problems: ['Limits are not enforced.'] });
  assert.ok(canRunJobs(limited));
  assert.match(checkupText(limited, FILE), /! +Limits are not enforced\.[\s\S]*→ Run the server as root/);
  const broken = findingsOf({ ...GOOD, ok: false, problems: ['Install bubblewrap.'] });
  assert.equal(canRunJobs(broken), false);
  assert.match(checkupText(broken, FILE), /✗ +Install bubblewrap\.[\s\S]*can not run/);
});

test('what to do about it fits the terminal, under the arrow', () => {
  const remedy = 'Do this and that, and then all of the other things that have to be done here.';
  const text = checkupText([{ what: 'thing', state: 'limit', found: 'none', remedy }], {
    width: 40,
    style: plain,
  });
  const lines = text.split('\n').slice(1, -2);
  assert.ok(lines.length > 1 && lines.every((line) => line.length <= 40), text);
  assert.equal(lines.map((line) => line.slice(11)).join(' '), remedy);
  assert.ok(lines.slice(1).every((line) => line.startsWith(' '.repeat(11))));
});
