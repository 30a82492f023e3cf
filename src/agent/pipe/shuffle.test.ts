import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unitsOf } from './epoch-bytes.ts';
import { shuffled } from './shuffle.ts';

test('an order has each number once, and is the same for the same seed and epoch', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer(), fc.nat(50), (count, seed, epoch) => {
      const order = shuffled(count, seed, epoch);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        [...Array(count).keys()],
      );
      assert.deepEqual(shuffled(count, seed, epoch), order);
    }),
  );
});

test('epochs and seeds have orders of their own', () => {
  const orders = [0, 1, 2, 3].flatMap((seed) =>
    [0, 1, 2, 3].map((epoch) => shuffled(50, seed, epoch).join()),
  );
  assert.equal(new Set(orders).size, 16);
});

test('each place is as likely for a number as any other', () => {
  const counts = Array.from({ length: 25 }, () => 0);
  for (let seed = 0; seed < 5000; seed++) {
    for (const [place, number] of shuffled(5, seed, 0).entries()) {
      counts[place * 5 + number] = (counts[place * 5 + number] ?? 0) + 1;
    }
  }
  // 1000 each, with a standard deviation of 28: the seeds are fixed, so this is no matter of luck.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 150, counts.join());
});

test('the hosts’ shares of an epoch are a partition of its units', () => {
  fc.assert(
    fc.property(
      fc.nat(40),
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.nat()),
      fc.nat(3),
      (n, shards, seed, epoch) => {
        const units = Array.from({ length: n }, (_, unit) => [String(unit)]);
        const plan = {
          name: 'c',
          gzip: false,
          recordIo: false,
          shards,
          units,
          ...(seed !== null && { seed }),
        };
        const shares = Array.from({ length: shards }, (_, shard) => [...unitsOf({ ...plan, shard }, epoch)]);
        const all = shares.flat().map(([item]) => Number(item));
        assert.deepEqual(
          all.sort((a, b) => a - b),
          [...Array(n).keys()],
        );
        for (const share of shares) assert.ok(Math.abs(share.length - n / shards) < 1);
      },
    ),
  );
});
