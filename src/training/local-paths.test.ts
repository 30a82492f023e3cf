import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import { brokenCheckpointName, brokenLocalPath, plainPath } from './local-paths.ts';

const request = (change: Partial<CreateTrainingJobRequest>): CreateTrainingJobRequest => ({
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
  ...change,
});

const checkpoints = (LocalPath?: string) =>
  request({ CheckpointConfig: { S3Uri: 's3://bucket/c', ...(LocalPath !== undefined && { LocalPath }) } });

test('folders that may be synced', () => {
  for (const path of [
    undefined,
    '/state',
    '/opt/ml/checkpoints/',
    '/opt/ml/a/b',
    '/tmp/x',
    '/opt/ml/output/x',
  ]) {
    assert.equal(brokenLocalPath(checkpoints(path)), undefined, path ?? 'the default');
  }
  assert.equal(brokenLocalPath(request({})), undefined);
});

test('folders that may not: those of the platform and of the system, and all that these are in', () => {
  const closed = ['/', '//', '/opt', '/opt/ml', '/opt/ml/', '/opt/./ml/input', '/opt/ml/input/data/x'];
  const occupied = ['/opt/ml/model/', '/opt/ml/output', '/opt/ml/output/data', '/opt/ml/output/failure'];
  const system = ['/proc', '/proc/1', '/dev/shm', '/sys', '/etc', '/usr', '/lib'];
  for (const path of [...closed, ...occupied, ...system]) {
    assert.match(
      brokenLocalPath(checkpoints(path)) ?? '',
      /^Invalid CheckpointConfig\.LocalPath .* is reserved$/,
      path,
    );
  }
  for (const path of ['', 'state', './x', '/state/../etc', '/a\0']) {
    assert.match(
      brokenLocalPath(checkpoints(path)) ?? '',
      /^Invalid CheckpointConfig\.LocalPath .* must/,
      path,
    );
  }
});

test('two synced folders are apart', () => {
  const both = (LocalPath: string, other: string) =>
    brokenLocalPath(
      request({
        CheckpointConfig: { S3Uri: 's3://bucket/c', LocalPath },
        TensorBoardOutputConfig: { S3OutputPath: 's3://bucket/t', LocalPath: other },
      }),
    );
  assert.equal(both('/state', '/state-2'), undefined);
  for (const [one, other] of [
    ['/state', '/state/'],
    ['/state', '/state/board'],
    ['/state/x', '/state'],
  ] as const) {
    assert.match(both(one, other) ?? '', /must not overlap/);
  }
});

test('no channel takes the names of the checkpoints', () => {
  const named = (ChannelName: string, change: Partial<CreateTrainingJobRequest>) =>
    brokenCheckpointName(request({ InputDataConfig: [{ ChannelName, DataSource: {} }], ...change }));
  const config = { CheckpointConfig: { S3Uri: 's3://bucket/c' } };
  assert.equal(named('checkpoints', {}), undefined);
  assert.equal(named('checkpoints-2', config), undefined);
  for (const name of ['checkpoints', 'checkpoints-manifest']) {
    assert.match(named(name, config) ?? '', /Invalid channel name/);
  }
});

test('a path without what does not matter', () => {
  assert.equal(plainPath('//a/./b//'), '/a/b');
});
