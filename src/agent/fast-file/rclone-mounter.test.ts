import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { EmbeddedStore } from '../../objects/embedded/embedded-store.ts';
import { bodyOf, patternBytes, plain } from '../../objects/embedded/temporary-store.fixture.ts';
import { S3Server, SIGNING } from '../../services/s3/testing/s3-server.ts';
import { never } from '../testing/test-instance.fixture.ts';
import { RcloneMounter } from './rclone-mounter.ts';

/** The server is in this process: nothing here may wait for a file of the mount without letting it work. */
const run = promisify(execFile);

const anywhere = new RcloneMounter({ region: 'us-east-1' });
const skip = (await anywhere.refusal()) ?? false;

/** An S3 server that counts the bytes that are read from it, a mounter of its objects, and a place to mount them at. */
async function remote(t: TestContext) {
  const read: { key: string; bytes: number }[] = [];
  const wrap = (store: EmbeddedStore): EmbeddedStore =>
    new Proxy(store, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (name === 'read') {
            const [object, range] = args as Parameters<EmbeddedStore['read']>;
            read.push({ key: object.key, bytes: range?.length ?? object.size });
          }
          return member.apply(target, args);
        };
      },
    });
  const server = await S3Server.start({ wrap });
  server.store.createBucket('data');
  const put = (key: string, body: string | Buffer) =>
    server.store.put({ bucket: 'data', key }, bodyOf(body), plain);
  const mounter = new RcloneMounter({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: server.region,
    credentials: { accessKeyId: SIGNING.accessKeyId, secretAccessKey: SIGNING.secretAccessKey },
    pathStyle: true,
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trainyard rclone-')));
  const place = { target: join(folder, 'shown'), folder: join(folder, 'state') };
  mkdirSync(place.folder);
  t.after(async () => {
    await mounter.unmount(place.target);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { server, put, mounter, place, read };
}

const isMounted = (path: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path.replaceAll(' ', '\\040')} `);

describe('a mount by rclone', { skip }, () => {
  it('shows a folder of a bucket and reads only what is asked for', async (t) => {
    const { put, mounter, place, read } = await remote(t);
    const large = patternBytes(24 * 1024 * 1024);
    await put('p/large', large);
    await put('p/deep/small', 'small');
    await put('q/other', 'other');
    await mounter.mount({ bucket: 'data', key: 'p/' }, place, never());
    assert.deepEqual((await readdir(place.target)).sort(), ['deep', 'large']);
    assert.equal((await stat(join(place.target, 'large'))).size, large.length);
    assert.equal(read.length, 0);
    const { stdout: head } = await run('head', ['-c', '1000', join(place.target, 'large')], {
      encoding: 'buffer',
    });
    assert.ok(head.equals(large.subarray(0, 1000)));
    assert.ok(
      read.reduce((sum, each) => sum + each.bytes, 0) <= 4 * 1024 * 1024,
      `read ${JSON.stringify(read)}`,
    );
    assert.equal(await readFile(join(place.target, 'deep/small'), 'utf8'), 'small');
    assert.ok((await readFile(join(place.target, 'large'))).equals(large));
    await assert.rejects(writeFile(join(place.target, 'new'), ''), { code: 'EROFS' });
  });

  it('has no secret in the list of processes, and is found again by another mounter', async (t) => {
    const { put, mounter, place } = await remote(t);
    await put('p/a', 'a');
    await mounter.mount({ bucket: 'data', key: 'p/' }, place, never());
    const processes = (await run('ps', ['-eo', 'pid,sid,args'])).stdout.split('\n');
    const own = processes.filter((line) => line.includes(place.target));
    assert.equal(own.length, 1);
    assert.ok(!own[0]?.includes(SIGNING.secretAccessKey));
    assert.equal((await stat(join(place.folder, 'rclone.conf'))).mode & 0o777, 0o600);
    const [, sid] = own[0]?.trim().split(/\s+/) ?? [];
    assert.notEqual(sid, readFileSync('/proc/self/stat', 'utf8').split(' ')[5], 'it has its own session');
    const next = new RcloneMounter({ region: 'us-east-1' });
    await next.mount({ bucket: 'data', key: 'p/' }, place, never());
    assert.equal(await readFile(join(place.target, 'a'), 'utf8'), 'a');
    await next.unmount(place.target);
    assert.ok(!isMounted(place.target));
    await next.unmount(place.target);
  });

  it('is made anew when its process was killed', async (t) => {
    const { put, mounter, place } = await remote(t);
    await put('p/a', 'a');
    await mounter.mount({ bucket: 'data', key: 'p/' }, place, never());
    const processes = (await run('ps', ['-eo', 'pid,args'])).stdout.split('\n');
    process.kill(Number.parseInt(processes.find((line) => line.includes(place.target)) ?? '', 10), 'SIGKILL');
    await mounter.mount({ bucket: 'data', key: 'p/' }, place, never());
    assert.equal(await readFile(join(place.target, 'a'), 'utf8'), 'a');
  });

  it('fails with the cause and leaves nothing mounted where there is nothing to see', async (t) => {
    const { mounter, place } = await remote(t);
    for (const bucket of ['none', 'data']) {
      await assert.rejects(mounter.mount({ bucket, key: 'p/' }, place, never()), /./);
      assert.ok(!isMounted(place.target));
    }
  });

  it('fails with the store’s own words where it is refused', async (t) => {
    const { put, server, place } = await remote(t);
    await put('p/a', 'a');
    const stranger = new RcloneMounter({
      endpoint: `http://127.0.0.1:${server.port}`,
      region: server.region,
      credentials: { accessKeyId: SIGNING.accessKeyId, secretAccessKey: 'not the secret' },
      pathStyle: true,
    });
    await assert.rejects(
      stranger.mount({ bucket: 'data', key: 'p/' }, place, never()),
      /SignatureDoesNotMatch/,
    );
    assert.ok(!isMounted(place.target));
  });
});

it('where rclone or FUSE is missing, a mount is refused with what to install', async () => {
  const why = (await new RcloneMounter({ region: 'us-east-1' }, '/nowhere').refusal()) ?? '';
  assert.match(
    why,
    /^objects of another S3 are mounted with .*(rclone is not installed: apt-get install rclone fuse3|\/dev\/fuse)/,
  );
});
