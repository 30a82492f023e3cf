import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { LineTimes } from './line-times.ts';
import { timesPath } from './log-files.ts';

describe('the times of lines', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'line-times-'));
    path = join(folder, 'log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('a line has the time of the first record that covers its end', () => {
    const times = new LineTimes(path);
    times.record(10, 1_000);
    times.record(20, 2_000);
    assert.deepEqual(
      [1, 10, 11, 20, 10].map((end) => times.timeOf(end)),
      [1_000, 1_000, 2_000, 2_000, 1_000],
    );
    assert.equal(times.timeOf(21), undefined);
    times.close();
  });

  test('a record is two little-endian numbers of eight bytes: size and time', () => {
    const times = new LineTimes(path);
    times.record(10, 1_795_284_040_036);
    times.close();
    const bytes = readFileSync(timesPath(path));
    assert.deepEqual(
      [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8), bytes.length],
      [10n, 1_795_284_040_036n, 16],
    );
  });

  test('what is known already is not recorded again, and time never runs backwards', () => {
    const times = new LineTimes(path);
    times.record(10, 2_000);
    times.record(10, 3_000);
    times.record(5, 3_000);
    times.record(20, 1_000);
    assert.deepEqual(
      [times.first(), times.last()],
      [
        { size: 10, at: 2_000 },
        { size: 20, at: 2_000 },
      ],
    );
    times.close();
  });

  test('one writer sees what another has recorded', () => {
    const [one, other] = [new LineTimes(path), new LineTimes(path)];
    one.record(10, 1_000);
    other.record(10, 2_000);
    other.record(20, 2_000);
    one.refresh();
    assert.deepEqual([one.timeOf(10), one.timeOf(20)], [1_000, 2_000]);
    one.close();
    other.close();
  });

  test('half a record at the end is cut off', () => {
    const times = new LineTimes(path);
    times.record(10, 1_000);
    times.close();
    appendFileSync(timesPath(path), Buffer.alloc(7, 0xff));
    const again = new LineTimes(path);
    again.record(20, 2_000);
    assert.deepEqual([again.timeOf(10), again.timeOf(20)], [1_000, 2_000]);
    again.close();
  });

  test('records of bytes that are lost are dropped', () => {
    const times = new LineTimes(path);
    for (const size of [10, 20, 30]) times.record(size, size * 100);
    times.dropBeyond(15);
    times.record(18, 9_000);
    assert.deepEqual([times.timeOf(10), times.timeOf(18)], [1_000, 9_000]);
    times.close();
  });

  test('among many records each line finds its own, in any order', () => {
    const times = new LineTimes(path);
    const count = 2_000;
    for (let index = 1; index <= count; index++) times.record(index * 3, index * 7);
    for (let step = 0; step < count; step++) {
      const index = ((step * 761) % count) + 1;
      assert.equal(times.timeOf(index * 3 - 1), index * 7);
      assert.equal(times.sizeBefore(index * 7), (index - 1) * 3);
      assert.equal(times.sizeBefore(index * 7 + 1), index * 3);
    }
    times.close();
  });
});
