import { InvalidArgumentError } from 'commander';
import { parseDuration } from './quantities.ts';

/** For options and arguments that are durations. */
export function seconds(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new InvalidArgumentError('a duration is 90s, 15m, 1h30m or 28d');
  return parsed;
}

/** For options that say how many. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1');
  return Number(text);
}
