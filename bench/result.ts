/** One line of the bench: what was measured, against what baseline of the same run, and what is good enough. */
export interface Result {
  readonly name: string;
  readonly measured: string;
  readonly baseline: string;
  /** The measured value in terms of the baseline, or of the limit where there is no baseline. */
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean;
}

/** One topic of the bench. */
export interface Benchmark {
  readonly name: string;
  run(progress: (line: string) => void): Promise<readonly Result[]>;
}

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;
export const mebibytesPerSecond = (bytes: number, ms: number): string =>
  `${Math.round(bytes / 1048576 / (ms / 1000))} MiB/s`;
export const times = (value: number): string => `${value.toFixed(2)}×`;
