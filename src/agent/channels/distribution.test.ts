import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Channel } from './channel.ts';
import { objectsForHost, shardOf } from './distribution.ts';

const channelOf = (more: Partial<Channel>): Channel => ({
  name: 'train',
  inputMode: 'File',
  dataType: 'S3Prefix',
  uri: 's3://data/p/',
  bucket: 'data',
  key: 'p/',
  hosts: [],
  sharded: true,
  ...more,
});

const objects = (keys: readonly string[]) => keys.map((key) => ({ key }));
const keysFor = (channel: Channel, keys: readonly string[], host: number, hosts: number, epoch?: number) => {
  const names = Array.from({ length: hosts }, (_, at) => `algo-${at + 1}`);
  const plan = { host: names[host] ?? '' };
  return objectsForHost({ ...channel, hosts: names }, objects(keys), plan, epoch).map(({ key }) => key);
};

test('object i of the keys in order goes to host i mod n', () => {
  // training contract §2.4
  assert.deepEqual(keysFor(channelOf({}), ['a', 'b', 'c', 'd', 'e'], 1, 2), ['b', 'd']);
  assert.deepEqual(keysFor(channelOf({}), ['a'], 1, 2), []);
});

test('a manifest is sharded by its keys in UTF-8 order too, and delivered whole in its own', () => {
  const keys = ['p/\u{1f600}', 'p/b', 'p/\uff5e', 'p/a'];
  const manifest = channelOf({ dataType: 'ManifestFile' });
  assert.deepEqual(keysFor(manifest, keys, 0, 2), ['p/a', 'p/\uff5e']);
  assert.deepEqual(keysFor(manifest, keys, 1, 2), ['p/b', 'p/\u{1f600}']);
  assert.deepEqual(keysFor({ ...manifest, sharded: false }, keys, 1, 2), keys);
});

test('whatever the objects, the hosts, the seed and the epoch are, each object is on one host, or on all', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string(), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.nat(), { nil: undefined }),
      fc.nat(5),
      fc.boolean(),
      (keys, hosts, seed, epoch, sharded) => {
        const channel = channelOf({ sharded, ...(seed === undefined ? {} : { shuffleSeed: seed }) });
        const shards = Array.from({ length: hosts }, (_, host) => keysFor(channel, keys, host, hosts, epoch));
        const expected = sharded ? [...keys].sort() : [...Array(hosts).fill(keys).flat()].sort();
        assert.deepEqual(shards.flat().sort(), expected);
        const sizes = shards.map((shard) => shard.length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      },
    ),
  );
});

test('one host gets everything', () => {
  assert.deepEqual(shardOf(['a', 'b', 'c'], 0, 1), ['a', 'b', 'c']);
});

test('a seed mixes, the same one always in the same way, and each epoch in another', () => {
  const keys = Array.from({ length: 50 }, (_, at) => String(at).padStart(2, '0'));
  const shuffledBy = (seed: number, epoch?: number) =>
    keysFor(channelOf({ shuffleSeed: seed }), keys, 0, 2, epoch);
  assert.deepEqual(shuffledBy(1), shuffledBy(1, 0));
  assert.notDeepEqual(shuffledBy(1), shuffledBy(2));
  assert.notDeepEqual(shuffledBy(1), shuffledBy(1, 1));
  assert.notDeepEqual([...shuffledBy(1)].sort(), keysFor(channelOf({}), keys, 0, 2));
});
