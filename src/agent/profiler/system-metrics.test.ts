import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelFiles, machineReading } from './machine-reading.ts';
import { systemMetrics } from './system-metrics.ts';

const files = (change: Partial<KernelFiles> = {}): KernelFiles => ({
  stat: 'cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 100 0 100 700 100 0 0 0 50 0\ncpu1 0 0 0 1000 0 0 0 0 0 0\nintr 1 2\n',
  memory: 'MemTotal:        8000 kB\nMemFree:         1000 kB\nMemAvailable:    6000 kB\n',
  disks:
    '   7       0 loop0 5 0 5 0 5 0 5 0 0 0 0\n 254       0 vda 100 0 2000 0 50 0 1000 0 0 0 0\n 254       1 vda1 100 0 2000 0 50 0 1000 0 0 0 0\n',
  network:
    'Inter-|   Receive  |  Transmit\n face |bytes packets|bytes packets\n    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n  eth0:1000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n',
  wholeDisks: ['vda'],
  ...change,
});

test('what the machine did between two readings (training contract §9.4)', () => {
  const before = machineReading(files(), 1_000_000);
  const after = machineReading(
    files({
      // Of 200 ticks of the first processor 50 were busy and 20 waited; the second did nothing.
      stat: 'cpu0 130 0 120 830 120 0 0 0 90 0\ncpu1 0 0 0 1200 0 0 0 0 0 0\n',
      disks: ' 254       0 vda 110 0 2100 0 60 0 1040 0 0 0 0\n',
      network: '    lo: 5999 1 0 0 0 0 0 0 9999 1 0\n  eth0: 3000 1 0 0 0 0 0 0 600 1 0\n',
    }),
    1_002_000,
  );
  const line = (Type: string, Name: string, Dimension: string, Value: number) => ({
    ...{ Type, Name, Dimension, Value, NodeId: 'algo-1', Timestamp: 1002 },
  });
  assert.deepEqual(systemMetrics(before, after, 'algo-1'), [
    line('cpu', 'cpu0', 'CPUUtilization', 25),
    line('cpu', 'cpu0', 'I/OWaitPercentage', 10),
    line('cpu', 'cpu1', 'CPUUtilization', 0),
    line('cpu', 'cpu1', 'I/OWaitPercentage', 0),
    line('memory', 'MemoryUsedPercent', '', 25),
    line('i/o', 'IOPS', '', 10),
    line('i/o', 'ReadThroughputInBytesPerSecond', '', 25_600),
    line('i/o', 'WriteThroughputInBytesPerSecond', '', 10_240),
    line('network', 'ReceiveBytesPerSecond', 'Algorithm', 1000),
    line('network', 'TransmitBytesPerSecond', 'Algorithm', 50),
  ]);
});

test('two readings of one instant tell nothing', () => {
  const reading = machineReading(files(), 5);
  assert.deepEqual(systemMetrics(reading, reading, 'algo-1'), []);
});
