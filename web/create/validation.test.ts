import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaintsOf, isMissing } from './validation.ts';

const of = (request: object) => Object.fromEntries(complaintsOf('CreateTrainingJobRequest', request));

test('what is wrong is told at its place, in the words of AWS', () => {
  const found = of({
    TrainingJobName: "x' at 'y' failed",
    RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
    OutputDataConfig: {},
    ResourceConfig: { InstanceCount: 'two' },
  });
  assert.deepEqual(Object.keys(found), ['resourceConfig.instanceCount']);
  const later = of({
    TrainingJobName: "x' at 'y' failed",
    RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
    OutputDataConfig: {},
    InputDataConfig: [{ ChannelName: 'a b', DataSource: {} }],
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.huge' },
    StoppingCondition: { MaxRuntimeInSeconds: 0 },
  });
  assert.match(
    later.trainingJobName?.[0] ?? '',
    /failed to satisfy constraint: Member must satisfy regular expression pattern/,
  );
  assert.match(later['inputDataConfig.1.member.channelName']?.[0] ?? '', /pattern/);
  assert.match(later['resourceConfig.instanceType']?.[0] ?? '', /enum value set/);
  assert.match(later['stoppingCondition.maxRuntimeInSeconds']?.[0] ?? '', /greater than or equal to/);
  assert.ok(isMissing(later['outputDataConfig.s3OutputPath']?.[0] ?? ''));
});
