import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import { instanceFolder } from '../instance-folder.ts';
import { never, planOf, type TestPlace, testPlace } from '../testing/test-instance.fixture.ts';

const checkpoints = planOf({ CheckpointConfig: { S3Uri: 's3://state/run-1' } });

async function place(t: TestContext): Promise<TestPlace> {
  const made = await testPlace(t);
  made.storage.put('out', 'there', '');
  made.storage.put('state', 'run-10/model', "another run's");
  return made;
}

const text = (path: string) => readFile(path, 'utf8');

describe('before the algorithm', () => {
  test('checkpoints are restored, and the config files say where they are', async (t) => {
    const here = await place(t);
    here.storage.put('state', 'run-1/a', 'one');
    here.storage.put('state', 'run-1/deep/b', 'two');
    here.storage.put('state', 'run-1/empty/', '');
    const agent = here.agent(checkpoints);
    await agent.prepare(never());
    const ml = (...names: string[]) => here.ml(checkpoints, ...names);
    assert.equal(await text(ml('checkpoints', 'a')), 'one');
    assert.equal(await text(ml('checkpoints', 'deep', 'b')), 'two');
    assert.deepEqual((await readdir(ml('checkpoints'))).sort(), ['a', 'deep', 'empty']);
    assert.equal(
      await text(ml('input', 'data', 'checkpoints-manifest')),
      'run-1/\ns3://state/run-1/a\ns3://state/run-1/deep/b\ns3://state/run-1/empty/\n',
    );
    const config = async (name: string) => JSON.parse(await text(ml('input', 'config', name)));
    assert.deepEqual(await config('checkpointconfig.json'), { LocalPath: '/opt/ml/checkpoints' });
    // As captured (training contract §1.4).
    assert.deepEqual((await config('init-config.json')).checkpointChannel, {
      name: 'checkpoints',
      channel: {
        s3DataSource: {
          s3DataType: 'S3_PREFIX',
          s3Uri: 's3://state/run-1',
          s3DataDistributionType: 'FULLY_REPLICATED',
          attributeNames: null,
        },
        fileSystemDataSource: null,
        compressionType: 'NONE',
        recordWrapper: 'NONE',
        shuffleConfig: null,
        inputMode: 'FILE',
        sharded: false,
      },
      outputPath: '/opt/ml/checkpoints',
      allowEmpty: true,
    });
  });

  test('there need be none', async (t) => {
    const here = await place(t);
    await here.agent(checkpoints).prepare(never());
    assert.deepEqual(await readdir(here.ml(checkpoints, 'checkpoints')), []);
    assert.equal(await text(here.ml(checkpoints, 'input', 'data', 'checkpoints-manifest')), 'run-1/\n');
  });

  test('a job without them has neither their folders nor their files', async (t) => {
    const here = await place(t);
    const plain = planOf();
    await here.agent(plain).prepare(never());
    assert.ok(!existsSync(here.ml(plain, 'checkpoints')));
    assert.ok(!existsSync(here.ml(plain, 'output', 'tensorboard')));
    const files = await readdir(here.ml(plain, 'input', 'config'));
    assert.deepEqual(
      files.filter((name) => /^(checkpoint|tensorboard)/.test(name)),
      [],
    );
  });

  test('a key that can not be a path is the fault of its owner', async (t) => {
    const here = await place(t);
    here.storage.put('state', 'run-1/../../escape', 'x');
    await assert.rejects(here.agent(checkpoints).prepare(never()), {
      kind: 'ClientError',
      message: /^Data download failed:.*run-1\/\.\.\/\.\.\/escape/,
    });
  });

  test('a restore that a kill broke off goes on: what is whole stays, half files and strangers go', async (t) => {
    const here = await place(t);
    for (const name of ['a', 'b', 'c']) here.storage.put('state', `run-1/${name}`, name.repeat(100));
    const failed = new Set<string>();
    here.storage.onDownload = (key, moment) => {
      if (key !== 'run-1/c' || moment !== 'half' || failed.has(key)) return;
      failed.add(key);
      throw new ObjectStorageError('AccessDenied', 'the end');
    };
    await assert.rejects(here.agent(checkpoints).prepare(never()));
    const folder = here.ml(checkpoints, 'checkpoints');
    await writeFile(join(folder, 'half'), 'of something that is gone from S3');
    here.storage.downloads.length = 0;
    await here.agent(checkpoints).prepare(never());
    assert.deepEqual(here.storage.downloads, ['run-1/c']);
    assert.deepEqual((await readdir(folder)).sort(), ['a', 'b', 'c']);
  });

  test('a folder anywhere is shown to the algorithm by a mount', async (t) => {
    const here = await place(t);
    const plan = planOf({
      CheckpointConfig: { S3Uri: 's3://state/run-10/', LocalPath: '/state/' },
      TensorBoardOutputConfig: { S3OutputPath: 's3://out/board/' },
    });
    const agent = here.agent(plan);
    await agent.prepare(never());
    await agent.train();
    const [mount, ...more] = here.runtime.started[0]?.mounts ?? [];
    assert.deepEqual([mount?.target, mount?.readOnly, more], ['/state', false, []]);
    assert.equal(await text(join(mount?.source ?? '', 'model')), "another run's");
    assert.deepEqual(
      JSON.parse(await text(here.ml(plan, 'input', 'config', 'tensorboardoutputconfig.json'))),
      {
        S3OutputPath: 's3://out/board/Toy-1/tensorboard-output',
        LocalPath: '/opt/ml/output/tensorboard/',
      },
    );
    await writeFile(here.ml(plan, 'output', 'tensorboard', 'events'), 'loss');
    await agent.upload(never());
    assert.equal(here.storage.get('out', 'board/Toy-1/tensorboard-output/events').toString(), 'loss');
  });
});

