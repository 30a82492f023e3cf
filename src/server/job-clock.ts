import { systemClock } from '../clock/system-clock.ts';
import { type ClockMemory, TravellingClock } from '../clock/travelling-clock.ts';
import type { JobClock } from '../services/trainyard/clock.ts';
import { writePrivateFile } from '../store/private-file.ts';
import { readJson } from './data-folder.ts';

/**
 * The clock that jobs live by. Undefined: the machine's is asked for, but the data directory is ahead of it, because a test clock
 * was advanced in it, and time must not go back.
 */
export function openJobClock(path: string, testClock: boolean): JobClock | undefined {
  const memory = memoryAt(path);
  if (testClock) return { kind: 'test', clock: new TravellingClock(memory) };
  return memory.read() === 0 ? { kind: 'system', clock: systemClock } : undefined;
}

function memoryAt(path: string): ClockMemory {
  return {
    read: () => readJson<{ offset: number }>(path)?.offset ?? 0,
    write: (offset) => writePrivateFile(path, { offset }),
  };
}
