import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.ts';

test('so many at a time, in order, and a failure frees its slot', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const results = ends.map((end, at) =>
    slots.run(() => {
      begun.push(at);
      return end.promise;
    }),
  );
  const settled = Promise.allSettled(results);
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1]);
  ends[1]?.reject(new Error('failed'));
  await assert.rejects(results[1] ?? Promise.resolve());
  await new Promise(setImmediate);
  assert.deepEqual(begun, [0, 1, 2]);
  for (const [at, end] of ends.entries()) end.resolve(at);
  assert.deepEqual(
    (await settled).map((each) => (each.status === 'fulfilled' ? each.value : 'failed')),
    [0, 'failed', 2, 3, 4],
  );
  assert.equal(await slots.run(async () => 'again'), 'again');
});

test('who is told to stop while waiting leaves at once, and nobody waits for them', async () => {
  const slots = new Slots(1);
  const first = Promise.withResolvers<void>();
  const running = slots.run(() => first.promise);
  const controller = new AbortController();
  const leaving = slots.run(async () => assert.fail('it was stopped'), controller.signal);
  const last = slots.run(async () => 'done');
  const reason = new Error('stopped');
  controller.abort(reason);
  await assert.rejects(leaving, reason);
  await assert.rejects(
    slots.run(async () => 0, controller.signal),
    reason,
  );
  first.resolve();
  await running;
  assert.equal(await last, 'done');
});
