import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import { JobFault } from '../../training/fault.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import { RETRY_DELAYS_MS } from '../retry.ts';
import { KILLED_FILES, KILLED_PLAN, killedStorage } from '../testing/killed-agent.fixture.ts';
import { channel, never, planOf, REQUEST, testPlace } from '../testing/test-instance.fixture.ts';

const fault =
  (kind: string, ...words: string[]) =>
  (error: unknown) =>
    error instanceof JobFault &&
    error.kind === kind &&
    error.message.startsWith('Data download failed:') &&
    words.every((word) => error.message.includes(word));

const oneChannel = planOf({ InputDataConfig: [channel('train', 's3://data/p/train')] });

/** The files below a folder with their contents. */
async function tree(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
  }
  return found;
}

describe('bringing channels in', () => {
  test('each object is a file of its channel, beside a manifest of them', async (t) => {
    const place = await testPlace(t);
    const plan = planOf({
      InputDataConfig: [channel('train', 's3://data/p/train'), channel('test', 's3://other/t/')],
    });
    place.storage.put('data', 'p/train/', '');
    place.storage.put('data', 'p/train/a/x.csv', '1,2');
    place.storage.put('data', 'p/train/y.csv', '');
    place.storage.put('data', 'p/train/empty/', '');
    place.storage.put('data', 'p/else', 'not wanted');
    place.storage.put('other', 't/z', 'zzz');
    await place.agent(plan).prepare(never());
    assert.deepEqual(await tree(place.ml(plan, 'input', 'data')), {
      'train/a/x.csv': '1,2',
      'train/y.csv': '',
      // training contract §1.4: the prefix, then each object of the channel
      'train-manifest':
        'p/train\ns3://data/p/train/\ns3://data/p/train/a/x.csv\ns3://data/p/train/empty/\ns3://data/p/train/y.csv\n',
      'test/z': 'zzz',
      'test-manifest': 't/\ns3://other/t/z\n',
    });
    assert.ok((await stat(place.ml(plan, 'input', 'data', 'train', 'empty'))).isDirectory());
  });

  test('at most 16 downloads are under way at a time', async (t) => {
    const place = await testPlace(t);
    for (let n = 0; n < 40; n++) place.storage.put('data', `p/train/${n}`, 'x');
    let now = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    place.storage.onDownload = async (_key, moment) => {
      if (moment === 'half') {
        now -= 1;
        return;
      }
      now += 1;
      most = Math.max(most, now);
      if (now === 16) full.resolve();
      await full.promise;
    };
    await place.agent(oneChannel).prepare(never());
    assert.equal(most, 16);
  });

  test('a channel of another instance group is not brought in', async (t) => {
    const place = await testPlace(t);
    const own = channel('train', 's3://data/p/train');
    const groups = { ...own.DataSource.S3DataSource, InstanceGroupNames: ['group-2'] };
    const plan = planOf({ InputDataConfig: [{ ...own, DataSource: { S3DataSource: groups } }] });
    await place.agent(plan).prepare(never());
    assert.deepEqual(await readdir(place.ml(plan, 'input', 'data')), []);
    assert.equal(place.storage.lists, 0);
  });
});

/** A channel whose URI is a manifest. */
function manifestChannel(name: string, uri: string) {
  const own = channel(name, uri);
  const source = { ...own.DataSource.S3DataSource, S3DataType: 'ManifestFile' } as const;
  return { ...own, DataSource: { S3DataSource: source } };
}

describe('a channel of a manifest', () => {
  const plan = planOf({ InputDataConfig: [manifestChannel('train', 's3://lists/train.json')] });

  test('has the objects that the manifest names, at what it says after its prefix', async (t) => {
    const place = await testPlace(t);
    for (const key of ['p/train/a.csv', 'p/train/b/c.csv', 'p/train/not-named']) {
      place.storage.put('data', key, key);
    }
    place.storage.put('lists', 'train.json', '[{"prefix":"s3://data/p/tra"},"in/b/c.csv","in/a.csv"]');
    await place.agent(plan).prepare(never());
    assert.deepEqual(await tree(place.ml(plan, 'input', 'data')), {
      'train/in/a.csv': 'p/train/a.csv',
      'train/in/b/c.csv': 'p/train/b/c.csv',
      'train-manifest': 'p/tra\ns3://data/p/train/b/c.csv\ns3://data/p/train/a.csv\n',
    });
  });

  test('fails by the name of an object that is not there, of a bad manifest, and of a way out of the folder', async (t) => {
    const cases: readonly [manifest: string, ...words: string[]][] = [
      ['[{"prefix":"s3://data/p/"},"gone"]', 's3://data/p/gone', 's3://lists/train.json', 'does not exist'],
      ['[{"prefix":"s3://data/p/"},1]', 's3://lists/train.json', 'entry 1'],
      ['[{"prefix":"s3://data/p/"},"../../etc"]', 'p/../../etc'],
    ];
    for (const [text, ...words] of cases) {
      const place = await testPlace(t);
      place.storage.put('data', 'p/../../etc', 'x');
      place.storage.put('lists', 'train.json', text);
      await assert.rejects(place.agent(plan).prepare(never()), fault('ClientError', ...words));
    }
    const place = await testPlace(t);
    await assert.rejects(place.agent(plan).prepare(never()), fault('ClientError', 's3://lists/train.json'));
  });
});

