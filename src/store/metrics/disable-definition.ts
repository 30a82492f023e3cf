import type { Database } from '../database.ts';

/** A job's metric definition, by its index, is searched for no more, on any of its hosts. */
export function disableDefinition(database: Database, jobId: number, definition: number): void {
  database
    .prepare(
      'INSERT INTO disabled_metric_definitions (job_id, definition) VALUES (?, ?) ON CONFLICT DO NOTHING',
    )
    .run(jobId, definition);
}
