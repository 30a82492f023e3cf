import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { asAwsCommand, asBoto3 } from './request-languages.ts';

const REQUEST = {
  TrainingJobName: 'a',
  HyperParameters: { "it's": '"quoted" $HOME `id` \\ \n', ü: '€😀' },
  EnableNetworkIsolation: true,
  EnableManagedSpotTraining: false,
  InputDataConfig: [],
  ResourceConfig: { InstanceCount: 2, InstanceGroups: [{ InstanceType: 'ml.m5.large' }] },
};

test('a shell hands the command just this JSON', () => {
  const script = `aws() { printf %s "$4"; }\n${asAwsCommand(REQUEST)}`;
  assert.deepEqual(JSON.parse(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })), REQUEST);
});

test('Python calls boto3 with just this request', () => {
  const call = asBoto3(REQUEST)
    .replace('import boto3', 'import json, types')
    .replace(
      /boto3.client\("sagemaker"\)/,
      'types.SimpleNamespace(create_training_job=lambda **request: print(json.dumps(request)))',
    );
  assert.deepEqual(JSON.parse(execFileSync('/usr/bin/python3', ['-c', call], { encoding: 'utf8' })), REQUEST);
});