describe('a sharded channel', () => {
  const own = channel('train', 's3://data/p/');
  const source = { ...own.DataSource.S3DataSource, S3DataDistributionType: 'ShardedByS3Key' } as const;
  const hosts = ['algo-1', 'algo-2', 'algo-3'];
  const planFor = (host: string, more = {}) =>
    planOf({ InputDataConfig: [{ ...own, ...more, DataSource: { S3DataSource: source } }] }, { host, hosts });

  test('is in parts on its hosts, an empty folder where there are too few objects, with a manifest of all', async (t) => {
    const place = await testPlace(t);
    place.storage.put('data', 'p/a', 'A');
    place.storage.put('data', 'p/b', 'B');
    const found = [];
    for (const host of hosts) {
      const plan = planFor(host);
      await place.agent(plan).prepare(never());
      assert.ok((await stat(place.ml(plan, 'input', 'data', 'train'))).isDirectory());
      found.push(await tree(place.ml(plan, 'input', 'data')));
    }
    // training contract §1.4: also the objects of other hosts
    const manifest = { 'train-manifest': 'p/\ns3://data/p/a\ns3://data/p/b\n' };
    assert.deepEqual(found, [{ 'train/a': 'A', ...manifest }, { 'train/b': 'B', ...manifest }, manifest]);
  });

  test('with a seed, is in other parts', async (t) => {
    const place = await testPlace(t);
    const names = Array.from({ length: 30 }, (_, n) => String(n).padStart(2, '0'));
    for (const name of names) place.storage.put('data', `p/${name}`, name);
    const found = [];
    for (const host of hosts) {
      const plan = planFor(host, { ShuffleConfig: { Seed: 7 } });
      await place.agent(plan).prepare(never());
      found.push(Object.keys(await tree(place.ml(plan, 'input', 'data', 'train'))).sort());
    }
    assert.deepEqual(found.flat().sort(), names);
    assert.notDeepEqual(
      found[0],
      names.filter((_, at) => at % 3 === 0),
    );
  });
});

describe('going on after a crash', () => {
  test('names with line ends of any kind are listed again as they were', async (t) => {
    const place = await testPlace(t);
    const names = ['a\nb', 'a\rb', 'a\u2028b', 'a\u2029b', 'a"b'];
    for (const name of names) place.storage.put('data', `p/train/${name}`, name);
    const crash = new AbortController();
    place.storage.onDownload = () => crash.abort(new Error('crash'));
    await assert.rejects(place.agent(oneChannel).prepare(crash.signal), /crash/);
    place.storage.onDownload = () => {};
    await place.agent(oneChannel).prepare(never());
    assert.deepEqual(
      await tree(place.ml(oneChannel, 'input', 'data', 'train')),
      Object.fromEntries(names.map((name) => [name, name])),
    );
    assert.equal(place.storage.lists, 1);
  });

  test('what the journal says is whole is kept, the rest is fetched again, and nothing is listed again', async (t) => {
    const place = await testPlace(t);
    const contents = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`f${n}`, `content ${n}`]));
    for (const [name, content] of Object.entries(contents)) {
      place.storage.put('data', `p/train/${name}`, content);
    }
    const crash = new AbortController();
    let halves = 0;
    place.storage.onDownload = (_key, moment) => {
      if (moment === 'half' && ++halves === 400) crash.abort(new Error('crash'));
    };
    await assert.rejects(place.agent(oneChannel).prepare(crash.signal), /crash/);

    place.storage.onDownload = () => {};
    place.storage.downloads.length = 0;
    await place.agent(oneChannel).prepare(never());
    assert.deepEqual(await tree(place.ml(oneChannel, 'input', 'data', 'train')), contents);
    // Notes are written 256 at a time.
    assert.equal(place.storage.downloads.length, 600 - 256);
    assert.equal(place.storage.lists, 1);

    place.storage.downloads.length = 0;
    await place.agent(oneChannel).prepare(never());
    assert.deepEqual(place.storage.downloads, []);
  });

  for (const moment of [1, 40, 119]) {
    test(`an agent that is killed at moment ${moment} of its downloads harms no file`, async (t) => {
      const place = await testPlace(t);
      const program = fileURLToPath(new URL('../testing/killed-agent.fixture.ts', import.meta.url));
      const child = spawn(process.execPath, [program, place.folder, String(moment)], { stdio: 'inherit' });
      const [, signal] = await once(child, 'exit');
      assert.equal(signal, 'SIGKILL');
      const agent = createInstanceAgent(KILLED_PLAN, { ...place.environment, storage: killedStorage() });
      await agent.prepare(never());
      const {
        'a-manifest': a,
        'b-manifest': b,
        ...files
      } = await tree(place.ml(KILLED_PLAN, 'input', 'data'));
      assert.deepEqual(files, Object.fromEntries(KILLED_FILES));
      assert.equal(`${a}${b}`.split('\n').length, KILLED_FILES.size + 3);
    });
  }

  test('objects that changed since the first agent listed them fail the job', async (t) => {
    const place = await testPlace(t);
    place.storage.put('data', 'p/train/x', 'old');
    const crash = new AbortController();
    place.storage.onDownload = () => crash.abort(new Error('crash'));
    await assert.rejects(place.agent(oneChannel).prepare(crash.signal), /crash/);
    place.storage.onDownload = () => {};
    place.storage.put('data', 'p/train/x', 'new');
    await assert.rejects(
      place.agent(oneChannel).prepare(never()),
      fault('ClientError', 's3://data/p/train/x', 'PreconditionFailed'),
    );
  });
});

