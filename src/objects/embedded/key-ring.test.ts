import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KeyRing } from './key-ring.ts';
import { refused } from './temporary-store.fixture.ts';

const home = { region: 'eu-central-1', account: '123456789012' };
const prefix = 'arn:aws:kms:eu-central-1:123456789012';

function ringPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'keys.json');
}

test('the ring is made once, for its owner only', (t) => {
  const path = ringPath(t);
  const first = KeyRing.open(path, home).resolve('alias/aws/s3');
  assert.match(first, /^arn:aws:kms:eu-central-1:123456789012:key\/[0-9a-f-]{36}$/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const content = readFileSync(path, 'utf8');
  assert.equal(KeyRing.open(path, home).resolve('alias/aws/s3'), first);
  assert.equal(readFileSync(path, 'utf8'), content);
});

test('a key answers to its id, its alias and their ARNs', (t) => {
  const ring = KeyRing.open(ringPath(t), { ...home, keys: ['training'] });
  const arn = `${prefix}:key/training`;
  for (const name of ['training', 'alias/training', arn, `${prefix}:alias/training`]) {
    assert.equal(ring.resolve(name), arn);
    assert.ok(ring.has(name));
  }
});

test('a key configured by an ARN keeps it, wherever it is', (t) => {
  const arn = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const path = ringPath(t);
  assert.equal(KeyRing.open(path, { ...home, keys: [arn] }).resolve(arn), arn);
  const ring = KeyRing.open(path, {
    ...home,
    keys: ['arn:aws:kms:us-west-2:111122223333:alias/team/models'],
  });
  assert.match(ring.resolve('alias/team/models'), /^arn:aws:kms:us-west-2:111122223333:key\//);
  assert.ok(ring.has(arn), 'a key that is no longer configured stays, for what it protects');
});

test('a key that is not there is said so in the words of KMS', (t) => {
  const ring = KeyRing.open(ringPath(t), { ...home, keys: ['training'] });
  const names = [
    ...['other', 'alias/other', `${prefix}:key/other`, '', 'a b', `${prefix}:training`, 'key/', 'alias/'],
    'arn:aws:kms:us-east-1:123456789012:key/training',
  ];
  for (const name of names) {
    assert.ok(!ring.has(name), name);
    assert.throws(() => ring.resolve(name), refused('KMS.NotFoundException'), name);
  }
  assert.throws(() => ring.resolve('alias/other'), { message: `Alias ${prefix}:alias/other is not found.` });
  assert.throws(() => ring.resolve('other'), { message: `Key '${prefix}:key/other' does not exist` });
});

test('a wrapped data key opens with its own ring and blob only', (t) => {
  const [path, otherPath] = [ringPath(t), ringPath(t)];
  for (const encryption of [{ kind: 'AES256' }, { kind: 'aws:kms', keyId: 'alias/aws/s3' }] as const) {
    const { key, cipher } = KeyRing.open(path, home).seal(encryption, 'blob-1');
    const ring = KeyRing.open(path, home);
    assert.deepEqual(ring.unseal(cipher, 'blob-1'), key);
    assert.throws(() => ring.unseal(cipher, 'blob-2'));
    assert.throws(
      () => KeyRing.open(otherPath, home).unseal(cipher, 'blob-1'),
      refused('KMS.NotFoundException'),
    );
  }
});

test('a ring that others may read, or that is damaged, is refused', (t) => {
  const path = ringPath(t);
  KeyRing.open(path, home);
  chmodSync(path, 0o640);
  assert.throws(() => KeyRing.open(path, home), /mode must be 0600/);
  chmodSync(path, 0o600);
  writeFileSync(path, '{"version":1,"s3":{"id":"x","material":"c2hvcnQ="},"kms":[]}');
  assert.throws(() => KeyRing.open(path, home), /damaged[\s\S]*32 bytes/);
});
