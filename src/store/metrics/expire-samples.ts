import type { Database } from '../database.ts';

/** So many are removed at once: a few milliseconds. */
const SAMPLES_AT_ONCE = 2_000;

/**
 * Removes samples from before `before`, a bounded number of them, and instances that have none left. Returns whether there may be
 * more.
 */
export function expireSamples(database: Database, before: number): boolean {
  return database.transaction(() => {
    let left = SAMPLES_AT_ONCE;
    for (const id of oldInstances(database, before)) {
      left -= removeSamples(database, id, before, left);
      if (left <= 0) return true;
      database.prepare('DELETE FROM observed_instances WHERE id = ? AND last_at < ?').run(id, before);
      database.prepare('UPDATE observed_instances SET first_at = ? WHERE id = ?').run(before, id);
      left--;
    }
    return false;
  });
}

function oldInstances(database: Database, before: number): readonly number[] {
  const rows = database
    .prepare('SELECT id FROM observed_instances WHERE first_at < ? ORDER BY first_at LIMIT ?')
    .all(before, SAMPLES_AT_ONCE + 1) as { id: number }[];
  return rows.map(({ id }) => id);
}

function removeSamples(database: Database, instanceId: number, before: number, limit: number): number {
  const { changes } = database
    .prepare(
      `DELETE FROM instance_samples WHERE instance_id = ?1 AND at IN
         (SELECT at FROM instance_samples WHERE instance_id = ?1 AND at < ?2 ORDER BY at LIMIT ?3)`,
    )
    .run(instanceId, before, limit);
  return Number(changes);
}
