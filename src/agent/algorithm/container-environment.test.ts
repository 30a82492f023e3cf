import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstancePlan } from '../instance-agent.ts';
import { networkOfOne } from '../instance-network.ts';
import { planOf, REQUEST } from '../testing/test-instance.fixture.ts';
import { algorithmEnvironment } from './container-environment.ts';
import { hostsOf } from './network.ts';

const isolated = { EnableNetworkIsolation: true };

async function environmentOf(plan: InstancePlan, added: Record<string, string> = {}) {
  return algorithmEnvironment(plan, await networkOfOne.join(plan), added);
}

test('the platform’s variables (training contract §1.5)', async () => {
  assert.deepEqual(await environmentOf(planOf(isolated)), {
    TRAINING_JOB_NAME: 'Toy-1',
    TRAINING_JOB_ARN: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/toy-1',
    AWS_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_ECS_EC2',
    HOSTNAME: 'ip-127-0-0-1.us-east-1.compute.internal',
    DMLC_INTERFACE: 'lo',
    NVIDIA_VISIBLE_DEVICES: 'void',
  });
});

test('the GPUs of the instance, and the metrics folder when its metrics are kept', async () => {
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
  const environment = await environmentOf(plan);
  assert.equal(environment.NVIDIA_VISIBLE_DEVICES, '2,3');
  assert.equal(environment.SAGEMAKER_METRICS_DIRECTORY, '/opt/ml/output/metrics/sagemaker');
});

test('the request wins over the service and the platform, but not over the job’s name and ARN', async () => {
  const Environment = {
    AWS_REGION: 'mars-1',
    AWS_ENDPOINT_URL: 'http://mine',
    TRAINING_JOB_NAME: 'other',
    OWN: 'x',
  };
  const environment = await environmentOf(planOf({ Environment }), {
    AWS_ENDPOINT_URL: 'http://service',
    KEY: 'k',
  });
  assert.equal(environment.AWS_REGION, 'mars-1');
  assert.equal(environment.AWS_ENDPOINT_URL, 'http://mine');
  assert.equal(environment.TRAINING_JOB_NAME, 'Toy-1');
  assert.equal(environment.OWN, 'x');
  assert.equal(environment.KEY, 'k');
});

test('an instance of several has the name and the interface that it has in their network', () => {
  const hosts = ['algo-1', 'algo-2'];
  const plan = planOf({}, { host: 'algo-2', hosts });
  const network = { interfaceName: 'eth7', addresses: { 'algo-1': '10.0.1.2', 'algo-2': '10.0.1.3' } };
  const { HOSTNAME, DMLC_INTERFACE } = algorithmEnvironment(plan, network, {});
  assert.deepEqual([HOSTNAME, DMLC_INTERFACE], ['ip-10-0-1-3.us-east-1.compute.internal', 'eth7']);
  assert.deepEqual(hostsOf(plan, network), [
    { address: '10.0.1.2', name: 'algo-1' },
    { address: '10.0.1.2', name: 'ip-10-0-1-2.us-east-1.compute.internal' },
    { address: '10.0.1.3', name: 'algo-2' },
    { address: '10.0.1.3', name: 'ip-10-0-1-3.us-east-1.compute.internal' },
  ]);
});
