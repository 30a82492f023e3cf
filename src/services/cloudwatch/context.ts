import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../store/database.ts';

/** What CloudWatch's operations stand on. */
export interface CloudWatchContext {
  /** Twelve digits. */
  readonly account: string;
  readonly clock: Clock;
  readonly database: Database;
}
