import type { MachineReading } from './machine-reading.ts';

/** One line of a file of system metrics (training contract §9.4). */
export interface SystemMetric {
  readonly Type: 'cpu' | 'memory' | 'i/o' | 'network';
  readonly Name: string;
  readonly Dimension: string;
  readonly Value: number;
  readonly NodeId: string;
  /** Epoch seconds. */
  readonly Timestamp: number;
}

/** What the machine did between two readings. */
export function systemMetrics(
  before: MachineReading,
  after: MachineReading,
  host: string,
): readonly SystemMetric[] {
  const seconds = (after.at - before.at) / 1000;
  if (seconds <= 0) return [];
  const metric = (Type: SystemMetric['Type'], Name: string, Dimension: string, Value: number) => ({
    ...{ Type, Name, Dimension, Value: Math.max(0, Math.round(Value * 100) / 100) },
    ...{ NodeId: host, Timestamp: after.at / 1000 },
  });
  const rate = (then: number, now: number) => (now - then) / seconds;
  return [
    ...[...after.processors].flatMap(([name, now]) => {
      const then = before.processors.get(name);
      const all = now.all - (then?.all ?? 0);
      if (!then || all <= 0) return [];
      return [
        metric('cpu', name, 'CPUUtilization', (100 * (now.busy - then.busy)) / all),
        metric('cpu', name, 'I/OWaitPercentage', (100 * (now.waiting - then.waiting)) / all),
      ];
    }),
    metric('memory', 'MemoryUsedPercent', '', after.memoryUsedPercent),
    metric('i/o', 'IOPS', '', rate(before.disk.operations, after.disk.operations)),
    metric('i/o', 'ReadThroughputInBytesPerSecond', '', rate(before.disk.readBytes, after.disk.readBytes)),
    metric(
      ...(['i/o', 'WriteThroughputInBytesPerSecond', ''] as const),
      rate(before.disk.writtenBytes, after.disk.writtenBytes),
    ),
    metric(
      ...(['network', 'ReceiveBytesPerSecond', 'Algorithm'] as const),
      rate(before.network.receivedBytes, after.network.receivedBytes),
    ),
    metric(
      ...(['network', 'TransmitBytesPerSecond', 'Algorithm'] as const),
      rate(before.network.sentBytes, after.network.sentBytes),
    ),
  ];
}
