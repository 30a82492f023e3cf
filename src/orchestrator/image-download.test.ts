import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../training/job.ts';
import { seconds, startService } from './testing/scripted-service.fixture.ts';

const messageOf = (job: Job) => job.transitions.at(-1)?.message;

test('the message of Downloading is rewritten when the image is downloaded (training contract §4.2)', async (t) => {
  const service = startService(t, { scripts: { job: { prepareFor: 5000, imageDownloadAfter: 2000 } } });
  service.create('job');
  await service.clock.advance(1000);
  assert.equal(messageOf(service.job('job')), 'Downloading input data');
  await service.clock.advance(2000);
  assert.equal(messageOf(service.job('job')), 'Downloading the training image');
  assert.deepEqual(service.statuses('job'), ['Starting', 'Downloading']);
  await service.clock.advance(3000);
  const { transitions } = service.job('job');
  const [downloading] = transitions.filter(({ status }) => status === 'Downloading');
  assert.deepEqual(downloading, {
    status: 'Downloading',
    startedAt: 0,
    endedAt: 5000,
    message: 'Downloading the training image',
  });
});

test('it is said once for all hosts, and once over a restart of the server', async (t) => {
  const hosts = { 'algo-1': { prepareFor: 9000, imageDownloadAfter: 1000 } };
  const service = startService(t, {
    hostScripts: { job: { ...hosts, 'algo-2': { prepareFor: 9000, imageDownloadAfter: 2000 } } },
  });
  service.create('job', 86_400, 0, { resources: { InstanceType: 'ml.m5.large', InstanceCount: 2 } });
  const modified = async (ms: number) => {
    await service.clock.advance(ms);
    return service.job('job').modifiedAt;
  };
  assert.equal(await modified(1500), 1000);
  assert.equal(await modified(1500), 1000, 'the second host changes nothing');
  service.restart();
  assert.equal(await modified(2500), 1000, 'nor does a second preparation');
  assert.equal(messageOf(service.job('job')), 'Downloading the training image');
});

test('a job that is stopped while its image is downloaded ends stopped (training contract §4.3)', async (t) => {
  const service = startService(t, { scripts: { job: { prepareFor: seconds(60), imageDownloadAfter: 0 } } });
  service.create('job');
  await service.clock.advance(1000);
  service.stop('job');
  await service.clock.advance(1000);
  assert.deepEqual(service.statuses('job'), ['Starting', 'Downloading', 'Stopping', 'Stopped']);
});
