import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessKeys } from './access-keys.ts';

const owner = { accessKeyId: 'AKIAOWNER00000000000', secretAccessKey: 'a-secret-of-the-owner' };

function keysWith(running: Record<number, string>, jobKeySecret = 'secret'): AccessKeys {
  return new AccessKeys({
    account: '123456789012',
    owner: [owner],
    jobKeySecret,
    runningRole: (jobId) => running[jobId],
  });
}

test('the owner is the account’s root', () => {
  assert.deepEqual(keysWith({}).find(owner.accessKeyId), {
    secretAccessKey: owner.secretAccessKey,
    callerArn: 'arn:aws:iam::123456789012:root',
  });
});

test('a job’s key acts as its role while the job runs, is the same after a restart, and expires with the job', () => {
  const running: Record<number, string> = { 41: 'arn:aws:iam::123456789012:role/team/trainyard' };
  const key = keysWith(running).ofJob(41);
  const { accessKeyId, ...secrets } = key;
  const callerArn = 'arn:aws:sts::123456789012:assumed-role/trainyard/SageMaker';
  assert.deepEqual(keysWith(running).find(accessKeyId), { ...secrets, callerArn, expired: false });
  assert.equal(keysWith({}).find(accessKeyId)?.expired, true);
});

test('each job and each server has secrets of its own', () => {
  const key = keysWith({}).ofJob(1);
  for (const other of [keysWith({}).ofJob(2), keysWith({}, 'another').ofJob(1)]) {
    assert.notEqual(other.secretAccessKey, key.secretAccessKey);
    assert.notEqual(other.sessionToken, key.sessionToken);
  }
});

test('what is no key of ours is unknown', () => {
  const { accessKeyId } = keysWith({}).ofJob(1);
  const strange = [
    accessKeyId.toLowerCase(),
    `${accessKeyId}0`,
    accessKeyId.replace('ASIA', 'ASIX'),
    'ASIA',
    '',
    '-',
  ];
  for (const each of strange) assert.equal(keysWith({ 1: 'role' }).find(each), undefined, each);
});
