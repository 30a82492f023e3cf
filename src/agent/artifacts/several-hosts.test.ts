import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { InstancePlan } from '../instance-agent.ts';
import { never, planOf, REQUEST, testPlace } from '../testing/test-instance.fixture.ts';

const HOSTS = ['algo-1', 'algo-2', 'algo-10'];

/** The agents of a job of several hosts, and what each of them finds in `/opt/ml`. */
async function cluster(
  t: TestContext,
  left: Readonly<Record<string, Readonly<Record<string, string>>>>,
  request: Parameters<typeof planOf>[0] = {},
) {
  const place = await testPlace(t);
  place.storage.put('out', 'another', 'x');
  const plans: InstancePlan[] = HOSTS.map((host) => planOf(request, { host, hosts: HOSTS }));
  const agents = plans.map((plan) => place.agent(plan));
  for (const agent of agents) await agent.prepare(never());
  for (const plan of plans) {
    for (const [name, content] of Object.entries(left[plan.host] ?? {})) {
      const path = place.ml(plan, ...name.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  }
  const uploads = () => Promise.all(agents.map((agent, at) => agent.upload(never(), at === 0 ? agents : [])));
  return { place, uploads };
}

async function filesIn(archive: Buffer): Promise<Record<string, string>> {
  const tar = extract();
  tar.end(gunzipSync(archive));
  const files: Record<string, string> = {};
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    if (entry.header.type === 'file') files[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return files;
}

describe('what several hosts leave is one artifact (training contract §3.1)', () => {
  const left = {
    'algo-10': { 'model/shard/10': 'ten', 'model/weights': 'of 10' },
    'algo-2': { 'model/shard/2': 'two', 'model/weights': 'of 2', 'output/data/log-2': 'log' },
    'algo-1': { 'model/shard/1': 'one' },
  };
  const merged = { 'shard/1': 'one', 'shard/10': 'ten', 'shard/2': 'two', weights: 'of 2' };

  test('an archive', async (t) => {
    const { place, uploads } = await cluster(t, left);
    const [first, ...others] = await uploads();
    assert.deepEqual(first, {
      model: 's3://out/models/Toy-1/output/model.tar.gz',
      output: 's3://out/models/Toy-1/output/output.tar.gz',
    });
    assert.deepEqual(others, [{}, {}], 'one agent stores it');
    assert.deepEqual(await filesIn(place.storage.get('out', 'models/Toy-1/output/model.tar.gz')), merged);
    assert.deepEqual(await filesIn(place.storage.get('out', 'models/Toy-1/output/output.tar.gz')), {
      'log-2': 'log',
    });
    assert.deepEqual(place.telemetry.said, ['weights of algo-10 was left out: algo-2 wrote it too']);
  });

  test('files, with CompressionType NONE', async (t) => {
    const OutputDataConfig = { ...REQUEST.OutputDataConfig, CompressionType: 'NONE' } as const;
    const { place, uploads } = await cluster(t, left, { OutputDataConfig });
    await uploads();
    for (const [name, content] of Object.entries(merged))
      assert.equal(place.storage.get('out', `models/Toy-1/output/model/${name}`).toString(), content);
  });

  test('of which nothing is left when all of them are empty', async (t) => {
    const { uploads } = await cluster(t, {});
    assert.deepEqual(await uploads(), [{}, {}, {}]);
  });
});

test('each host brings its checkpoints to the same prefix, which the end of the job waits for (§3.4)', async (t) => {
  const CheckpointConfig = { S3Uri: 's3://out/checkpoints' };
  const left = {
    'algo-1': { 'checkpoints/1': 'one', 'checkpoints/both': 'same' },
    'algo-2': { 'checkpoints/2': 'two', 'checkpoints/both': 'same' },
  };
  const { place, uploads } = await cluster(t, left, { CheckpointConfig });
  await uploads();
  for (const [name, content] of Object.entries({ 1: 'one', 2: 'two', both: 'same' }))
    assert.equal(place.storage.get('out', `checkpoints/${name}`).toString(), content);
});
