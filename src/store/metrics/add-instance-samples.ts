import type { InstanceSample } from '../../metrics/instance-sample.ts';
import type { Database } from '../database.ts';
import { MEASURES, SAMPLE_COLUMNS } from './sample-columns.ts';

/** A sample of the instance that is observed under `instanceId`. */
export interface TakenSample {
  readonly instanceId: number;
  readonly sample: InstanceSample;
}

const INSERT = `
  INSERT INTO instance_samples (instance_id, at, ${MEASURES.map((measure) => SAMPLE_COLUMNS[measure]).join(', ')})
  VALUES (?, ?, ${MEASURES.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`;

/** Stores samples, all of them or none. */
export function addInstanceSamples(database: Database, samples: readonly TakenSample[]): void {
  const insert = database.prepare(INSERT);
  const seen = database.prepare('UPDATE observed_instances SET last_at = max(last_at, ?) WHERE id = ?');
  database.unhurried(() => {
    for (const { instanceId, sample } of samples) {
      insert.run(instanceId, sample.at, ...MEASURES.map((measure) => sample[measure] ?? null));
      seen.run(sample.at, instanceId);
    }
  });
}
