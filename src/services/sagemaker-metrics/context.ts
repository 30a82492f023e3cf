import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../store/database.ts';

/** What SageMaker Metrics' operations stand on. */
export interface SageMakerMetricsContext {
  readonly account: string;
  readonly region: string;
  readonly clock: Clock;
  readonly database: Database;
}
