import type { StepPoint } from '../../metrics/step-point.ts';
import type { Database } from '../database.ts';

/** What stands in the table for no step. */
const NO_STEP = -1;

/**
 * Adds points to the time series of a job, all of them or none. A point of a time and step that the series has takes its place, so
 * points that are told again are not doubled.
 */
export function addTimeSeriesPoints(database: Database, jobId: number, points: readonly StepPoint[]): void {
  const series = database.prepare(
    `INSERT INTO time_series (job_id, name) VALUES (?1, ?2)
     ON CONFLICT (job_id, name) DO UPDATE SET name = ?2 RETURNING id`,
  );
  const insert = database.prepare(
    `INSERT INTO time_series_points (series_id, at, step, value) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (series_id, at, step) DO UPDATE SET value = ?4`,
  );
  database.transaction(() => {
    const ids = new Map<string, number>();
    for (const { name, at, step, value } of points) {
      const id = ids.get(name) ?? (series.get(jobId, name) as { id: number }).id;
      ids.set(name, id);
      insert.run(id, at, step ?? NO_STEP, value);
    }
  });
}
