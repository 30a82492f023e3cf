import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import type { AgentEnvironment } from '../agent-environment.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import { setMarker } from '../instance-folder.ts';
import type { AlgorithmStage } from '../testing/fake-runtime.fixture.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { PackageCache } from './package-cache.ts';
import { plainRequirements } from './requirements.ts';

describe('requirements that name packages alone', () => {
  test('are the same without what makes no difference', () => {
    const text =
      '# ours\nnumpy\n\nscikit-learn >=1.2,<2 # models\r\nrequests[socks]==2.31.0; python_version < "4"\n';
    assert.equal(
      plainRequirements(text),
      'numpy\nscikit-learn >=1.2,<2\nrequests[socks]==2.31.0; python_version < "4"\n',
    );
  });

  test('are not those in which something else has a say', () => {
    for (const line of [
      ...['-r other.txt', '--index-url https://x', '-e .', './tiny.whl', '/tmp/tiny.whl', '../x', '.'],
      ...['tiny @ https://x/tiny.whl', 'git+https://x/y', 'https://x/y.whl', 'file:///x', '$HOME', ''],
    ]) {
      assert.equal(plainRequirements(`${line}\n`), undefined, line);
    }
  });
});

/** An `sourcedir.tar.gz` with these files. */
async function source(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** Jobs in one place with one cache; `installs` says what becomes of an installation. */
async function place(t: TestContext, installs: (stage: AlgorithmStage) => Promise<number>) {
  const here = await testPlace(t);
  here.storage.put('out', 'there', '');
  here.storage.put(
    'code',
    'source.tar.gz',
    await source({ 'train.py': '', 'requirements.txt': 'tiny==1\n' }),
  );
  const built: string[] = [];
  here.runtime.script = async (stage) => {
    if (!stage.algorithm.id.endsWith('-packages')) return 0;
    built.push(await readFile(join(stage.algorithm.mlRoot, 'requirements.txt'), 'utf8'));
    return installs(stage);
  };
  const limits = { maxGB: 1, maxUnusedDays: 30 };
  const logged: string[] = [];
  const packages = new PackageCache({
    ...{ folder: join(here.folder, 'packages'), instances: here.folder, clock: here.clock, limits },
    log: (line) => logged.push(line),
  });
  let jobId = 0;
  const job = (
    request: Partial<CreateTrainingJobRequest> = {},
    python: string | undefined = 'python3.11',
  ) => {
    const HyperParameters = { sagemaker_submit_directory: '"s3://code/source.tar.gz"' };
    const plan = planOf({ HyperParameters, ...request }, { jobId: ++jobId });
    const mayRead: AgentEnvironment['mayRead'] = ({ request: { RoleArn } }) => !RoleArn.endsWith('/limited');
    const environment = { ...here.environment, packages, mayRead, scriptPython: () => python };
    return createInstanceAgent(plan, environment);
  };
  /** Runs a job. Resolves with the folder that it is shown with packages. */
  const shown = async (...of: Parameters<typeof job>): Promise<string | undefined> => {
    const agent = job(...of);
    await agent.prepare(never());
    await agent.train();
    const mounts = here.runtime.started.at(-1)?.mounts ?? [];
    const mount = mounts.find(({ target }) => target === '/opt/trainyard/packages');
    assert.notEqual(mount?.readOnly, false);
    await agent.release();
    return mount?.source;
  };
  return { ...here, built, job, shown, packages, limits, removed: logged };
}

const wellDone = async ({ algorithm }: AlgorithmStage): Promise<number> => {
  await mkdir(join(algorithm.mlRoot, 'packages'));
  await writeFile(join(algorithm.mlRoot, 'packages', 'tiny.py'), 'WORD = 1');
  return 0;
};

describe('packages', () => {
  test('are installed once, for all jobs that ask for the same', async (t) => {
    const here = await place(t, wellDone);
    const first = await here.shown();
    assert.deepEqual(await readdir(first ?? ''), ['tiny.py']);
    assert.equal(await here.shown(), first);
    assert.deepEqual(here.built, ['tiny==1\n']);
    assert.notEqual(await here.shown({}, 'python3.12'), first);
    assert.equal(here.built.length, 2);
    const [build] = here.runtime.started;
    assert.deepEqual(build?.environment, { PIP_USER: '0' }, 'nothing of the job’s is in its environment');
  });

  test('are there for a job without a network, which never has them installed', async (t) => {
    const here = await place(t, wellDone);
    assert.equal(await here.shown({ EnableNetworkIsolation: true }), undefined);
    const installed = await here.shown();
    assert.ok(installed);
    assert.equal(await here.shown({ EnableNetworkIsolation: true }), installed);
    assert.equal(here.built.length, 1);
  });

  test('that can not be installed are left to the job, and leave nothing behind', async (t) => {
    const here = await place(t, async ({ print }) => {
      await print('ERROR: no such package\n');
      return 1;
    });
    assert.equal(await here.shown(), undefined);
    assert.match(here.logged.join('\n'), /requirements\.txt was not installed for all: .*no such package/);
    assert.ok(!existsSync(join(here.folder, 'packages')));
  });

  test('a stop ends the installation', async (t) => {
    const started = Promise.withResolvers<void>();
    const here = await place(t, async ({ stopped }) => {
      started.resolve();
      await stopped;
      return 137;
    });
    const stop = new AbortController();
    const agent = here.job();
    const prepared = agent.prepare(stop.signal);
    await started.promise;
    stop.abort(new Error('stopped'));
    await assert.rejects(prepared, /stopped/);
    assert.deepEqual(here.runtime.calls, ['stop 0', 'release']);
    await agent.release();
    assert.deepEqual(here.runtime.calls, ['stop 0', 'release'], 'there was nothing left to end');
  });

  test('an installation that a killed server left is ended when the instance is given back', async (t) => {
    const here = await place(t, async ({ stopped }) => {
      await stopped;
      return 137;
    });
    const { plan } = here.job();
    const { folder } = await here.instance(plan);
    await mkdir(join(folder.state, 'packages', 'ml'), { recursive: true });
    await writeFile(join(folder.state, 'packages', 'ml', 'requirements.txt'), 'tiny==1\n');
    setMarker(folder, 'installing');
    await createInstanceAgent(plan, here.environment).release();
    assert.deepEqual(here.runtime.calls, ['stop 0', 'release']);
    assert.ok(!existsSync(folder.home));
  });

  test('are not installed from a source that the job’s role may not read', async (t) => {
    const here = await place(t, wellDone);
    assert.equal(await here.shown({ RoleArn: 'arn:aws:iam::123456789012:role/limited' }), undefined);
    assert.deepEqual(here.built, []);
  });

  test('a source without requirements, or another image, needs none', async (t) => {
    const here = await place(t, wellDone);
    here.storage.put('code', 'bare.tar.gz', await source({ 'train.py': '' }));
    const bare = { sagemaker_submit_directory: '"s3://code/bare.tar.gz"' };
    const gone = { sagemaker_submit_directory: '"s3://code/gone.tar.gz"' };
    for (const HyperParameters of [bare, gone, {}])
      assert.equal(await here.shown({ HyperParameters }), undefined);
    here.storage.put('code', 'source.tar.gz', Buffer.from('this is no archive'));
    assert.equal(await here.shown(), undefined);
    assert.deepEqual(here.built, []);
  });

  test('are removed when no job used them for too long, or when they are too much, the longest unused first', async (t) => {
    const here = await place(t, async ({ algorithm }) => {
      await mkdir(join(algorithm.mlRoot, 'packages'));
      await writeFile(join(algorithm.mlRoot, 'packages', 'large'), Buffer.alloc(64 * 1024));
      return 0;
    });
    const days = (count: number) => here.clock.now() / 1000 - count * 24 * 3600;
    const unused = async (path: string | undefined, count: number) =>
      utimes(path ?? '', days(count), days(count));
    const [a, b, c] = [await here.shown({}, 'a'), await here.shown({}, 'b'), await here.shown({}, 'c')];
    await unused(a, 31);
    await unused(b, 20);
    await unused(c, 10);
    await here.packages.reclaim();
    assert.deepEqual(
      [a, b, c].map((path) => existsSync(path ?? '')),
      [false, true, true],
    );
    assert.match(
      here.removed.join(),
      /were removed: no job used them for 31 days \(packages\.maxUnusedDays is 30\)$/,
    );
    // Whoever asks for them uses them.
    assert.equal(await here.shown({}, 'b'), b);
    here.limits.maxGB = (100 * 1024) / 1024 ** 3;
    await here.packages.reclaim();
    assert.deepEqual(
      [b, c].map((path) => existsSync(path ?? '')),
      [true, false],
    );
    assert.match(here.removed.at(-1) ?? '', /these were unused the longest$/);
    here.limits.maxGB = 1e-9;
    await here.packages.reclaim();
    assert.ok(!existsSync(b ?? ''));
    assert.notEqual(await here.shown({}, 'b'), undefined, 'they are installed anew');
  });

  test('stay as long as an instance has them or is about to, also for the server after a crash', async (t) => {
    const here = await place(t, wellDone);
    const agent = here.job();
    await agent.prepare(never());
    const folder = join(here.folder, 'packages');
    const [key = ''] = await readdir(folder);
    await utimes(join(folder, key), 0, 0);
    const next = new PackageCache({
      ...{ folder, instances: here.folder, clock: here.clock, limits: { maxGB: 1e-9, maxUnusedDays: 1 } },
      log: assert.fail,
    });
    await next.reclaim();
    assert.ok(existsSync(join(folder, key)));
    await agent.release();
    await next.holding(key, async () => {
      await utimes(join(folder, key), 0, 0);
      await next.reclaim();
      assert.ok(existsSync(join(folder, key)));
    });
    here.limits.maxGB = 1e-9;
    await here.packages.reclaim();
    assert.ok(!existsSync(join(folder, key)));
  });

  test('half of a removal that a killed server left is no package', async (t) => {
    const here = await place(t, wellDone);
    const left = join(here.folder, 'packages', '.discarded-1-abc');
    await mkdir(left, { recursive: true });
    here.packages.open();
    while (existsSync(left)) await setImmediate();
  });
});
