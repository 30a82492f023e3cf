import type { StepPoint } from '../../metrics/step-point.ts';

/** Where the time series of jobs are kept. */
export interface TimeSeries {
  /** Adds points that a host of a job wrote, all of them or none. One that it has told already is not doubled. */
  add(from: { readonly jobId: number; readonly host: string }, points: readonly StepPoint[]): void;
}
