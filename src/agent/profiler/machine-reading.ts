import { readdir, readFile } from 'node:fs/promises';

/** What Linux has counted since the machine was started. */
export interface MachineReading {
  /** When it was read: epoch milliseconds. */
  readonly at: number;
  /** By the processor's name (`cpu0`), in ticks. */
  readonly processors: ReadonlyMap<string, ProcessorTicks>;
  readonly memoryUsedPercent: number;
  readonly disk: { readonly operations: number; readonly readBytes: number; readonly writtenBytes: number };
  /** Without the loopback. */
  readonly network: { readonly receivedBytes: number; readonly sentBytes: number };
}

export interface ProcessorTicks {
  readonly busy: number;
  readonly waiting: number;
  readonly all: number;
}

/** The kernel's files that a reading is made of. */
export interface KernelFiles {
  readonly stat: string;
  readonly memory: string;
  readonly disks: string;
  readonly network: string;
  /** Names of whole disks: partitions and what is made of disks would be counted twice. */
  readonly wholeDisks: readonly string[];
}

/** A sector of `/proc/diskstats`, in bytes, whatever the disk's own are. */
const SECTOR = 512;
const NO_DISK = /^(loop|ram|zram|dm-|md|sr|fd)\d/;

export async function readKernelFiles(): Promise<KernelFiles> {
  const text = (name: string) => readFile(`/proc/${name}`, 'utf8');
  const [stat, memory, disks, network, blocks] = await Promise.all([
    text('stat'),
    text('meminfo'),
    text('diskstats').catch(() => ''),
    text('net/dev'),
    readdir('/sys/block').catch(() => []),
  ]);
  return { stat, memory, disks, network, wholeDisks: blocks.filter((name) => !NO_DISK.test(name)) };
}

export function machineReading(files: KernelFiles, at: number): MachineReading {
  return {
    at,
    processors: processorsOf(files.stat),
    memoryUsedPercent: memoryUsed(files.memory),
    disk: diskOf(files),
    network: networkOf(files.network),
  };
}

function processorsOf(stat: string): ReadonlyMap<string, ProcessorTicks> {
  const processors = new Map<string, ProcessorTicks>();
  for (const [, name = '', numbers = ''] of stat.matchAll(/^(cpu\d+) (.*)$/gm)) {
    // user nice system idle iowait irq softirq steal; the time of guests is in user and nice already.
    const ticks = numbers.split(' ').slice(0, 8).map(Number);
    const all = ticks.reduce((sum, each) => sum + each, 0);
    const [, , , idle = 0, waiting = 0] = ticks;
    processors.set(name, { all, waiting, busy: all - idle - waiting });
  }
  return processors;
}

function memoryUsed(text: string): number {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}: *(\\d+)`, 'm').exec(text)?.[1]);
  const total = kilobytes('MemTotal');
  return (100 * (total - kilobytes('MemAvailable'))) / total;
}

function diskOf({ disks, wholeDisks }: KernelFiles): MachineReading['disk'] {
  const sum = { operations: 0, readBytes: 0, writtenBytes: 0 };
  for (const line of disks.split('\n')) {
    const [, , name = '', reads, , readSectors, , writes, , writtenSectors] = line.trim().split(/\s+/);
    if (!wholeDisks.includes(name)) continue;
    sum.operations += Number(reads) + Number(writes);
    sum.readBytes += Number(readSectors) * SECTOR;
    sum.writtenBytes += Number(writtenSectors) * SECTOR;
  }
  return sum;
}

function networkOf(text: string): MachineReading['network'] {
  const sum = { receivedBytes: 0, sentBytes: 0 };
  for (const [, name, numbers = ''] of text.matchAll(/^ *([^:\n]+):(.*)$/gm)) {
    if (name === 'lo') continue;
    const counted = numbers.trim().split(/\s+/).map(Number);
    sum.receivedBytes += counted[0] ?? 0;
    sum.sentBytes += counted[8] ?? 0;
  }
  return sum;
}
