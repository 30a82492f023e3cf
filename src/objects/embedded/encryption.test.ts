import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Encryption } from './embedded-store.ts';
import {
  allBytes,
  bodyOf,
  named,
  patternBytes,
  plain,
  refused,
  temporaryStore,
} from './temporary-store.fixture.ts';

const target = { bucket: 'data', key: 'secret' };
const MIB = 1024 * 1024;

const kinds: readonly Encryption[] = [{ kind: 'AES256' }, { kind: 'aws:kms', keyId: 'alias/training' }];

/** Ranges that begin and end within, at and across the cipher's blocks, the chunks that are read and the parts. */
const ranges = [
  [0, 1],
  [0, 16],
  [1, 31],
  [15, 2],
  [16, 17],
  [524_287, 35],
  [5 * MIB - 1, 2],
  [5 * MIB + 7, 100_001],
] as const;

for (const encryption of kinds) {
  test(`${encryption.kind}: no file holds a plain byte run, and every range reads back`, async (t) => {
    const { store, folder } = temporaryStore(t);
    const bytes = patternBytes(5 * MIB + 200_000);
    const upload = store.createUpload({ bucket: 'data', key: 'in parts' }, { ...plain, encryption });
    const parts = [
      await store.putPart(upload, 1, bodyOf(bytes.subarray(0, 5 * MIB)), plain),
      await store.putPart(upload, 2, bodyOf(bytes.subarray(5 * MIB)), plain),
    ];
    const objects = [
      await store.put(target, bodyOf(bytes), { ...plain, encryption }),
      await store.completeUpload(upload, parts.map(named), {}),
    ];
    for (const object of objects) {
      for (const [start, length] of ranges) {
        const read = Buffer.concat(await store.read(object, { start, length }).toArray());
        assert.ok(read.equals(bytes.subarray(start, start + length)), `${object.key}: ${start}+${length}`);
      }
      assert.ok(Buffer.concat(await store.read(object).toArray()).equals(bytes));
    }
    const onDisk = allBytes(folder);
    for (const at of [0, 16, 4096, 5 * MIB, bytes.length - 24]) {
      assert.ok(!onDisk.includes(bytes.subarray(at, at + 24)), `the plain bytes at ${at} are on the disk`);
    }
  });
}

test('plain objects are on the disk as they are, so the search above can find something', async (t) => {
  const { store, folder } = temporaryStore(t);
  const bytes = patternBytes(100_000);
  await store.put(target, bodyOf(bytes), plain);
  assert.ok(allBytes(folder).includes(bytes.subarray(4096, 4120)));
});

test('the same bytes are never encrypted twice alike', async (t) => {
  const { store, folder } = temporaryStore(t);
  const encryption = { kind: 'AES256' } as const;
  const bytes = patternBytes(4096);
  const sizeBefore = allBytes(folder).length;
  for (const key of ['a', 'b'])
    await store.put({ bucket: 'data', key }, bodyOf(bytes), { ...plain, encryption });
  const [a, b] = ['a', 'b'].map((key) => store.head({ bucket: 'data', key }).blobs[0]?.cipher);
  assert.ok(a && b && sizeBefore > 0);
  assert.notEqual(a.wrappedKey, b.wrappedKey);
  assert.notEqual(a.nonce, b.nonce);
});

test('an object says the ARN of its key, and an unknown key is refused before a byte is read', async (t) => {
  const { store } = temporaryStore(t);
  const object = await store.put(target, bodyOf('x'), {
    ...plain,
    encryption: { kind: 'aws:kms', keyId: 'training', bucketKey: true },
  });
  const keyId = 'arn:aws:kms:eu-central-1:123456789012:key/training';
  assert.deepEqual(object.encryption, { kind: 'aws:kms', keyId, bucketKey: true });
  const encryption = { kind: 'aws:kms', keyId: 'alias/unknown' } as const;
  let read = false;
  async function* body() {
    read = true;
    yield Buffer.from('x');
  }
  await assert.rejects(store.put(target, body(), { ...plain, encryption }), refused('KMS.NotFoundException'));
  assert.throws(() => store.createUpload(target, { ...plain, encryption }), refused('KMS.NotFoundException'));
  assert.equal(read, false);
});
