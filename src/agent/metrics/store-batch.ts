import type { Database } from '../../store/database.ts';
import { addMetricPoint } from '../../store/metrics/add-metric-point.ts';
import type { MetricCursor } from '../../store/metrics/metric-cursor.ts';
import { setMetricCursor } from '../../store/metrics/set-metric-cursor.ts';
import { type MetricOwner, setMetricFinal } from '../../store/metrics/set-metric-final.ts';

/** A value of a metric, and when the line was written that it stands in. */
export interface TimedValue {
  readonly name: string;
  readonly at: number;
  readonly value: number;
}

/**
 * Stores values of a stream, and that it was searched up to `position`, both or neither: so each value is stored exactly once, no
 * matter when the process ends. Returns the new cursor.
 */
export function storeBatch(
  database: Database,
  stream: MetricOwner & { readonly id: number },
  cursor: MetricCursor,
  values: readonly TimedValue[],
  position: number,
): MetricCursor {
  const next = { position, points: cursor.points + values.length };
  database.transaction(() => {
    const finals = new Map(values.map((value) => [value.name, value]));
    const ids = new Map([...finals].map(([name, value]) => [name, setMetricFinal(database, stream, value)]));
    for (const [index, { name, at, value }] of values.entries()) {
      const metricId = ids.get(name);
      if (metricId === undefined) continue;
      addMetricPoint(database, { metricId, streamId: stream.id, sequence: cursor.points + index, at, value });
    }
    setMetricCursor(database, stream.id, next);
  });
  return next;
}