describe('at the end', () => {
  test('what the algorithm wrote and removed last is in S3, however it ended', async (t) => {
    for (const code of [0, 1]) {
      const here = await place(t);
      here.storage.put('state', 'run-1/old', 'restored');
      here.runtime.script = async ({ algorithm }) => {
        await rm(join(algorithm.mlRoot, 'checkpoints', 'old'));
        await writeFile(join(algorithm.mlRoot, 'checkpoints', 'new'), 'last');
        return code;
      };
      const agent = here.agent(checkpoints);
      await agent.prepare(never());
      await agent.train();
      await agent.upload(never());
      assert.deepEqual(here.storage.keys('state'), ['run-1/new', 'run-10/model']);
      await agent.release();
    }
  });

  test('an agent that comes after the algorithm and its first agent are gone flushes too', async (t) => {
    const here = await place(t);
    here.storage.put('state', 'run-1/old', 'restored');
    const first = here.agent(checkpoints);
    await first.prepare(never());
    await first.train();
    first.abandon();
    await writeFile(here.ml(checkpoints, 'checkpoints', 'new'), 'last');
    await rm(here.ml(checkpoints, 'checkpoints', 'old'));
    await here.agent(checkpoints).upload(never());
    assert.deepEqual(here.storage.keys('state'), ['run-1/new', 'run-10/model']);
  });

  test('checkpoints that can not be stored fail the job, but its model is kept', async (t) => {
    const here = await place(t);
    here.storage.onUpload = (key) => {
      if (key.startsWith('run-1/')) throw new ObjectStorageError('AccessDenied', 'not yours');
    };
    here.runtime.script = async ({ algorithm }) => {
      await writeFile(join(algorithm.mlRoot, 'checkpoints', 'new'), 'last');
      await writeFile(join(algorithm.mlRoot, 'model', 'weights'), '1');
      return 0;
    };
    const agent = here.agent(checkpoints);
    await agent.prepare(never());
    await agent.train();
    await assert.rejects(agent.upload(never()), {
      kind: 'ClientError',
      message: '/opt/ml/checkpoints/new could not be synced to s3://state/run-1/: AccessDenied: not yours',
    });
    assert.ok(here.storage.keys('out').includes('models/Toy-1/output/model.tar.gz'));
    assert.match(here.telemetry.said.join('\n'), /could not be synced to/);
  });

  test('the instance is given back with all that was synced', async (t) => {
    const here = await place(t);
    const agent = here.agent(checkpoints);
    await agent.prepare(never());
    await agent.train();
    await mkdir(here.ml(checkpoints, 'checkpoints', 'deep'));
    await agent.release();
    assert.ok(!existsSync(instanceFolder(here.folder, checkpoints).home));
  });
});
