import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Capacity } from './capacity.ts';
import type { Claim, InstanceNeed, Lease } from './claim.ts';

const settings = {
  quotas: { 'ml.m5.large': 3 },
  pools: { compute: { instanceTypes: ['ml.c5.large', 'ml.c5.xlarge'], instances: 2 } },
};
const resources = { instances: 5, gpus: [0, 1] };

const instances = (count: number, instanceType = 'ml.t3.large', gpus = 0): InstanceNeed[] =>
  Array.from({ length: count }, () => ({ instanceType, gpus }));

/** Those who ask, by the order of their numbers, and what became of them. */
function desk(capacity = new Capacity(resources, settings)) {
  const granted = new Map<number, Lease>();
  const takenBack: number[] = [];
  const leaving = new Map<number, AbortController>();
  const claimOf = (order: number, need: readonly InstanceNeed[], isSpot: boolean): Claim => ({
    ...{ order, need, isSpot },
    takeBack: () => takenBack.push(order),
  });
  return {
    capacity,
    granted,
    takenBack,
    async ask(order: number, need: readonly InstanceNeed[], isSpot = false) {
      const leave = new AbortController();
      leaving.set(order, leave);
      capacity.take(claimOf(order, need, isSpot), leave.signal).then(
        (lease) => granted.set(order, lease),
        () => {},
      );
      await settled();
    },
    async giveBack(order: number) {
      granted.get(order)?.release();
      granted.delete(order);
      await settled();
    },
    async leave(order: number) {
      leaving.get(order)?.abort(new Error('stopped'));
      await settled();
    },
    has: () => [...granted.keys()].sort((a, b) => a - b),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('all of a job’s instances are given at once, and nobody overtakes one who waits for the same', async () => {
  const { ask, giveBack, has } = desk();
  await ask(1, instances(3));
  await ask(2, instances(4));
  await ask(3, instances(1));
  assert.deepEqual(has(), [1], '3 would fit, but 2 comes first');
  await giveBack(1);
  assert.deepEqual(has(), [2, 3]);
});

test('who waits for a full pool, quota or GPU keeps only those from going on who need it too', async () => {
  const { ask, giveBack, has } = desk();
  await ask(1, instances(2, 'ml.c5.large'));
  await ask(2, instances(1, 'ml.c5.xlarge'));
  await ask(3, instances(1, 'ml.g5.xlarge', 2));
  await ask(4, instances(1, 'ml.g5.xlarge', 1));
  await ask(5, instances(1, 'ml.m5.large'));
  assert.deepEqual(has(), [1, 3, 5]);
  // It waits for the pool, so nobody may take the quota of its other type before it.
  await ask(6, [...instances(1, 'ml.c5.large'), ...instances(1, 'ml.m5.large')]);
  await ask(7, instances(1, 'ml.m5.large'));
  assert.deepEqual(has(), [1, 3, 5]);
  await ask(8, instances(1));
  assert.deepEqual(has(), [1, 3, 5, 8]);
  await giveBack(1);
  assert.deepEqual(has(), [2, 3, 5, 8], 'now 6 lacks an instance of the machine, and all behind it wait');
  await giveBack(8);
  assert.deepEqual(has(), [2, 3, 5, 6]);
  await giveBack(2);
  assert.deepEqual(has(), [3, 5, 6, 7]);
});

test('a limit that is too small for ever is named, with what is in use', async () => {
  const { ask, capacity } = desk();
  await ask(1, instances(2, 'ml.m5.large'));
  assert.equal(capacity.exceededBy(instances(3, 'ml.m5.large')), undefined, 'it may wait for it');
  assert.deepEqual(capacity.exceededBy(instances(4, 'ml.m5.large')), {
    name: 'ml.m5.large for training job usage',
    total: 3,
    used: 2,
    wanted: 4,
    setting: 'quotas.ml.m5.large',
  });
  assert.equal(capacity.exceededBy(instances(6))?.setting, 'executors.process.maxInstances');
  assert.equal(capacity.exceededBy(instances(3, 'ml.c5.large'))?.setting, 'capacity.compute');
});

test('a quota of * is for each type by itself', () => {
  const capacity = new Capacity(resources, { quotas: { '*': 2, 'ml.m5.large': 0 }, pools: {} });
  assert.equal(
    capacity.exceededBy([...instances(2, 'ml.c5.large'), ...instances(2, 'ml.c5.xlarge')]),
    undefined,
  );
  assert.equal(capacity.exceededBy(instances(3, 'ml.c5.large'))?.setting, 'quotas.*');
  assert.equal(capacity.exceededBy(instances(1, 'ml.m5.large'))?.total, 0);
});

test('only spot jobs that make room are taken back, and no more of them than it takes', async () => {
  const { ask, takenBack, giveBack, has } = desk();
  await ask(1, instances(2, 'ml.c5.large'), true);
  await ask(2, instances(1, 'ml.m5.large'), true);
  await ask(3, instances(1, 'ml.c5.xlarge'));
  assert.deepEqual(takenBack, [1], 'the youngest holds nothing of the pool');
  await giveBack(1);
  assert.deepEqual(has(), [2, 3]);
  await ask(4, instances(4));
  assert.deepEqual(takenBack, [1, 2]);
});

test('an older spot job is enough where it makes all the room', async () => {
  const { ask, takenBack } = desk();
  await ask(1, instances(4), true);
  await ask(2, instances(1), true);
  await ask(3, instances(4));
  assert.deepEqual(takenBack, [1]);
});

test('an instance that is replaced stays out of use, and counts for no quota twice', async () => {
  const { ask, granted, giveBack, has } = desk();
  await ask(1, instances(3, 'ml.m5.large', 0));
  const lease = granted.get(1);
  assert.ok(lease?.replace(0));
  assert.ok(lease?.replace(1));
  assert.equal(lease?.replace(2), undefined, 'five instances are all there are');
  await ask(2, instances(1));
  assert.deepEqual(has(), [1]);
  await giveBack(1);
  await ask(3, instances(4));
  assert.deepEqual(has(), [2, 3]);
});

const anyNeed: fc.Arbitrary<readonly InstanceNeed[]> = fc.array(
  fc.constantFrom(
    { instanceType: 'ml.m5.large', gpus: 0 },
    { instanceType: 'ml.c5.large', gpus: 0 },
    { instanceType: 'ml.t3.large', gpus: 0 },
    { instanceType: 'ml.g5.xlarge', gpus: 1 },
  ),
  { minLength: 1, maxLength: 5 },
);

const anyStep = fc.oneof(
  fc.record({ what: fc.constant('ask' as const), need: anyNeed, isSpot: fc.boolean() }),
  fc.record({ what: fc.constantFrom('giveBack' as const, 'leave' as const), which: fc.nat(20) }),
);

/** What each need takes of what a lane is for, told in another way than the code does. */
const uses = (need: readonly InstanceNeed[]) => ({
  quota: need.filter(({ instanceType }) => instanceType === 'ml.m5.large').length,
  pool: need.filter(({ instanceType }) => instanceType === 'ml.c5.large').length,
  gpus: need.reduce((sum, { gpus }) => sum + gpus, 0),
});
const total = { quota: 3, pool: 2, gpus: 2 };
const lanes = ['quota', 'pool', 'gpus'] as const;

test('no limit is exceeded, nobody is overtaken in a lane, nobody waits in vain, and all have their turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      const all = desk();
      const asked = new Map<number, { need: readonly InstanceNeed[]; isSpot: boolean }>();
      let order = 0;
      const sum = (needs: readonly (readonly InstanceNeed[])[]) => uses(needs.flat());
      const needsOf = (orders: readonly number[]) => orders.map((each) => asked.get(each)?.need ?? []);
      const check = () => {
        const held = needsOf(all.has());
        const used = sum(held);
        assert.ok(held.flat().length <= resources.instances);
        for (const lane of lanes) assert.ok(used[lane] <= total[lane], lane);
        const free = resources.instances - held.flat().length;
        const waiting = [...asked]
          .filter(([each]) => !all.granted.has(each))
          .sort(([a, x], [b, y]) => Number(x.isSpot) - Number(y.isSpot) || a - b);
        const kept = new Set<string>();
        for (const [, { need }] of waiting) {
          const wanted = uses(need);
          const own = lanes.filter((lane) => wanted[lane] > 0);
          const isNext = !own.some((lane) => kept.has(lane));
          const lanesHaveRoom = own.every((lane) => used[lane] + wanted[lane] <= total[lane]);
          assert.ok(!(isNext && lanesHaveRoom && need.length <= free), 'somebody waits in vain');
          if (isNext && lanesHaveRoom) break;
          for (const lane of own) kept.add(lane);
        }
      };
      for (const step of steps) {
        if (step.what === 'ask') {
          if (all.capacity.exceededBy(step.need)) continue;
          asked.set(++order, { need: step.need, isSpot: step.isSpot });
          await all.ask(order, step.need, step.isSpot);
        } else {
          const chosen = [...asked.keys()][step.which % Math.max(1, asked.size)] ?? 0;
          if (all.granted.has(chosen) === (step.what === 'leave')) continue;
          await all[step.what](chosen);
          asked.delete(chosen);
        }
        check();
      }
      while (asked.size > 0) {
        const [first] = all.has();
        assert.ok(first !== undefined, 'all that there is is free, and nobody has it');
        await all.giveBack(first);
        asked.delete(first);
        check();
      }
    }),
    { numRuns: 200 },
  );
});

