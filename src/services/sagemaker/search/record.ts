import { shape } from '../../../model/shapes.ts';
import type { TrainingJob } from '../../../model/types.generated.ts';
import type { StoredJob } from '../../../store/jobs/stored-job.ts';
import { tagsOf } from '../../../store/tags/tags.ts';
import { describe } from '../../../training/describe.ts';
import type { SageMakerContext } from '../context.ts';

/** A job as filters see it. What stands elsewhere in the store is read only when a filter names it. */
export function searchedRecord(context: SageMakerContext, { id, job }: StoredJob): object {
  const entries = <Entry>(found: readonly Entry[], pair: (entry: Entry) => readonly [string, unknown]) =>
    found.length === 0 ? undefined : Object.fromEntries(found.map(pair));
  return {
    ...describe(job, []),
    get FinalMetricDataList() {
      return context.finalMetrics(id);
    },
    get Metrics() {
      return entries(context.finalMetrics(id), ({ MetricName = '', Value }) => [MetricName, Value]);
    },
    get Tags() {
      return entries(tagsOf(context.database, job.arn), ({ Key, Value }) => [Key, Value]);
    },
  };
}

/** A job as a search tells it. */
export function toldRecord(context: SageMakerContext, { id, job }: StoredJob): TrainingJob {
  const all = { ...describe(job, context.finalMetrics(id)), Tags: tagsOf(context.database, job.arn) };
  const of = shape('TrainingJob');
  const members = of.type === 'structure' ? of.members : {};
  return Object.fromEntries(Object.entries(all).filter(([member]) => Object.hasOwn(members, member)));
}
