import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addInstanceSamples } from '../../store/metrics/add-instance-samples.ts';
import { observeInstance } from '../../store/metrics/observe-instance.ts';
import { pageContext } from '../page.fixture.ts';
import { type HostUsage, instanceUsage } from './instance-usage.ts';

const HOSTS = 200;

test('of many hosts each tells what it used last, and those that are chosen, at most eight, what they used before', (t) => {
  const { context, database, addJob } = pageContext(t);
  const stored = addJob('wide', {
    request: {
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: HOSTS, VolumeSizeInGB: 1 },
    },
  });
  assert.ok(stored);
  for (let number = 1; number <= HOSTS; number++) {
    const host = `algo-${number}`;
    const instanceId = observeInstance(database, { jobId: stored.id, jobName: 'wide', host, gpus: 0 }, 1);
    const samples = [1, 2, 3].map((at) => ({ instanceId, sample: { at, cpu: number + at } }));
    // The last host was never measured.
    if (number < HOSTS) addInstanceSamples(database, samples);
  }
  const ask = (query: string): HostUsage[] =>
    instanceUsage(context, {
      query: new URLSearchParams(query),
      signal: new AbortController().signal,
    });
  const chartedOf = (hosts: HostUsage[]) =>
    hosts.filter(({ samples }) => samples !== undefined).map(({ host }) => host);
  const all = ask('job=wide');
  assert.equal(all.length, HOSTS);
  assert.deepEqual(
    all.map(({ last }) => last?.cpu),
    Array.from({ length: HOSTS }, (_, index) => (index === HOSTS - 1 ? undefined : index + 4)),
  );
  assert.deepEqual(
    chartedOf(all),
    Array.from({ length: 8 }, (_, index) => `algo-${index + 1}`),
  );
  assert.deepEqual(
    all[0]?.samples?.map(({ cpu }) => cpu),
    [2, 3, 4],
  );
  assert.deepEqual(chartedOf(ask('job=wide&host=algo-150&host=algo-7')), ['algo-7', 'algo-150']);
  const many = Array.from({ length: 20 }, (_, index) => `host=algo-${index + 100}`).join('&');
  assert.equal(chartedOf(ask(`job=wide&${many}`)).length, 8);
});
