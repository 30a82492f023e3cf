import assert from 'node:assert/strict';
import { access, chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { RuntimeFault } from '../executors/runtime.ts';
import { JobFault } from '../training/fault.ts';
import { instanceFolder } from './instance-folder.ts';
import { channel, never, planOf, REQUEST, testPlace } from './testing/test-instance.fixture.ts';

const plan = planOf();

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('training', () => {
  test('the algorithm is started with all that it is to know', async (t) => {
    const place = await testPlace(t);
    const specification = {
      TrainingImage: 'toy:latest',
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['python3', 'train.py'],
      ContainerArguments: ['--fast'],
    } as const;
    const own = planOf({ AlgorithmSpecification: specification, Environment: { SEED: '1' } });
    const agent = place.agent(own);
    await agent.prepare(never());
    await agent.train();
    const [algorithm] = place.runtime.started;
    assert.ok(algorithm);
    const { environment, ...rest } = algorithm;
    assert.deepEqual(rest, {
      id: '7-1-algo-1',
      home: join(place.folder, '7-1-algo-1'),
      mlRoot: join(place.folder, '7-1-algo-1', 'ml'),
      image: 'toy:latest',
      entrypoint: ['python3', 'train.py'],
      arguments: ['--fast'],
      hostname: 'algo-1',
      hosts: [
        { address: '127.0.0.1', name: 'algo-1' },
        { address: '127.0.0.1', name: 'ip-127-0-0-1.us-east-1.compute.internal' },
      ],
      networkIsolation: false,
      cpus: 4,
      memoryBytes: 8 * 1024 ** 3,
      gpus: [],
      output: join(place.folder, 'output.log'),
    });
    assert.equal(environment.SEED, '1');
    assert.equal(environment.TRAINING_JOB_NAME, 'Toy-1');
    assert.equal(environment.AWS_ENDPOINT_URL, 'http://127.0.0.1:4567');
  });

  test('no credentials reach an isolated algorithm', async (t) => {
    const place = await testPlace(t);
    const isolated = planOf({ EnableNetworkIsolation: true });
    const agent = place.agent(isolated);
    await agent.prepare(never());
    await agent.train();
    assert.equal(place.runtime.started[0]?.environment.AWS_ACCESS_KEY_ID, undefined);
    assert.equal(place.runtime.started[0]?.networkIsolation, true);
  });

  test('its end has its exit, its failure file and its last words, and all of its output is stored', async (t) => {
    const place = await testPlace(t);
    place.runtime.script = async ({ algorithm, print }) => {
      await print('epoch 1\nTraceback\nValueError: no such column\n');
      await writeFile(join(algorithm.mlRoot, 'output', 'failure'), 'ValueError');
      return 3;
    };
    const agent = place.agent(plan);
    await agent.prepare(never());
    assert.deepEqual(await agent.train(), {
      exit: { kind: 'exited', code: 3, outOfMemory: false },
      failureFile: 'ValueError',
      lastWords: 'epoch 1\nTraceback\nValueError: no such column',
      diskFull: false,
    });
    assert.deepEqual(place.telemetry.calls, ['follow', 'finish']);
  });

  test('an agent after a crash finds the algorithm that runs, and the one that has ended', async (t) => {
    const place = await testPlace(t);
    const end = Promise.withResolvers<number>();
    place.runtime.script = () => end.promise;
    const first = place.agent(plan);
    await first.prepare(never());
    void first.train();
    while (place.runtime.started.length === 0) await settled();
    const second = place.agent(plan).train();
    end.resolve(5);
    assert.deepEqual((await second).exit, { kind: 'exited', code: 5, outOfMemory: false });
    assert.deepEqual((await place.agent(plan).train()).exit, { kind: 'exited', code: 5, outOfMemory: false });
    assert.equal(place.runtime.started.length, 1);
  });

  test('what can not be started blames whom the runtime blames', async (t) => {
    const place = await testPlace(t);
    const agent = place.agent(plan);
    await agent.prepare(never());
    for (const [blame, kind] of [
      ['client', 'ClientError'],
      ['internal', 'InternalServerError'],
    ] as const) {
      place.runtime.start = () => Promise.reject(new RuntimeFault(blame, 'Cannot pull algorithm container.'));
      await assert.rejects(
        agent.train(),
        (error) =>
          error instanceof JobFault &&
          error.kind === kind &&
          error.message === 'Cannot pull algorithm container.',
      );
    }
    place.runtime.start = () => Promise.reject(new Error('EMFILE'));
    await assert.rejects(
      agent.train(),
      (error) =>
        error instanceof JobFault &&
        error.kind === 'InternalServerError' &&
        /algo-1.*EMFILE/.test(error.message),
    );
  });

  test('nothing is started in a folder that is not prepared', async (t) => {
    const place = await testPlace(t);
    await assert.rejects(place.agent(plan).train(), JobFault);
    assert.deepEqual(place.runtime.started, []);
  });
});

describe('stopping', () => {
  test('the algorithm is asked to end', async (t) => {
    const place = await testPlace(t);
    const running = Promise.withResolvers<void>();
    place.runtime.script = async ({ stopped }) => {
      running.resolve();
      await stopped;
      return 143;
    };
    const agent = place.agent(plan);
    await agent.prepare(never());
    const trained = agent.train();
    await running.promise;
    await agent.stop(120_000);
    assert.deepEqual((await trained).exit, { kind: 'exited', code: 143, outOfMemory: false });
    assert.deepEqual(place.runtime.calls, ['stop 120000']);
  });

  test('a stop that comes before the algorithm is found again is not lost', async (t) => {
    const place = await testPlace(t);
    place.runtime.script = async ({ stopped }) => {
      await stopped;
      return 143;
    };
    const first = place.agent(plan);
    await first.prepare(never());
    void first.train();
    while (place.runtime.started.length === 0) await settled();
    const second = place.agent(plan);
    await second.stop(5000);
    assert.deepEqual((await second.train()).exit, { kind: 'exited', code: 143, outOfMemory: false });
    assert.deepEqual(place.runtime.calls, ['stop 5000']);
  });

  test('a stop that comes while the algorithm is being started is not lost', async (t) => {
    const place = await testPlace(t);
    place.runtime.script = async ({ stopped }) => {
      await stopped;
      return 143;
    };
    const agent = place.agent(plan);
    await agent.prepare(never());
    const trained = agent.train();
    await agent.stop(5000);
    assert.deepEqual((await trained).exit, { kind: 'exited', code: 143, outOfMemory: false });
    assert.deepEqual(place.runtime.calls, ['stop 5000']);
  });

  test('it has no effect when nothing runs', async (t) => {
    const place = await testPlace(t);
    await place.agent(plan).stop(0);
    assert.deepEqual(place.runtime.calls, []);
  });
});

describe('checking', () => {
  test('the instance is tried where the job asks for it, before anything is prepared', async (t) => {
    const place = await testPlace(t);
    const checked = planOf({ InfraCheckConfig: { EnableInfraCheck: true } });
    await place.agent(checked).check(never());
    assert.match(place.telemetry.said.join(), /infrastructure check, disk/);
    assert.equal(await exists(place.ml(checked)), false);
    await place.agent(checked).prepare(never());
    assert.ok(await exists(place.ml(checked, 'input', 'config')));
  });

  test('an instance that fails is our side’s fault', async (t) => {
    const place = await testPlace(t);
    const broken = planOf({ InfraCheckConfig: { EnableInfraCheck: true } }, { gpus: [4095] });
    await assert.rejects(
      place.agent(broken).check(never()),
      (error) =>
        error instanceof JobFault &&
        error.kind === 'InternalServerError' &&
        /algo-1 failed in Starting/.test(error.message),
    );
  });
});

describe('preparing', () => {
  test('what stands on the disk is not trusted when the machine was started anew', async (t) => {
    const place = await testPlace(t);
    await place.agent(plan).prepare(never());
    const folder = instanceFolder(place.folder, plan);
    await writeFile(join(folder.ml, 'input', 'config', 'hyperparameters.json'), '');
    await place.agent(plan).prepare(never());
    assert.equal(await readFile(join(folder.ml, 'input', 'config', 'hyperparameters.json'), 'utf8'), '');
    await writeFile(join(folder.state, 'boot'), 'another run of the machine');
    await place.agent(plan).prepare(never());
    assert.equal(await readFile(join(folder.ml, 'input', 'config', 'hyperparameters.json'), 'utf8'), '{}');
  });

  test('a signal that has aborted already ends it', async (t) => {
    const place = await testPlace(t);
    await assert.rejects(
      place.agent(plan).prepare(AbortSignal.abort(new Error('stopped'))),
      /^Error: stopped$/,
    );
  });

  test('nobody else on the machine may look into the home', async (t) => {
    const place = await testPlace(t);
    await place.agent(plan).prepare(never());
    assert.equal((await stat(instanceFolder(place.folder, plan).home)).mode & 0o077, 0);
  });
});

describe('releasing', () => {
  test('nothing of the instance is left', async (t) => {
    const place = await testPlace(t);
    const agent = place.agent(plan);
    await agent.prepare(never());
    await agent.train();
    await agent.release();
    assert.equal(await exists(instanceFolder(place.folder, plan).home), false);
    assert.deepEqual(place.runtime.calls, ['stop 0', 'release']);
    assert.deepEqual(place.telemetry.calls, ['follow', 'finish', 'close']);
    await agent.release();
    assert.deepEqual(place.runtime.calls, ['stop 0', 'release']);
  });

  test('an algorithm that another agent started is ended and released', async (t) => {
    const place = await testPlace(t);
    place.runtime.script = async ({ stopped }) => {
      await stopped;
      return 137;
    };
    const first = place.agent(plan);
    await first.prepare(never());
    void first.train();
    while (place.runtime.started.length === 0) await settled();
    await place.agent(plan).release();
    assert.deepEqual(place.runtime.calls, ['stop 0', 'release']);
    assert.equal(place.runtime.started.length, 1);
    assert.equal(await exists(instanceFolder(place.folder, plan).home), false);
  });

  test('no algorithm is started to release an instance that ran none', async (t) => {
    const place = await testPlace(t);
    await place.agent(plan).release();
    const agent = place.agent(plan);
    await agent.prepare(never());
    await place.agent(plan).release();
    assert.deepEqual(place.runtime.started, []);
    assert.deepEqual(
      (await readdir(place.folder)).filter((name) => name !== 'output.log'),
      [],
    );
  });

  test('an algorithm that could not be started is not started again', async (t) => {
    const place = await testPlace(t);
    let starts = 0;
    place.runtime.start = () => {
      starts += 1;
      return Promise.reject(new RuntimeFault('client', 'no such image'));
    };
    const agent = place.agent(plan);
    await agent.prepare(never());
    await assert.rejects(agent.train(), JobFault);
    await place.agent(plan).release();
    assert.equal(starts, 1);
  });

  test('folders that the algorithm closed do not stay', async (t) => {
    const place = await testPlace(t);
    const agent = place.agent(plan);
    await agent.prepare(never());
    await mkdir(place.ml(plan, 'model', 'closed', 'inner'), { recursive: true });
    await chmod(place.ml(plan, 'model', 'closed'), 0);
    await agent.release();
    assert.equal(await exists(instanceFolder(place.folder, plan).home), false);
  });
});

describe('abandoning', () => {
  test('the algorithm goes on, and its phase stays pending', async (t) => {
    const place = await testPlace(t);
    const end = Promise.withResolvers<number>();
    const running = Promise.withResolvers<void>();
    place.runtime.script = () => {
      running.resolve();
      return end.promise;
    };
    const agent = place.agent(plan);
    await agent.prepare(never());
    let over = false;
    void agent.train().finally(() => {
      over = true;
    });
    await running.promise;
    await settled();
    agent.abandon();
    end.resolve(0);
    assert.equal((await place.agent(plan).train()).exit.kind, 'exited');
    await settled();
    assert.equal(over, false);
    assert.deepEqual(place.runtime.calls, ['abandon']);
    assert.ok(place.telemetry.calls.includes('close'));
  });

  test('a download that is under way ends, but is no failure of the job', async (t) => {
    const place = await testPlace(t);
    const own = planOf({
      InputDataConfig: [channel('train', 's3://data/p')],
      ResourceConfig: REQUEST.ResourceConfig,
    });
    place.storage.put('data', 'p/x', 'x');
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    place.storage.onDownload = (_key, _moment, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason);
          ended.resolve();
        });
        begun.resolve();
      });
    const agent = place.agent(own);
    let over = false;
    void agent.prepare(never()).then(
      () => {
        over = true;
      },
      () => {
        over = true;
      },
    );
    await begun.promise;
    agent.abandon();
    await ended.promise;
    for (let turn = 0; turn < 10; turn++) await settled();
    assert.equal(over, false);
  });
});
