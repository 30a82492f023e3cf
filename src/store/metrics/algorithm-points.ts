import type { Point } from '../../metrics/point.ts';
import type { Database } from '../database.ts';

/** The points of a metric with `from` ≤ time < `to`, of all jobs and hosts under that job name, in no order. */
export function* algorithmPoints(
  database: Database,
  jobName: string,
  name: string,
  from: number,
  to: number,
): Generator<Point> {
  const ids = database.prepare('SELECT id FROM metrics WHERE job_name = ? AND name = ?').all(jobName, name);
  for (const { id } of ids as { id: number }[]) {
    yield* database
      .prepare('SELECT at, value FROM metric_points WHERE metric_id = ? AND at >= ? AND at < ?')
      .iterate(id, from, to) as IterableIterator<unknown> as IterableIterator<Point>;
  }
}
