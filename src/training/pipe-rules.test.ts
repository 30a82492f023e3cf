import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel, CreateTrainingJobRequest, S3DataSource } from '../model/types.generated.ts';
import { brokenPipeRule } from './pipe-rules.ts';

const channel = (name: string, more: Partial<Channel> = {}, source: Partial<S3DataSource> = {}): Channel => ({
  ChannelName: name,
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/data/', ...source } },
  ...more,
});

const request = (mode: 'File' | 'Pipe', ...channels: Channel[]): CreateTrainingJobRequest => ({
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
  AlgorithmSpecification: { TrainingImage: 'toy', TrainingInputMode: mode },
  InputDataConfig: channels,
});

const augmented = { S3DataType: 'AugmentedManifestFile', AttributeNames: ['image-ref', 'label'] } as const;

test('what Pipe mode can do is taken, whether the mode is the job’s or the channel’s own', () => {
  const uses = [
    channel('a', { CompressionType: 'Gzip', RecordWrapperType: 'RecordIO', ShuffleConfig: { Seed: 1 } }),
    channel('a', {}, augmented),
    channel('a', {}, { S3DataType: 'ManifestFile' }),
  ];
  for (const use of uses) {
    assert.equal(brokenPipeRule(request('Pipe', use)), undefined);
    assert.equal(brokenPipeRule(request('File', { ...use, InputMode: 'Pipe' })), undefined);
  }
});

test('in any other mode it is refused by name', () => {
  const uses: readonly [Channel, string][] = [
    [channel('a', { CompressionType: 'Gzip' }), 'CompressionType Gzip'],
    [channel('a', { RecordWrapperType: 'RecordIO' }), 'RecordWrapperType RecordIO'],
    [channel('a', {}, augmented), 'S3DataType AugmentedManifestFile'],
  ];
  for (const [use, what] of uses) {
    assert.equal(
      brokenPipeRule(request('File', use)),
      `Invalid ${what} for channel a in InputDataConfig: it is only supported in Pipe mode, and the channel's input mode is File`,
    );
    assert.match(brokenPipeRule(request('Pipe', { ...use, InputMode: 'FastFile' })) ?? '', /FastFile$/);
  }
});

test('AttributeNames go with augmented manifests, and augmented manifests with AttributeNames', () => {
  const without = channel('a', {}, { S3DataType: 'AugmentedManifestFile' });
  assert.match(
    brokenPipeRule(request('Pipe', without)) ?? '',
    /^AttributeNames must be specified.*channel a/,
  );
  const alone = channel('a', {}, { AttributeNames: ['x'] });
  assert.match(brokenPipeRule(request('Pipe', alone)) ?? '', /^Invalid AttributeNames for channel a/);
});

test('no channel has the name of another one’s FIFO', () => {
  const clash = /^Invalid channel name 'a_12' .* a FIFO of channel a/;
  assert.match(brokenPipeRule(request('Pipe', channel('a'), channel('a_12'))) ?? '', clash);
  assert.match(
    brokenPipeRule(request('File', channel('a_12'), channel('a', { InputMode: 'Pipe' }))) ?? '',
    clash,
  );
  assert.equal(brokenPipeRule(request('File', channel('a'), channel('a_12'))), undefined);
  assert.equal(brokenPipeRule(request('Pipe', channel('a'), channel('a_x'), channel('a_'))), undefined);
});
