import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ImageNeed } from '../../executors/runtime.ts';
import { ImageFault, type ImageFaultKind } from '../../images/image-fault.ts';
import { JobFault } from '../../training/fault.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:registry';
const privateImage = planOf({
  AlgorithmSpecification: {
    TrainingImage: 'registry.example/app:1',
    TrainingInputMode: 'File',
    TrainingImageConfig: {
      TrainingRepositoryAccessMode: 'Vpc',
      TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: ARN },
    },
  },
});

describe('the image of an instance', () => {
  test('is brought when the instance is prepared, once, and its download is told', async (t) => {
    const place = await testPlace(t);
    const needs: ImageNeed[] = [];
    place.runtime.bringImage = async (need) => {
      needs.push(need);
      need.downloading();
    };
    const steps: string[] = [];
    const agent = place.agent(privateImage);
    await agent.prepare(never(), (step) => steps.push(step));
    await agent.prepare(never(), (step) => steps.push(step));
    assert.equal(needs.length, 1);
    assert.equal(needs[0]?.image, 'registry.example/app:1');
    assert.equal(needs[0]?.home, join(place.folder, '7-1-algo-1'));
    assert.equal(needs[0]?.credentialsProvider, ARN);
    assert.deepEqual(steps, ['image download']);
  });

  test('is not told of when it is there already', async (t) => {
    const place = await testPlace(t);
    place.runtime.bringImage = async () => {};
    const steps: string[] = [];
    await place.agent(planOf()).prepare(never(), (step) => steps.push(step));
    assert.deepEqual(steps, []);
  });

  const reasons: readonly (readonly [ImageFaultKind, string, string])[] = [
    [
      'not found',
      'ClientError',
      'Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect. app:1: gone.',
    ],
    ['unreachable', 'ClientError', 'Cannot pull algorithm container. app:1: gone.'],
    ['disk full', 'ClientError', 'Cannot pull algorithm container. app:1: gone.'],
    ['unknown', 'InternalServerError', 'Cannot pull algorithm container. app:1: gone.'],
  ];
  for (const [kind, blamed, reason] of reasons) {
    test(`fails the job with its cause: ${kind}`, async (t) => {
      const place = await testPlace(t);
      place.runtime.bringImage = () => Promise.reject(new ImageFault(kind, 'app:1: gone.'));
      await assert.rejects(place.agent(planOf()).prepare(never()), (error) => {
        assert.ok(error instanceof JobFault);
        assert.deepEqual([error.kind, error.message], [blamed, reason]);
        return true;
      });
    });
  }

  test('is waited for no longer when the job is stopped', async (t) => {
    const place = await testPlace(t);
    const stop = new AbortController();
    place.runtime.bringImage = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        stop.abort(new Error('stopped'));
      });
    await assert.rejects(place.agent(planOf()).prepare(stop.signal), /stopped/);
  });
});
