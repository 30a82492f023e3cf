import type { Database } from '../database.ts';

export interface ObservedInstance {
  readonly jobId: number;
  readonly jobName: string;
  /** `algo-1` */
  readonly host: string;
  readonly gpus: number;
}

/** The id under which an instance's samples are stored: the one it has, or a new one. `at` is when it is first observed. */
export function observeInstance(database: Database, instance: ObservedInstance, at: number): number {
  const row = database
    .prepare(
      `INSERT INTO observed_instances (job_id, job_name, host, gpus, first_at, last_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?5)
       ON CONFLICT (job_id, host) DO UPDATE SET first_at = min(first_at, ?5), last_at = max(last_at, ?5)
       RETURNING id`,
    )
    .get(instance.jobId, instance.jobName, instance.host, instance.gpus, at) as { id: number };
  return row.id;
}
