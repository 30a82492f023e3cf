import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf, REQUEST } from '../testing/test-instance.fixture.ts';
import { algorithmEnvironment } from './container-environment.ts';

const isolated = { EnableNetworkIsolation: true };

test('the platform’s variables (training contract §1.5)', () => {
  assert.deepEqual(algorithmEnvironment(planOf(isolated), {}), {
    TRAINING_JOB_NAME: 'Toy-1',
    TRAINING_JOB_ARN: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/toy-1',
    AWS_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_ECS_EC2',
    HOSTNAME: 'ip-127-0-0-1.us-east-1.compute.internal',
    DMLC_INTERFACE: 'lo',
    NVIDIA_VISIBLE_DEVICES: 'void',
  });
});

test('the GPUs of the instance, and the metrics folder when its metrics are kept', () => {
  const plan = planOf(
    {
      AlgorithmSpecification: {
        TrainingInputMode: 'File',
        ...REQUEST.AlgorithmSpecification,
        EnableSageMakerMetricsTimeSeries: true,
      },
    },
    { gpus: [2, 3] },
  );
  const environment = algorithmEnvironment(plan, {});
  assert.equal(environment.NVIDIA_VISIBLE_DEVICES, '2,3');
  assert.equal(environment.SAGEMAKER_METRICS_DIRECTORY, '/opt/ml/output/metrics/sagemaker');
});

test('the request wins over the service and the platform, but not over the job’s name and ARN', () => {
  const Environment = {
    AWS_REGION: 'mars-1',
    AWS_ENDPOINT_URL: 'http://mine',
    TRAINING_JOB_NAME: 'other',
    OWN: 'x',
  };
  const environment = algorithmEnvironment(planOf({ Environment }), {
    AWS_ENDPOINT_URL: 'http://service',
    KEY: 'k',
  });
  assert.equal(environment.AWS_REGION, 'mars-1');
  assert.equal(environment.AWS_ENDPOINT_URL, 'http://mine');
  assert.equal(environment.TRAINING_JOB_NAME, 'Toy-1');
  assert.equal(environment.OWN, 'x');
  assert.equal(environment.KEY, 'k');
});
