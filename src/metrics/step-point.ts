import type { Point } from './point.ts';

/** One value of a named time series. */
export interface StepPoint extends Point {
  readonly name: string;
  /** The iteration that it belongs to, where the algorithm says so. */
  readonly step?: number;
}
