import type { StepPoint } from '../../metrics/step-point.ts';

/** Where the time series of jobs are kept. */
export interface TimeSeries {
  /** Adds points to the series of a job, all of them or none. One that is there already is not doubled. */
  add(jobId: number, points: readonly StepPoint[]): void;
}
