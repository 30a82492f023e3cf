import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import type { Unsynced } from './sync-options.ts';
import { syncPlace, until } from './sync-place.fixture.ts';

const codeOf = (missing: Unsynced | undefined) =>
  missing?.error instanceof ObjectStorageError ? missing.error.code : undefined;

describe('while the algorithm runs', () => {
  test('new, changed, renamed and removed files, also in folders that are made meanwhile', async (t) => {
    const place = syncPlace(t);
    writeFileSync(place.path('early'), 'there before');
    const sync = await place.open();
    sync.watch();
    mkdirSync(place.path('step-1', 'deep'), { recursive: true });
    writeFileSync(place.path('step-1', 'deep', 'model'), 'one');
    await until('new files', () => place.inS3()['step-1/deep/model'] === 'one');
    assert.equal(place.inS3().early, 'there before');
    writeFileSync(place.path('step-1', 'deep', 'model'), 'other');
    renameSync(place.path('early'), place.path('late'));
    await until('a change and a rename', () => place.inS3()['step-1/deep/model'] === 'other');
    await until('the rename', () => !('early' in place.inS3()) && place.inS3().late === 'there before');
    renameSync(place.path('step-1'), place.path('step-2'));
    await until('a renamed folder', () => !('step-1/deep/model' in place.inS3()));
    assert.equal(place.inS3()['step-2/deep/model'], 'other');
    writeFileSync(place.path('step-2', 'deep', 'more'), 'in a folder that was renamed');
    await until('a file in it', () => 'step-2/deep/more' in place.inS3());
    rmSync(place.path('step-2'), { recursive: true });
    await until('a removed folder', () => Object.keys(place.inS3()).join() === 'late');
    assert.deepEqual(place.storage.keys('b'), ['ck/late', 'outside']);
  });

  test('the marker protocol (training contract §3.4)', async (t) => {
    const place = syncPlace(t);
    const marks = () =>
      ['uploading', 'uploaded'].filter((mark) => existsSync(place.path(`model.sagemaker-${mark}`)));
    const during: string[][] = [];
    place.storage.onUpload = () => {
      during.push(marks());
    };
    const sync = await place.open();
    sync.watch();
    writeFileSync(place.path('model'), 'one');
    writeFileSync(place.path('draft.sagemaker-ignore'), 'never');
    await until('it is safe', () => marks().join() === 'uploaded');
    writeFileSync(place.path('model'), 'another');
    await until('it is safe again', () => place.inS3().model === 'another' && marks().join() === 'uploaded');
    rmSync(place.path('model'));
    await until('it is removed', () => !('model' in place.inS3()) && marks().length === 0);
    assert.deepEqual(during, [['uploading'], ['uploading']]);
    renameSync(place.path('draft.sagemaker-ignore'), place.path('whole'));
    await until('the draft has its name', () => 'whole' in place.inS3());
    assert.deepEqual(place.inS3(), { whole: 'never' });
  });

  test('a file that another process has open for writing waits until it is closed', async (t) => {
    const place = syncPlace(t);
    const script = 'exec 3>"$1"; printf half >&3; echo written; read line; printf whole >&3';
    const writer = spawn('/bin/sh', ['-c', script, 'sh', place.path('model')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => writer.kill());
    await once(writer.stdout, 'data');
    const sync = await place.open();
    sync.watch();
    writeFileSync(place.path('other'), 'closed');
    await until('the closed one', () => 'other' in place.inS3());
    assert.ok(!('model' in place.inS3()));
    writer.stdin.end('go on\n');
    await until('the whole of it', () => place.inS3().model === 'halfwhole');
  });

  test('where files only grow, one that never rests is stored as far as it goes', async (t) => {
    const place = syncPlace(t);
    const sync = await place.open({ quiet: 60_000, open: 60_000, growing: 50 });
    sync.watch();
    const growing = setInterval(() => appendFileSync(place.path('events'), 'one more\n'), 10);
    t.after(() => clearInterval(growing));
    await until('some of it', () => (place.inS3().events ?? '').length > 0);
    const [length = 0] = [place.inS3().events?.length];
    await until('more of it', () => (place.inS3().events?.length ?? 0) > length);
    assert.ok(readFileSync(place.path('events'), 'utf8').startsWith(place.inS3().events ?? '-'));
  });

  test('a file that changes while it is sent is never stored as a mixture', async (t) => {
    const place = syncPlace(t);
    const size = 2_000_000;
    let changes = 0;
    place.storage.onUpload = () => {
      if (changes++ < 3) writeFileSync(place.path('model'), String(changes).repeat(size));
    };
    const sync = await place.open();
    writeFileSync(place.path('model'), '0'.repeat(size));
    sync.watch();
    await until('it is stored', () => 'model' in place.inS3());
    assert.equal(place.inS3().model, '3'.repeat(size));
  });

  test('links, and folders that are exchanged for links, lead nowhere', async (t) => {
    const place = syncPlace(t);
    const secret = join(place.root, '..', 'secret');
    mkdirSync(secret);
    writeFileSync(join(secret, 'key'), 'secret');
    symlinkSync(join(secret, 'key'), place.path('link'));
    mkdirSync(place.path('folder'));
    writeFileSync(place.path('folder', 'key'), 'mine');
    const sync = await place.open();
    sync.watch();
    await until('the file', () => 'folder/key' in place.inS3());
    rmSync(place.path('folder'), { recursive: true });
    symlinkSync(secret, place.path('folder'));
    assert.equal(await sync.flush(), undefined);
    assert.deepEqual(place.inS3(), {});
    assert.ok(!existsSync(join(secret, 'key.sagemaker-uploaded')));
    assert.match(place.said.join('\n'), /\/opt\/ml\/checkpoints\/link is not synced: it is a link/);
  });

  test('the folder itself removed: S3 keeps what it has, until the folder is there again', async (t) => {
    const place = syncPlace(t);
    const sync = await place.open();
    sync.watch();
    writeFileSync(place.path('model'), 'precious');
    await until('the file', () => 'model' in place.inS3());
    rmSync(place.root, { recursive: true });
    assert.equal(await sync.flush(), undefined);
    assert.deepEqual(place.inS3(), { model: 'precious' });
    assert.match(place.said.join('\n'), /was removed.*what is in S3 stays as it is/);
  });
});

describe('a store that fails', () => {
  test('is tried again, told of once in the log, and told of when it works again', async (t) => {
    const place = syncPlace(t);
    let failing = true;
    place.storage.onUpload = () => {
      if (failing) throw new ObjectStorageError('SlowDown', 'please');
    };
    const sync = await place.open();
    sync.watch();
    for (let n = 0; n < 30; n++) writeFileSync(place.path(`${n}`), `${n}`);
    await until('a line', () => place.said.length > 0);
    failing = false;
    await until('all files', () => Object.keys(place.inS3()).length === 30);
    await until('the good news', () => place.said.length === 2);
    assert.match(
      place.said[0] ?? '',
      /^\/opt\/ml\/checkpoints\/\d+ could not be brought to s3:\/\/b\/ck\/\d+: SlowDown: please; it is tried again/,
    );
    assert.equal(place.said[1], '/opt/ml/checkpoints is in S3 again as it is here');
  });

  test('one file that can not be stored holds up no other', async (t) => {
    const place = syncPlace(t);
    place.storage.onUpload = (key) => {
      if (key === 'ck/bad') throw new ObjectStorageError('AccessDenied', 'no');
    };
    const sync = await place.open();
    sync.watch();
    for (const name of ['bad', 'a', 'b', 'c']) writeFileSync(place.path(name), name);
    await until('the others', () => Object.keys(place.inS3()).length === 3);
    const missing = await sync.flush();
    assert.deepEqual([missing?.files, missing?.path], [1, 'bad']);
    assert.equal(codeOf(missing), 'AccessDenied');
  });

  test('large files that stall keep the small ones from nothing, and are tried again', async (t) => {
    const place = syncPlace(t);
    let stalls = 0;
    place.storage.onUpload = async (key) => {
      if (!key.startsWith('ck/large') || stalls++ >= 3) return;
      await delay(400);
    };
    const sync = await place.open({ stall: 100 });
    const large = 'x'.repeat(33 * 1024 * 1024);
    for (const name of ['large-1', 'large-2', 'large-3']) writeFileSync(place.path(name), large);
    sync.watch();
    writeFileSync(place.path('small'), 'quick');
    await until('the small one', () => 'small' in place.inS3());
    await until('all', () => place.storage.keys('b').length === 5);
    assert.ok(stalls > 3);
  });

  test('out of reach at the end: the flush gives up after its patience and names what is missing', async (t) => {
    const place = syncPlace(t);
    place.storage.onUpload = () => {
      throw new ObjectStorageError('ServiceUnavailable', 'gone');
    };
    const sync = await place.open({ flush: 200 });
    for (const name of ['a', 'b', 'c']) writeFileSync(place.path(name), name);
    const missing = await sync.flush();
    assert.equal(missing?.files, 3);
    assert.equal(codeOf(missing), 'ServiceUnavailable');
    place.storage.onUpload = () => {};
    assert.equal(await sync.flush(), undefined, 'another flush tries again');
    assert.deepEqual(place.inS3(), place.here());
  });

  test('a store that never answers does not hang the end', async (t) => {
    const place = syncPlace(t);
    place.storage.onUpload = () => new Promise(() => {});
    const sync = await place.open({ flush: 200 });
    writeFileSync(place.path('model'), 'x');
    assert.equal((await sync.flush())?.files, 1);
    await sync.close();
  });
});

describe('over crashes', () => {
  test('nothing is sent again that is there, and what was missed is made up for', async (t) => {
    const place = syncPlace(t);
    const sent: string[] = [];
    place.storage.onUpload = (key) => {
      sent.push(key);
    };
    const first = await place.open();
    for (const name of ['same', 'changed', 'removed']) writeFileSync(place.path(name), name);
    assert.equal(await first.flush(), undefined);
    await first.close();
    sent.length = 0;
    writeFileSync(place.path('changed'), 'another content');
    rmSync(place.path('removed'));
    writeFileSync(place.path('new'), 'new');
    writeFileSync(place.path('same.sagemaker-uploading'), '');
    place.storage.put('b', 'ck/foreign', 'of another host');
    const second = await place.open();
    assert.equal(await second.flush(), undefined);
    assert.deepEqual(sent.sort(), ['ck/changed', 'ck/new']);
    assert.deepEqual(place.inS3(), { ...place.here(), foreign: 'of another host' });
    await until('no stale marker', () => !existsSync(place.path('same.sagemaker-uploading')));
  });

  test('an upload that a kill broke off belongs to the job: its object goes with its file', async (t) => {
    const place = syncPlace(t);
    const begun = Promise.withResolvers<void>();
    place.storage.onUpload = () => {
      begun.resolve();
      return new Promise(() => {});
    };
    const first = await place.open();
    writeFileSync(place.path('model'), 'x');
    first.watch();
    await begun.promise;
    await first.close();
    // The store got all of it, and nobody was there any more to note it.
    place.storage.put('b', 'ck/model', 'x');
    rmSync(place.path('model'));
    const second = await place.open();
    assert.equal(await second.flush(), undefined);
    assert.deepEqual(place.inS3(), {});
  });
});
