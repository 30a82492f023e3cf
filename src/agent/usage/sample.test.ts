import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Reading, sampleOf } from './sample.ts';

const CAPACITY = { cpus: 4, memoryBytes: 1000 };
const reading = (at: number, usage: Reading['usage'], more: Partial<Reading> = {}): Reading => ({
  ...{ at, usage, gpus: [] },
  ...more,
});

test('a sample tells what was used since the one before, in percent and a second', () => {
  const before = reading(1000, {
    cpuSeconds: 10,
    readBytes: 0,
    writtenBytes: 100,
    receivedBytes: 5,
    sentBytes: 5,
  });
  const now = reading(
    3000,
    { cpuSeconds: 13, memoryBytes: 250, readBytes: 4000, writtenBytes: 100, receivedBytes: 7, sentBytes: 5 },
    {
      disk: 42,
      gpus: [
        { utilization: 90, memory: 20 },
        { utilization: 60, memory: 5 },
      ],
    },
  );
  assert.deepEqual(sampleOf(now, before, CAPACITY), {
    ...{ at: 3000, cpu: 150, memory: 25, disk: 42, gpu: 150, gpuMemory: 25 },
    ...{ received: 1, sent: 0, read: 2000, written: 0 },
  });
});

test('a first reading tells what is held, and nothing that takes two', () => {
  assert.deepEqual(sampleOf(reading(1, { cpuSeconds: 1, memoryBytes: 500 }), undefined, CAPACITY), {
    at: 1,
    memory: 50,
  });
  const same = reading(1, { cpuSeconds: 1 });
  assert.deepEqual(sampleOf(same, same, CAPACITY), { at: 1 });
});

test('a percentage is never more than there is, nor less than none', () => {
  const counter = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      counter,
      counter,
      counter,
      fc.integer({ min: 1, max: 1e6 }),
      (one, other, memoryBytes, ms) => {
        const before = reading(0, { cpuSeconds: one, readBytes: one });
        const sample = sampleOf(
          reading(ms, { cpuSeconds: other, readBytes: other, memoryBytes }),
          before,
          CAPACITY,
        );
        assert.ok((sample.cpu ?? -1) >= 0 && (sample.cpu ?? -1) <= 400);
        assert.ok((sample.memory ?? -1) >= 0 && (sample.memory ?? -1) <= 100);
        assert.ok((sample.read ?? -1) >= 0);
      },
    ),
  );
});
