import type { Measure } from '../../metrics/instance-sample.ts';
import type { Point } from '../../metrics/point.ts';
import type { Database } from '../database.ts';
import { SAMPLE_COLUMNS } from './sample-columns.ts';

/** An instance's name as CloudWatch's dimension Host has it. */
export interface HostName {
  readonly jobName: string;
  readonly host: string;
}

/** What was measured of a host with `from` ≤ time < `to`, over all jobs of that name, in no order. */
export function* instancePoints(
  database: Database,
  { jobName, host }: HostName,
  measure: Measure,
  from: number,
  to: number,
): Generator<Point> {
  const column = SAMPLE_COLUMNS[measure];
  const ids = database
    .prepare('SELECT id FROM observed_instances WHERE job_name = ? AND host = ?')
    .all(jobName, host);
  for (const { id } of ids as { id: number }[]) {
    yield* database
      .prepare(
        `SELECT at, ${column} AS value FROM instance_samples
         WHERE instance_id = ? AND at >= ? AND at < ? AND ${column} IS NOT NULL`,
      )
      .iterate(id, from, to) as IterableIterator<unknown> as IterableIterator<Point>;
  }
}
