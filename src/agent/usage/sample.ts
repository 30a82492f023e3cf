import type { Usage } from '../../executors/runtime.ts';
import type { InstanceSample } from '../../metrics/instance-sample.ts';

/** What was read of an instance at one moment. */
export interface Reading {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly usage: Usage;
  /** Percent of the disk in use. */
  readonly disk?: number;
  /** One for each GPU that could be read, in percent. */
  readonly gpus: readonly { readonly utilization: number; readonly memory: number }[];
}

/** What an instance has. */
export interface Capacity {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Counters that only grow while an algorithm lives. */
type Counter = Exclude<keyof Usage, 'memoryBytes'>;

/**
 * What an instance used between two readings, as SageMaker measures it (training contract §5.1). A first reading tells only what is
 * held, not what is used over time.
 */
export function sampleOf(reading: Reading, before: Reading | undefined, capacity: Capacity): InstanceSample {
  const { at, usage, disk, gpus } = reading;
  const rate = (counter: Counter) => rateOf(reading, before, counter);
  const cores = rate('cpuSeconds');
  const used = {
    // The kernel's clocks and ours are not one: a full core may come to a little more.
    cpu: cores === undefined ? undefined : Math.min(100 * cores, 100 * capacity.cpus),
    memory:
      usage.memoryBytes === undefined
        ? undefined
        : Math.min(100, (100 * usage.memoryBytes) / capacity.memoryBytes),
    disk,
    gpu: gpus.length === 0 ? undefined : sum(gpus.map(({ utilization }) => utilization)),
    gpuMemory: gpus.length === 0 ? undefined : sum(gpus.map(({ memory }) => memory)),
    received: rate('receivedBytes'),
    sent: rate('sentBytes'),
    read: rate('readBytes'),
    written: rate('writtenBytes'),
  };
  const known = Object.entries(used).filter(([, value]) => value !== undefined);
  return { at, ...(Object.fromEntries(known) as Omit<InstanceSample, 'at'>) };
}

/** In units a second. A counter may lose what a process took with it that nobody waited for: that is no negative use. */
function rateOf(now: Reading, before: Reading | undefined, counter: Counter): number | undefined {
  const [from, to] = [before?.usage[counter], now.usage[counter]];
  if (before === undefined || from === undefined || to === undefined || now.at <= before.at) return undefined;
  return Math.max(0, to - from) / ((now.at - before.at) / 1000);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
