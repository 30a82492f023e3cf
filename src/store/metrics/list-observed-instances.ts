import type { Database } from '../database.ts';
import type { HostName } from './instance-points.ts';

/** An instance of which samples are stored, under its job's name. */
export interface ListedInstance extends HostName {
  readonly gpus: number;
  /** Its last sample's time: epoch milliseconds. */
  readonly lastAt: number;
}

export interface InstanceListing {
  readonly only?: HostName;
  /** Start after this one. */
  readonly after?: HostName;
  /** How many rows are looked at. */
  readonly limit: number;
}

/** The observed instances by job name and host, each once however many jobs had the name. */
export function listObservedInstances(
  database: Database,
  { only, after, limit }: InstanceListing,
): ListedInstance[] {
  const one = only === undefined ? '' : 'AND job_name = ?4 AND host = ?5';
  const rows = database
    .prepare(
      `SELECT job_name AS jobName, host, max(gpus) AS gpus, max(last_at) AS lastAt FROM observed_instances
       WHERE (job_name, host) > (?1, ?2) ${one}
       GROUP BY job_name, host ORDER BY job_name, host LIMIT ?3`,
    )
    .all(after?.jobName ?? '', after?.host ?? '', limit, ...(only ? [only.jobName, only.host] : []));
  return rows as unknown as ListedInstance[];
}
