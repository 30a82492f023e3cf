import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { EmbeddedStorage } from '../../objects/embedded/embedded-storage.ts';
import { READING_GRACE_MS } from '../../objects/embedded/reclaimer.ts';
import {
  blobFiles,
  bodyOf,
  named,
  patternBytes,
  plain,
  temporaryStore,
} from '../../objects/embedded/temporary-store.fixture.ts';
import { JobFault } from '../../training/fault.ts';
import type { Instance } from '../hook.ts';
import { MemoryStorage } from '../testing/memory-storage.fixture.ts';
import { channel, never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { fastFileRefusal, fastFileRoot } from './fast-file-root.ts';
import type { ObjectMounter } from './object-mounter.ts';
import { mountFastFiles, showFastFiles } from './show-fast-files.ts';

const fastFile = (uri: string, more: object = {}): Partial<CreateTrainingJobRequest> => ({
  InputDataConfig: [{ ...channel('train', uri), InputMode: 'FastFile', ...more }],
});

/** An embedded store, and an instance with a FastFile channel of its bucket. */
async function embedded(
  t: TestContext,
  key: string,
  hosts: readonly string[] = ['algo-1'],
  more: object = {},
) {
  const { store, folder, clock } = temporaryStore(t);
  const storage = new EmbeddedStorage(store);
  const put = (to: string, body: string, options: object = plain) =>
    store.put({ bucket: 'data', key: to }, bodyOf(body), { ...plain, ...options });
  const place = await testPlace(t);
  const instanceOf = async (host: string): Promise<Instance> => {
    const instance = await place.instance(planOf(fastFile(`s3://data/${key}`, more), { host, hosts }));
    return { ...instance, environment: { ...place.environment, storage } };
  };
  const instance = await instanceOf('algo-1');
  return {
    store,
    folder,
    clock,
    put,
    place,
    link: ({ folder }: Instance) => readlinkSync(join(folder.home, 'fast-file/train')),
    instance,
    instanceOf,
    shown: join(instance.folder.home, 'fast-file/train'),
  };
}

describe('a FastFile channel of the embedded store', () => {
  it('shows its own files, without copying one byte', async (t) => {
    const { put, instance, shown, folder } = await embedded(t, 'p/');
    await put('p/a', 'content of a');
    await put('p/deep/er/b', 'content of b');
    await put('p/marker/', '');
    await put('other', 'other');
    await showFastFiles.run(instance, never());
    assert.deepEqual(readdirSync(shown, { recursive: true }).sort(), [
      'a',
      'deep',
      'deep/er',
      'deep/er/b',
      'marker',
    ]);
    assert.equal(readFileSync(join(shown, 'deep/er/b'), 'utf8'), 'content of b');
    const id = blobFiles(folder).find((name) => inode(blobPath(folder, name)) === inode(join(shown, 'a')));
    assert.ok(id !== undefined, 'it is the file of a blob');
    assert.equal(statSync(join(shown, 'a')).mode & 0o777, 0o644);
  });

  it('is mounted read-only, from where the algorithm has no other way to', async (t) => {
    const { put, instance, shown } = await embedded(t, 'p/');
    const companion = await mountFastFiles.start(instance);
    assert.deepEqual(companion?.mounts, [
      { source: shown, target: '/opt/ml/input/data/train', readOnly: true },
    ]);
    assert.ok(!shown.startsWith(instance.folder.ml));
    await put('p/a', 'a');
    await showFastFiles.run(instance, never());
    const [mount] = (await mountFastFiles.start(instance))?.mounts ?? [];
    assert.equal(mount?.source, readlinkSync(shown), 'the folder itself, for those who follow no links');
    assert.deepEqual(readdirSync(mount?.source ?? ''), ['a']);
  });

  it('stays as it was at the start', async (t) => {
    const { put, store, instance, shown } = await embedded(t, 'p/');
    await put('p/replaced', 'old');
    await put('p/deleted', 'old');
    await showFastFiles.run(instance, never());
    await put('p/replaced', 'new');
    await put('p/added', 'new');
    store.delete({ bucket: 'data', key: 'p/deleted' });
    await store.close();
    assert.deepEqual(readdirSync(shown).sort(), ['deleted', 'replaced']);
    for (const name of ['deleted', 'replaced']) assert.equal(readFileSync(join(shown, name), 'utf8'), 'old');
  });

  it('copies what is encrypted, and joins what is in parts once, and the log says so', async (t) => {
    const { put, store, place, instance, shown, folder } = await embedded(t, 'p/');
    const parts = [patternBytes(5 * 1024 * 1024), Buffer.from('the end')];
    const upload = store.createUpload({ bucket: 'data', key: 'p/parts' }, plain);
    const stored = [];
    for (const [at, part] of parts.entries())
      stored.push(await store.putPart(upload, at + 1, bodyOf(part), plain));
    await store.completeUpload(upload, stored.map(named), {});
    const before = store.head({ bucket: 'data', key: 'p/parts' });
    await put('p/secret', 'secret', { encryption: { kind: 'aws:kms', keyId: 'training' } });
    await put('p/empty', '');
    await put('p/plain', 'plain');
    await showFastFiles.run(instance, never());
    assert.ok(readFileSync(join(shown, 'parts')).equals(Buffer.concat(parts)));
    assert.equal(readFileSync(join(shown, 'secret'), 'utf8'), 'secret');
    assert.equal(readFileSync(join(shown, 'empty'), 'utf8'), '');
    const size = Buffer.concat(parts).length + 6;
    assert.deepEqual(place.telemetry.said, [
      `FastFile channel "train": 2 objects (${size} bytes) that the store keeps in parts or encrypted are brought together before the start.`,
    ]);
    const blobs = blobFiles(folder).map((name) => inode(blobPath(folder, name)));
    assert.deepEqual(
      ['parts', 'secret', 'plain'].map((name) => blobs.includes(inode(join(shown, name)))),
      [true, false, true],
    );
    const joined = store.head({ bucket: 'data', key: 'p/parts' });
    assert.deepEqual(joined, { ...before, blobs: joined.blobs });
    assert.equal(joined.blobs.length, 1);
    await mountFastFiles.release?.(instance);
    await showFastFiles.run(instance, never());
    assert.match(place.telemetry.said[1] ?? '', /: 1 objects \(6 bytes\)/);
  });

  it('is made once for all who want the same objects, and is kept for the next', async (t) => {
    const { put, store, instanceOf, link } = await embedded(t, 'p/', ['algo-1', 'algo-2', 'algo-3']);
    await put('p/a', 'a');
    const [one, two, three] = await Promise.all(['algo-1', 'algo-2', 'algo-3'].map(instanceOf));
    assert.ok(one && two && three);
    for (const instance of [one, two]) await showFastFiles.run(instance, never());
    assert.equal(link(one), link(two));
    for (const instance of [one, two]) await mountFastFiles.release?.(instance);
    await put('elsewhere', 'what others store changes nothing');
    await showFastFiles.run(three, never());
    assert.equal(link(three), link(one));
    for (const change of [
      () => put('p/a', 'b'),
      () => put('p/b', 'b'),
      async () => store.delete({ bucket: 'data', key: 'p/b' }),
    ]) {
      const before = link(one);
      await change();
      await showFastFiles.run(one, never());
      assert.notEqual(link(one), before);
    }
    assert.equal(readFileSync(join(link(three), 'a'), 'utf8'), 'a');
  });

  it('keeps nothing of what is encrypted, and no bytes of what was removed, when the last reader has gone', async (t) => {
    const { put, store, clock, instance, instanceOf, link } = await embedded(t, 'p/', ['algo-1', 'algo-2']);
    const other = await instanceOf('algo-2');
    await put('p/secret', 'secret', { encryption: { kind: 'aws:kms', keyId: 'training' } });
    for (const each of [instance, other]) await showFastFiles.run(each, never());
    assert.equal(link(instance), link(other), 'it is decrypted once for all');
    await mountFastFiles.release?.(instance);
    assert.equal(readFileSync(join(link(other), 'secret'), 'utf8'), 'secret');
    await mountFastFiles.release?.(other);
    assert.ok(!existsSync(link(other)));
    await put('p/secret', 'plain');
    await showFastFiles.run(instance, never());
    await mountFastFiles.release?.(instance);
    assert.ok(existsSync(link(instance)));
    store.delete({ bucket: 'data', key: 'p/secret' });
    while (existsSync(link(instance))) await clock.advance(READING_GRACE_MS);
  });

  it('is the same when an agent goes on after a crash in the middle of it', async (t) => {
    const { put, instance, shown } = await embedded(t, 'p/');
    await put('p/a', 'a');
    await put('p/b', 'b');
    await showFastFiles.run(instance, never());
    rmSync(shown);
    mkdirSync(shown);
    writeFileSync(join(shown, 'left'), '');
    for (let again = 0; again < 2; again++) {
      await showFastFiles.run(instance, never());
      assert.deepEqual(readdirSync(shown).sort(), ['a', 'b']);
    }
  });

  it('is divided among the hosts when it is sharded', async (t) => {
    const source = channel('train', 's3://data/p/').DataSource.S3DataSource;
    const sharded = { DataSource: { S3DataSource: { ...source, S3DataDistributionType: 'ShardedByS3Key' } } };
    const { put, instanceOf } = await embedded(t, 'p/', ['algo-1', 'algo-2'], sharded);
    for (const key of ['p/a', 'p/b', 'p/c']) await put(key, key);
    const names: string[][] = [];
    for (const host of ['algo-1', 'algo-2']) {
      const instance = await instanceOf(host);
      await showFastFiles.run(instance, never());
      names.push(readdirSync(join(instance.folder.home, 'fast-file/train')).sort());
    }
    assert.deepEqual(names, [['a', 'c'], ['b']]);
  });

  it('fails the job when its objects are gone, or can’t be files', async (t) => {
    const { put, instance } = await embedded(t, 'p/');
    const isFault = (message: RegExp) => (fault: unknown) =>
      fault instanceof JobFault && fault.kind === 'ClientError' && message.test(fault.message);
    await assert.rejects(
      showFastFiles.run(instance, never()),
      isFault(/no S3 objects are left under "s3:\/\/data\/p\/"/),
    );
    await put('p/../../escape', 'x');
    await assert.rejects(
      showFastFiles.run(instance, never()),
      isFault(/"p\/\.\.\/\.\.\/escape" can't be the path/),
    );
  });
});

describe('the folder of a FastFile channel', () => {
  it('is the prefix with its slash', () => {
    assert.deepEqual(['', 'a/', 'a', 'a/b'].map(fastFileRoot), ['', 'a/', 'a/', 'a/b/']);
  });

  /** Whether a prefix is refused over a store that has files of its own. */
  async function refusal(t: TestContext, uri: string): Promise<string | undefined> {
    const { store } = temporaryStore(t);
    for (const key of ['p/train-01/a', 'p/file.csv'])
      await store.put({ bucket: 'data', key }, bodyOf('x'), plain);
    return fastFileRefusal(planOf(fastFile(uri)).request, { storage: new EmbeddedStorage(store) });
  }

  for (const uri of ['s3://data/p/train', 's3://data/p/train-', 's3://data/p/file.csv', 's3://data/p/fi'])
    it(`must not be a part of a name, nor a file: ${uri} is refused`, async (t) => {
      assert.match(
        (await refusal(t, uri)) ?? '',
        /S3Uri s3:\S+ can't be shown in FastFile mode: it must be a folder/,
      );
    });

  for (const uri of ['s3://data/p//x/', 's3://data/p/../'])
    it(`must be possible: ${uri} is refused`, async (t) => {
      assert.match((await refusal(t, uri)) ?? '', /can't be the name of a folder/);
    });

  for (const uri of [
    's3://data',
    's3://data/',
    's3://data/p',
    's3://data/p/',
    's3://data/p/train-01',
    's3://data/none',
  ])
    it(`${uri} is not refused`, async (t) => {
      assert.equal(await refusal(t, uri), undefined);
    });
});

/** Remembers what it was asked for. */
class RecordingMounter implements ObjectMounter {
  readonly calls: unknown[] = [];
  why: string | undefined;
  failure: Error | undefined;
  async refusal() {
    return this.why;
  }
  async mount(source: object, { target }: { readonly target: string }) {
    this.calls.push(['mount', source, target]);
    if (this.failure) throw this.failure;
  }
  async unmount(target: string) {
    this.calls.push(['unmount', target]);
  }
}

describe('a FastFile channel of another S3', () => {
  async function remote(t: TestContext, uri: string) {
    const mounter = new RecordingMounter();
    const place = await testPlace(t);
    const instance = await place.instance(planOf(fastFile(uri)));
    return { mounter, instance: { ...instance, environment: { ...place.environment, mounter } } };
  }

  it('is mounted in place of the folder, and unmounted with the instance', async (t) => {
    const { mounter, instance } = await remote(t, 's3://data/p');
    await showFastFiles.run(instance, never());
    await mountFastFiles.release?.(instance);
    const target = join(instance.folder.home, 'fast-file/train');
    assert.deepEqual(mounter.calls, [
      ['mount', { bucket: 'data', key: 'p/' }, target],
      ['unmount', target],
    ]);
  });

  it('fails the job when it can’t be mounted', async (t) => {
    const { mounter, instance } = await remote(t, 's3://data/p/');
    mounter.failure = new Error('no device');
    await assert.rejects(
      showFastFiles.run(instance, never()),
      (fault) =>
        fault instanceof JobFault && /channel "train" could not be mounted: no device/.test(fault.message),
    );
  });

  it('is refused where nothing can mount it, and where it would have to be divided', async () => {
    const storage = new MemoryStorage();
    storage.put('data', 'p/a', 'x');
    const mounter = new RecordingMounter();
    const { request } = planOf(fastFile('s3://data/p/'));
    assert.equal(await fastFileRefusal(request, { storage, mounter }), undefined);
    assert.match((await fastFileRefusal(request, { storage })) ?? '', /InputMode FastFile can't be honoured/);
    const source = channel('train', 's3://data/p/').DataSource.S3DataSource;
    const sharded = planOf({
      ...fastFile('s3://data/p/', {
        DataSource: { S3DataSource: { ...source, S3DataDistributionType: 'ShardedByS3Key' } },
      }),
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 0 },
    });
    assert.match((await fastFileRefusal(sharded.request, { storage, mounter })) ?? '', /ShardedByS3Key/);
    mounter.why = 'rclone is not installed: install it';
    assert.match(
      (await fastFileRefusal(request, { storage, mounter })) ?? '',
      /deployment: rclone is not installed: install it\.$/,
    );
  });

  it('is no concern of a job without one', async (t) => {
    const { mounter, instance } = await remote(t, 's3://data/p/');
    const other = { ...instance, plan: planOf({ InputDataConfig: [channel('train', 's3://data/p/')] }) };
    await showFastFiles.run(other, never());
    assert.equal(await mountFastFiles.start(other), undefined);
    assert.deepEqual(mounter.calls, []);
    assert.ok(!existsSync(join(instance.folder.home, 'fast-file')));
  });
});

const inode = (path: string) => statSync(path).ino;

const blobPath = (folder: string, id: string) => {
  const landed = join(folder, 'blobs', id.slice(0, 2), id.slice(2, 4), id);
  return existsSync(landed) ? landed : join(folder, 'incoming', id);
};
