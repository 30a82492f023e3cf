const DAY = 86_400;

/** A span of time, cut into periods. All of it is in epoch seconds and seconds. */
export interface Window {
  /** The first period's beginning. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly period: number;
}

/** Whether CloudWatch has periods of that length: 1, 5, 10, 20 or 30 seconds, or whole minutes. */
export const isPeriod = (seconds: number): boolean =>
  seconds % 60 === 0 ? seconds > 0 : [1, 5, 10, 20, 30].includes(seconds);

/**
 * The window of a request. Periods begin at its start, which is rounded down as CloudWatch rounds it: to the minute (or a shorter
 * period) in the last 15 days, to five minutes in the last 63, and to the hour before.
 */
export function windowOf(start: number, end: number, period: number, now: number): Window {
  const grain = grainOf(now - start, period);
  return { start: Math.floor(start / grain) * grain, end, period };
}

function grainOf(age: number, period: number): number {
  if (age > 63 * DAY) return 3600;
  if (age > 15 * DAY) return 300;
  return Math.min(period, 60);
}

/** How many periods a window has. */
export const periodsIn = ({ start, end, period }: Window): number => Math.ceil((end - start) / period);
