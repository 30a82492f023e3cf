import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inParallel } from './in-parallel.ts';

const never = new AbortController().signal;

test('each item is worked on once, in order, and no more at a time than allowed', async () => {
  const seen: string[] = [];
  let now = 0;
  let most = 0;
  await inParallel(['a', 'b', 'c', 'd', 'e'], 2, never, async (item, index) => {
    seen.push(`${index}${item}`);
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
  });
  assert.deepEqual(seen, ['0a', '1b', '2c', '3d', '4e']);
  assert.equal(most, 2);
});

test('the first failure stops the rest, and nothing is at work when it is told', async () => {
  let working = 0;
  const begun: number[] = [];
  const work = inParallel([0, 1, 2, 3, 4, 5], 2, never, async (item, _index, signal) => {
    begun.push(item);
    working += 1;
    try {
      if (item === 1) throw new Error('broken');
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    } finally {
      working -= 1;
    }
  });
  await assert.rejects(work, /^Error: broken$/);
  assert.deepEqual(begun, [0, 1]);
  assert.equal(working, 0);
});

test('nothing to do is done, unless the signal says otherwise', async () => {
  await inParallel([], 4, never, () => assert.fail());
  await assert.rejects(
    inParallel([1], 4, AbortSignal.abort(new Error('stop')), () => assert.fail()),
    /^Error: stop$/,
  );
});
