import type { InstanceSample } from '../../metrics/instance-sample.ts';
import { instanceType } from '../../model/shapes.ts';
import { instanceSamples } from '../../store/metrics/instance-samples.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import { jobOf, numberOf, type PageCall, type PageContext } from '../page-context.ts';
import { thin } from './thin.ts';

const MOST_SAMPLES = 1500;
/** Read at once: two weeks of one every five seconds are a quarter of a million. */
const MOST_READ = 300_000;

/** What a host of a job uses, over its time. */
export interface HostUsage {
  readonly host: string;
  readonly instanceType: string;
  readonly vcpus?: number;
  readonly gpus?: number;
  readonly memoryBytes?: number;
  readonly samples: readonly InstanceSample[];
}

/** What the hosts of a job used since `since` (epoch milliseconds; everything without). */
export function instanceUsage(context: PageContext, call: PageCall): HostUsage[] {
  const { id, job } = jobOf(context, call);
  const bounds = { from: numberOf(call.query, 'since', 0), to: Number.MAX_SAFE_INTEGER, limit: MOST_READ };
  return hostGroups(job.request).flatMap(({ instanceType: type, hosts }) =>
    hosts.map((host) => {
      const shape = instanceType(type);
      return {
        ...{ host, instanceType: type },
        ...(shape && { vcpus: shape.vcpus, gpus: shape.gpus, memoryBytes: shape.memoryBytes }),
        samples: thin(
          instanceSamples(context.database, { jobId: id, host }, bounds),
          ({ cpu = 0 }) => cpu,
          MOST_SAMPLES,
        ),
      };
    }),
  );
}
