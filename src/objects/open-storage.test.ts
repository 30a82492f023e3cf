import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import { Database } from '../store/database.ts';
import { bodyOf } from './embedded/temporary-store.fixture.ts';
import { openStorage } from './open-storage.ts';

const keys = { region: 'eu-central-1', account: '123456789012', keys: ['training'] };

test('the embedded store keeps all in its folder, and is the same one after a restart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-open-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = { kind: 'embedded', folder: join(folder, 'objects') } as const;
  const path = join(folder, 'downloaded');
  for (const start of ['first', 'second']) {
    const database = new Database(join(folder, 'trainyard.db'));
    const { storage, embedded, close } = openStorage(config, { database, clock: new TestClock(), keys });
    assert.ok(embedded);
    if (start === 'first') {
      embedded.store.createBucket('data');
      await storage.upload({ bucket: 'data', key: 'a' }, bodyOf('secret'), { kmsKeyId: 'training' });
    }
    for await (const object of storage.list('data', ''))
      await storage.download({ bucket: 'data', ...object }, path);
    assert.equal(readFileSync(path, 'utf8'), 'secret', `after the ${start} start`);
    rmSync(path);
    await close();
    database.close();
  }
  assert.deepEqual(readdirSync(config.folder).sort(), ['blobs', 'incoming', 'keys.json', 'shown']);
});

test('another S3 has no embedded store, and is not called before it is used', async () => {
  const database = new Database(':memory:');
  const config = { kind: 's3', region: 'eu-central-1', endpoint: 'http://127.0.0.1:1' } as const;
  const { storage, embedded, close } = openStorage(config, { database, clock: new TestClock(), keys });
  assert.equal(embedded, undefined);
  assert.equal(typeof storage.download, 'function');
  await close();
  database.close();
});
