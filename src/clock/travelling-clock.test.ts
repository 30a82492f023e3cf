import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClockMemory, TravellingClock } from './travelling-clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function memory(): ClockMemory & { offset: number } {
  return {
    offset: 0,
    read() {
      return this.offset;
    },
    write(offset) {
      this.offset = offset;
    },
  };
}

const near = (actual: number, wanted: number) =>
  assert.ok(actual >= wanted && actual < wanted + HOUR / 2, `${actual} is not just after ${wanted}`);

test('it runs with the machine, and 28 days pass at once', async () => {
  const clock = new TravellingClock(memory());
  const start = clock.now();
  near(start, Date.now() - 1000);
  near(await clock.advance(28 * DAY), start + 28 * DAY);
  await clock.sleep(5);
  near(clock.now(), start + 28 * DAY + 5);
});

test('sleepers are woken in order, each at its own instant', async () => {
  const clock = new TravellingClock(memory());
  const start = clock.now();
  const woken: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push([name, clock.now() - start]);
  };
  const sleeps = [sleep('day', DAY), sleep('hour', HOUR), sleep('week', 7 * DAY)];
  await clock.advance(10 * DAY);
  await Promise.all(sleeps);
  assert.deepEqual(
    woken.map(([name]) => name),
    ['hour', 'day', 'week'],
  );
  for (const [index, due] of [HOUR, DAY, 7 * DAY].entries()) near(woken[index]?.[1] ?? 0, due);
});

test('what begins to wait during an advance waits its full time after it', async () => {
  const clock = new TravellingClock(memory());
  const start = clock.now();
  let graceEnded = 0;
  const stopped = clock.sleep(HOUR).then(async () => {
    await clock.sleep(DAY);
    graceEnded = clock.now();
  });
  await clock.advance(2 * DAY);
  assert.equal(graceEnded, 0);
  await clock.advance(DAY);
  await stopped;
  near(graceEnded, start + 3 * DAY);
});

test('an aborted sleep rejects with its reason and is not woken', async () => {
  const clock = new TravellingClock(memory());
  const reason = new Error('enough');
  const over = new AbortController();
  const slept = assert.rejects(clock.sleep(HOUR, over.signal), reason);
  over.abort(reason);
  await slept;
  await assert.rejects(clock.sleep(HOUR, over.signal), reason);
  await clock.advance(DAY);
});

test('a restart does not put it back, and what was remembered is remembered before the time is advanced', async () => {
  const kept = memory();
  const clock = new TravellingClock(kept);
  await clock.advance(28 * DAY);
  near(new TravellingClock(kept).now(), clock.now());
  const failing = new TravellingClock({
    read: () => 0,
    write: () => {
      throw new Error('the disk is full');
    },
  });
  const before = failing.now();
  await assert.rejects(failing.advance(DAY), /disk is full/);
  near(failing.now(), before);
});

test('advances add up', async () => {
  const clock = new TravellingClock(memory());
  const start = clock.now();
  await Promise.all([clock.advance(DAY), clock.advance(DAY), clock.advance(DAY)]);
  near(clock.now(), start + 3 * DAY);
});