test('10,000 who wait are all served, one after the other', async () => {
  const capacity = new Capacity({ instances: 10, gpus: [] });
  let served = 0;
  const take = async (order: number) => {
    const claim = { need: instances(1), order, isSpot: false, takeBack: () => {} };
    const lease = await capacity.take(claim, new AbortController().signal);
    served++;
    await settled();
    lease.release();
  };
  await Promise.all(Array.from({ length: 10_000 }, (_, order) => take(order)));
  assert.equal(served, 10_000);
});

test('what there is, who has it, and who waits for what, in the order of their turns', async () => {
  const { capacity, ask } = desk();
  await ask(1, instances(2, 'ml.c5.large'));
  await ask(4, instances(1), true);
  await ask(3, instances(1, 'ml.c5.xlarge'));
  await ask(2, instances(4));
  const { limits, holders, waiting } = capacity.view();
  const [all] = limits;
  assert.deepEqual(all, {
    ...{ name: 'Number of instances across training jobs', setting: 'executors.process.maxInstances' },
    ...{ total: 5, free: 2 },
  });
  assert.deepEqual(holders, [
    { order: 1, isTakenBack: false },
    { order: 4, isTakenBack: false },
  ]);
  assert.deepEqual(
    waiting.map(({ order, lacks }) => [order, lacks]),
    [
      [2, ['Number of instances across training jobs']],
      [3, ['ml.c5.large, ml.c5.xlarge for training job usage']],
    ],
  );
});
