import type { Database } from '../database.ts';

export interface ObservedInstance {
  readonly jobId: number;
  readonly jobName: string;
  /** `algo-1` */
  readonly host: string;
  readonly gpus: number;
}

const OBSERVE = `
  INSERT INTO observed_instances (job_id, job_name, host, gpus, first_at, last_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?5)
  ON CONFLICT (job_id, host) DO UPDATE SET first_at = min(first_at, ?5), last_at = max(last_at, ?5)
  RETURNING id`;

/** The id under which an instance's samples are stored: the one it has, or a new one. `at` is when it is first observed. */
export function observeInstance(database: Database, instance: ObservedInstance, at: number): number {
  const { jobId, jobName, host, gpus } = instance;
  const observe = database.prepare(OBSERVE);
  const row = database.unhurried(() => observe.get(jobId, jobName, host, gpus, at)) as { id: number };
  return row.id;
}
