import type { StepPoint } from '../../metrics/step-point.ts';
import type { Database } from '../database.ts';

/** What stands in the table for no step. */
const NO_STEP = -1;

/** Where points come from. */
export interface PointSource {
  readonly jobId: number;
  /** The host that wrote them. Absent: a client put them. */
  readonly host?: string;
}

/**
 * Adds points to the time series of a job, all of them or none. A point of a time and step that the same source has told takes its
 * place, so points that are told again are not doubled.
 */
export function addTimeSeriesPoints(
  database: Database,
  { jobId, host = '' }: PointSource,
  points: readonly StepPoint[],
): void {
  const series = database.prepare(
    `INSERT INTO time_series (job_id, name) VALUES (?1, ?2)
     ON CONFLICT (job_id, name) DO UPDATE SET name = ?2 RETURNING id`,
  );
  const insert = database.prepare(
    `INSERT INTO time_series_points (series_id, at, step, source, value) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (series_id, at, step, source) DO UPDATE SET value = ?5`,
  );
  database.transaction(() => {
    const ids = new Map<string, number>();
    for (const { name, at, step, value } of points) {
      const id = ids.get(name) ?? (series.get(jobId, name) as { id: number }).id;
      ids.set(name, id);
      insert.run(id, at, step ?? NO_STEP, host, value);
    }
  });
}