describe('failing to bring channels in', () => {
  test('an object that vanished is named', async (t) => {
    const place = await testPlace(t);
    for (let n = 0; n < 30; n++) place.storage.put('data', `p/train/${n}`, 'x');
    place.storage.onDownload = (key) => {
      if (key.endsWith('/7')) place.storage.remove('data', key);
    };
    await assert.rejects(
      place.agent(oneChannel).prepare(never()),
      fault('ClientError', 'channel "train"', 's3://data/p/train/7', 'NoSuchKey'),
    );
    assert.deepEqual(place.clock.slept, []);
  });

  test('a bucket that is not there, and a prefix without objects, are the job owner’s fault', async (t) => {
    const place = await testPlace(t);
    await assert.rejects(
      place.agent(oneChannel).prepare(never()),
      fault('ClientError', 'NoSuchBucket', 's3://data/p/train'),
    );
    place.storage.put('data', 'elsewhere', 'x');
    await assert.rejects(
      place.agent(oneChannel).prepare(never()),
      fault('ClientError', '"s3://data/p/train"'),
    );
  });

  test('a store that can not be reached is tried again, and then is the service’s fault', async (t) => {
    const place = await testPlace(t);
    place.storage.put('data', 'p/train/x', 'x');
    place.storage.onDownload = () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    await assert.rejects(
      place.agent(oneChannel).prepare(never()),
      fault('InternalServerError', 's3://data/p/train/x', 'ECONNREFUSED'),
    );
    assert.deepEqual(place.clock.slept, [...RETRY_DELAYS_MS]);
    assert.equal(place.storage.downloads.length, RETRY_DELAYS_MS.length + 1);
  });

  test('a store that is back soon, also in the middle of an object, is not a failure', async (t) => {
    const place = await testPlace(t);
    place.storage.put('data', 'p/train/x', 'content');
    let failures = 2;
    place.storage.onList = () => {
      if (place.storage.lists === 1) throw new ObjectStorageError('SlowDown', 'Reduce your request rate.');
    };
    place.storage.onDownload = (_key, moment) => {
      if (moment === 'half' && failures-- > 0) throw new Error('socket hang up');
    };
    await place.agent(oneChannel).prepare(never());
    assert.deepEqual(await tree(place.ml(oneChannel, 'input', 'data', 'train')), { x: 'content' });
  });

  test('a volume that is too small fails before anything is downloaded', async (t) => {
    const place = await testPlace(t);
    const plan = planOf({
      InputDataConfig: oneChannel.request.InputDataConfig,
      ResourceConfig: { ...REQUEST.ResourceConfig, VolumeSizeInGB: 1 },
    });
    place.storage.put('data', 'p/train/x', 'x');
    const list = place.storage.list.bind(place.storage);
    place.storage.list = async function* (bucket, prefix) {
      for await (const object of list(bucket, prefix)) yield { ...object, size: 2 * 1024 ** 3 };
    };
    await assert.rejects(
      place.agent(plan).prepare(never()),
      fault('ClientError', 'channel "train"', String(2 * 1024 ** 3), String(1024 ** 3), 'VolumeSizeInGB'),
    );
    assert.deepEqual(place.storage.downloads, []);
  });

  test('a disk that fills up is named, without trying again', async (t) => {
    const place = await testPlace(t);
    place.storage.put('data', 'p/train/x', 'x');
    place.storage.onDownload = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    await assert.rejects(
      place.agent(oneChannel).prepare(never()),
      fault('ClientError', 'no space left on device'),
    );
    assert.deepEqual(place.clock.slept, []);
  });

  test('it ends with the signal, though the store hangs', async (t) => {
    const place = await testPlace(t);
    place.storage.put('data', 'p/train/x', 'x');
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    place.storage.onDownload = (_key, _moment, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        begun.resolve();
      });
    const prepared = place.agent(oneChannel).prepare(stop.signal);
    await begun.promise;
    stop.abort(new Error('asked to stop'));
    await assert.rejects(prepared, /^Error: asked to stop$/);
  });

  test('it ends with the signal, though the listing hangs', async (t) => {
    const place = await testPlace(t);
    const stop = new AbortController();
    place.storage.list = async function* () {
      stop.abort(new Error('asked to stop'));
      await new Promise(() => {});
    };
    await assert.rejects(place.agent(oneChannel).prepare(stop.signal), /^Error: asked to stop$/);
  });
});
