import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobFault } from '../../training/fault.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { checkInstance, runChecks } from './check-instance.ts';
import { checkGpus } from './gpus.ts';

const wanted = { InfraCheckConfig: { EnableInfraCheck: true } };

test('each part of the instance is really tried, and the log says what was found', async (t) => {
  const place = await testPlace(t);
  const instance = await place.instance(planOf(wanted));
  await checkInstance.run(instance, never());
  const log = place.telemetry.said.join('\n');
  assert.match(log, /disk: \d+ MiB\/s written, \d+ MiB free/);
  assert.match(log, /memory: 64 MiB hold what is put into them/);
  assert.match(log, /loopback network: \d+ MiB\/s/);
  assert.match(log, /GPUs: none to check/);
});

test('a job that does not ask for it is not checked', async (t) => {
  const place = await testPlace(t);
  const instance = await place.instance(planOf());
  await checkInstance.run(instance, never());
  assert.deepEqual(place.telemetry.said, []);
});

test('a GPU that is not there fails the instance, by our side’s fault', async (t) => {
  const place = await testPlace(t);
  const instance = await place.instance(planOf(wanted, { gpus: [4095] }));
  await assert.rejects(
    runChecks([checkGpus], instance, never()),
    (error) =>
      error instanceof JobFault &&
      error.kind === 'InternalServerError' &&
      /infrastructure check of algo-1 failed.*GPUs: .*nvidia4095/.test(error.message),
  );
});
