import assert from 'node:assert/strict';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import { JobFault } from '../../training/fault.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { RETRY_DELAYS_MS } from '../retry.ts';
import { channel, never, planOf, REQUEST, testPlace } from '../testing/test-instance.fixture.ts';
import { artifactLocation } from './artifact-location.ts';

const OUTPUT = REQUEST.OutputDataConfig;

const faulty =
  (kind: string, ...words: string[]) =>
  (error: unknown) =>
    error instanceof JobFault && error.kind === kind && words.every((word) => error.message.includes(word));

/** A prepared instance, with a bucket for its artifacts and files that its algorithm left. */
async function prepared(context: TestContext, plan: InstancePlan, files: Readonly<Record<string, string>>) {
  const place = await testPlace(context);
  place.storage.put('out', 'there', 'already');
  const agent = place.agent(plan);
  await agent.prepare(never());
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(place.ml(plan, path), '..'), { recursive: true });
    await writeFile(place.ml(plan, path), content);
  }
  return { ...place, agent, stored: () => place.storage.keys('out').filter((key) => key !== 'there') };
}

describe('where artifacts go (training contract §3.1)', () => {
  const cases: readonly [path: string, key: string][] = [
    ['s3://b/p', 'p/Toy-1/output/model.tar.gz'],
    ['s3://b/p/', 'p/Toy-1/output/model.tar.gz'],
    ['s3://b', 'Toy-1/output/model.tar.gz'],
    ['s3://b/', 'Toy-1/output/model.tar.gz'],
    ['https://b/p', 'p/Toy-1/output/model.tar.gz'],
  ];
  for (const [S3OutputPath, key] of cases) {
    test(S3OutputPath, () => {
      const plan = planOf({ OutputDataConfig: { S3OutputPath } });
      assert.deepEqual(artifactLocation(plan, 'model.tar.gz'), { bucket: 'b', key });
    });
  }
});

describe('archives', () => {
  test('the model and the other output are stored, and their URIs told', async (t) => {
    const plan = planOf();
    const { agent, storage, stored } = await prepared(t, plan, {
      'model/model.bin': 'weights',
      'output/data/plot.txt': 'plot',
    });
    assert.deepEqual(await agent.upload(never()), {
      model: 's3://out/models/Toy-1/output/model.tar.gz',
      output: 's3://out/models/Toy-1/output/output.tar.gz',
    });
    assert.deepEqual(stored(), ['models/Toy-1/output/model.tar.gz', 'models/Toy-1/output/output.tar.gz']);
    const tar = gunzipSync(storage.get('out', 'models/Toy-1/output/model.tar.gz'));
    assert.equal(tar.toString('utf8', 0, 9), 'model.bin');
    assert.equal(tar.toString('utf8', 512, 519), 'weights');
    assert.equal(storage.optionsOf('out', 'models/Toy-1/output/model.tar.gz')?.kmsKeyId, undefined);
  });

  test('empty folders make no archive', async (t) => {
    const { agent, stored } = await prepared(t, planOf(), {});
    assert.deepEqual(await agent.upload(never()), {});
    assert.deepEqual(stored(), []);
  });

  test('the key to encrypt with is passed on', async (t) => {
    const plan = planOf({ OutputDataConfig: { ...OUTPUT, KmsKeyId: 'alias/mine' } });
    const { agent, storage } = await prepared(t, plan, { 'model/m': 'x' });
    await agent.upload(never());
    assert.equal(storage.optionsOf('out', 'models/Toy-1/output/model.tar.gz')?.kmsKeyId, 'alias/mine');
  });

  test('it may be done again after a crash', async (t) => {
    const plan = planOf();
    const { agent, environment, storage, stored } = await prepared(t, plan, { 'model/m': 'x' });
    const stop = new AbortController();
    storage.onUpload = () => stop.abort(new Error('crash'));
    await assert.rejects(agent.upload(stop.signal), /^Error: crash$/);
    assert.deepEqual(stored(), []);
    storage.onUpload = () => {};
    assert.deepEqual(await createInstanceAgent(plan, environment).upload(never()), {
      model: 's3://out/models/Toy-1/output/model.tar.gz',
    });
  });
});

describe('what the algorithm may leave', () => {
  test('a link in the place of the folder is not followed', async (t) => {
    const plan = planOf();
    const { agent, stored, telemetry, ...place } = await prepared(t, plan, {});
    await writeFile(join(place.folder, 'secret'), 'a file of the machine');
    await rm(place.ml(plan, 'model'), { recursive: true });
    await symlink(place.folder, place.ml(plan, 'model'));
    await rm(place.ml(plan, 'output'), { recursive: true });
    assert.deepEqual(await agent.upload(never()), {});
    assert.deepEqual(stored(), []);
    assert.deepEqual(telemetry.said, [
      '/opt/ml/model was not stored: it was removed, or replaced by something that is not a folder',
      '/opt/ml/output/data was not stored: it was removed, or replaced by something that is not a folder',
    ]);
  });

  test('when nothing can be read, the job fails; when something can, the rest is told', async (t) => {
    const plan = planOf();
    const { agent, telemetry, ...place } = await prepared(t, plan, { 'model/secret': 'x' });
    await chmod(place.folder, 0o755);
    await chmod(join(place.ml(plan), '..'), 0o755);
    await chmod(place.ml(plan, 'model', 'secret'), 0);
    const root = process.geteuid?.() === 0;
    const asSomebodyElse = async <T>(work: () => Promise<T>): Promise<T> => {
      if (root) process.seteuid?.(65_534);
      return work().finally(() => root && process.seteuid?.(0));
    };
    await assert.rejects(
      asSomebodyElse(() => agent.upload(never())),
      faulty('ClientError', 'nothing in /opt/ml/model can be read'),
    );
    telemetry.said.length = 0;
    await writeFile(place.ml(plan, 'model', 'open'), 'x');
    const { model } = await asSomebodyElse(() => agent.upload(never()));
    assert.equal(model, 's3://out/models/Toy-1/output/model.tar.gz');
    assert.deepEqual(telemetry.said, ["/opt/ml/model/secret was left out: it can't be read (EACCES)"]);
  });
});

