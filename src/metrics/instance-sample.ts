/** What an instance used at one moment. Absent: it can't be told there. */
export interface InstanceSample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Percent of one core, summed over cores: 0 to 100 for each core. */
  readonly cpu?: number;
  /** Percent of the instance's memory. */
  readonly memory?: number;
  /** Percent of the disk that holds `/opt/ml` which is in use. */
  readonly disk?: number;
  /** Percent, summed over the instance's GPUs: 0 to 100 for each. */
  readonly gpu?: number;
  /** Percent, summed over the instance's GPUs. */
  readonly gpuMemory?: number;
  /** Bytes a second over the instance's own network. */
  readonly received?: number;
  readonly sent?: number;
  /** Bytes a second from and to disks. */
  readonly read?: number;
  readonly written?: number;
}

/** What is measured of an instance. */
export type Measure = Exclude<keyof InstanceSample, 'at'>;

/** The instance metrics that SageMaker has in CloudWatch (training contract §5.1), by name. All are in percent. */
export const INSTANCE_METRICS: ReadonlyMap<string, Measure> = new Map([
  ['CPUUtilization', 'cpu'],
  ['MemoryUtilization', 'memory'],
  ['DiskUtilization', 'disk'],
  ['GPUUtilization', 'gpu'],
  ['GPUMemoryUtilization', 'gpuMemory'],
]);

/** Those of an instance with that many GPUs. */
export const instanceMetricsOf = (gpus: number): readonly string[] =>
  [...INSTANCE_METRICS.keys()].filter((name) => gpus > 0 || !name.startsWith('GPU'));
