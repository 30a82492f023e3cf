import type { InstanceSample } from '../../metrics/instance-sample.ts';
import type { Database } from '../database.ts';
import { MEASURES, SAMPLE_COLUMNS } from './sample-columns.ts';

/** The samples of one host of a job with `from` ≤ time < `to`, by time, at most `limit` of them. */
export function instanceSamples(
  database: Database,
  { jobId, host }: { readonly jobId: number; readonly host: string },
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): InstanceSample[] {
  const columns = MEASURES.map((measure) => `${SAMPLE_COLUMNS[measure]} AS ${measure}`);
  const rows = database
    .prepare(
      `SELECT at, ${columns.join(', ')} FROM instance_samples
       WHERE instance_id = (SELECT id FROM observed_instances WHERE job_id = ? AND host = ?)
         AND at >= ? AND at < ? ORDER BY at LIMIT ?`,
    )
    .all(jobId, host, from, to, limit);
  return rows.map(withoutNulls) as unknown as InstanceSample[];
}

/** The newest sample of one host of a job; undefined where there is none. */
export function lastInstanceSample(
  database: Database,
  { jobId, host }: { readonly jobId: number; readonly host: string },
): InstanceSample | undefined {
  const columns = MEASURES.map((measure) => `${SAMPLE_COLUMNS[measure]} AS ${measure}`);
  const row = database
    .prepare(
      `SELECT at, ${columns.join(', ')} FROM instance_samples
       WHERE instance_id = (SELECT id FROM observed_instances WHERE job_id = ? AND host = ?)
       ORDER BY at DESC LIMIT 1`,
    )
    .get(jobId, host);
  return row && (withoutNulls(row) as unknown as InstanceSample);
}

const withoutNulls = (row: object) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