describe('failing uploads', () => {
  test('a store that fails for a while is tried again, with growing waits', async (t) => {
    const { agent, storage, clock, stored, logged } = await prepared(t, planOf(), { 'model/m': 'x' });
    let failures = 3;
    storage.onUpload = () => {
      if (failures-- > 0) throw new Error('socket hang up');
    };
    await agent.upload(never());
    assert.deepEqual(stored(), ['models/Toy-1/output/model.tar.gz']);
    assert.deepEqual(clock.slept, RETRY_DELAYS_MS.slice(0, 3));
    assert.match(
      logged[0] ?? '',
      /^Toy-1: upload to s3:\/\/out\/models.*socket hang up; trying again in 500 ms$/,
    );
  });

  test('a store that goes on failing is an internal error with its cause', async (t) => {
    const { agent, storage, clock } = await prepared(t, planOf(), { 'model/m': 'x' });
    storage.onUpload = () => {
      throw new ObjectStorageError('ServiceUnavailable', 'Please reduce your request rate.');
    };
    await assert.rejects(
      agent.upload(never()),
      faulty(
        'InternalServerError',
        'Artifact upload failed',
        's3://out/models/Toy-1/output/model.tar.gz',
        'ServiceUnavailable',
      ),
    );
    assert.deepEqual(clock.slept, [...RETRY_DELAYS_MS]);
  });

  test('a bucket that is gone is the job owner’s fault, at once', async (t) => {
    const plan = planOf({ OutputDataConfig: { ...OUTPUT, S3OutputPath: 's3://gone/models' } });
    const { agent, clock } = await prepared(t, plan, { 'model/m': 'x' });
    await assert.rejects(agent.upload(never()), faulty('ClientError', 'NoSuchBucket'));
    assert.deepEqual(clock.slept, []);
  });

  test('a key that the store does not know is the job owner’s fault, at once', async (t) => {
    const plan = planOf({ OutputDataConfig: { ...OUTPUT, KmsKeyId: 'alias/none' } });
    const { agent, storage, clock } = await prepared(t, plan, { 'model/m': 'x' });
    storage.onUpload = () => {
      throw new ObjectStorageError('KMS.NotFoundException', 'Alias alias/none is not found.');
    };
    await assert.rejects(
      agent.upload(never()),
      faulty('ClientError', 'KMS.NotFoundException', 'Alias alias/none is not found.'),
    );
    assert.deepEqual(clock.slept, []);
  });
});

describe('CompressionType NONE (training contract §3.2)', () => {
  const plan = planOf({ OutputDataConfig: { ...OUTPUT, CompressionType: 'NONE' } });

  test('files are objects of their own below a prefix', async (t) => {
    const { agent, storage, stored, telemetry, ...place } = await prepared(t, plan, {
      'model/model.bin': 'weights',
      'model/code/inference.py': 'print()',
      'output/data/eval/results.json': '{}',
    });
    await symlink('model.bin', place.ml(plan, 'model', 'latest'));
    assert.deepEqual(await agent.upload(never()), {
      model: 's3://out/models/Toy-1/output/model/',
      output: 's3://out/models/Toy-1/output/output/',
    });
    assert.deepEqual(stored(), [
      'models/Toy-1/output/model/code/inference.py',
      'models/Toy-1/output/model/model.bin',
      'models/Toy-1/output/output/eval/results.json',
    ]);
    assert.equal(storage.get('out', 'models/Toy-1/output/model/model.bin').toString(), 'weights');
    assert.deepEqual(telemetry.said, ['model/latest was left out: it is a link, and S3 has none']);
  });

  test('empty folders make no objects', async (t) => {
    const { agent, stored, telemetry, ...place } = await prepared(t, plan, {});
    await mkdir(place.ml(plan, 'model', 'outer', 'empty'), { recursive: true });
    assert.deepEqual(await agent.upload(never()), {});
    assert.deepEqual(stored(), []);
    assert.deepEqual(telemetry.said, [
      'model/outer/empty was left out: it is a folder without files, and S3 has none',
    ]);
  });
});

test('channels do not come back out', async (t) => {
  const plan = planOf({ InputDataConfig: [channel('train', 's3://out/there')] });
  const { agent, stored } = await prepared(t, plan, {});
  await agent.upload(never());
  assert.deepEqual(stored(), []);
});
