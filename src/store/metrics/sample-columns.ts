import type { Measure } from '../../metrics/instance-sample.ts';

/** The columns of `instance_samples`, by what is measured. */
export const SAMPLE_COLUMNS: Readonly<Record<Measure, string>> = {
  cpu: 'cpu',
  memory: 'memory',
  disk: 'disk',
  gpu: 'gpu',
  gpuMemory: 'gpu_memory',
  received: 'received',
  sent: 'sent',
  read: 'read',
  written: 'written',
};

export const MEASURES = Object.keys(SAMPLE_COLUMNS) as readonly Measure[];
