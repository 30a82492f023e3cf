import type { InstanceSample } from '../../metrics/instance-sample.ts';
import { instanceType } from '../../model/shapes.ts';
import { instanceSamples, lastInstanceSample } from '../../store/metrics/instance-samples.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import { jobOf, numberOf, type PageCall, type PageContext } from '../page-context.ts';
import { thin } from './thin.ts';

const MOST_SAMPLES = 1500;
/** Read at once, of all hosts together: two weeks of one every five seconds are a quarter of a million. */
const MOST_READ = 300_000;
/** More lines in a chart tell nobody apart. */
const MOST_CHARTED = 8;

/** What a host of a job uses. */
export interface HostUsage {
  readonly host: string;
  readonly instanceType: string;
  readonly vcpus?: number;
  readonly gpus?: number;
  readonly memoryBytes?: number;
  /** What it used last. */
  readonly last?: InstanceSample;
  /** Over its time; only of hosts that were asked for. */
  readonly samples?: readonly InstanceSample[];
}

/**
 * What the hosts of a job use, and used since `since` (epoch milliseconds; everything without) where they are among the `host`s that
 * are named, the first eight unless told.
 */
export function instanceUsage(context: PageContext, call: PageCall): HostUsage[] {
  const { id, job } = jobOf(context, call);
  const { database } = context;
  const all = hostGroups(job.request).flatMap(({ instanceType: type, hosts }) =>
    hosts.map((host) => ({ host, type })),
  );
  const named = call.query.getAll('host');
  const charted = new Set((named.length > 0 ? named : all.map(({ host }) => host)).slice(0, MOST_CHARTED));
  const limit = Math.floor(MOST_READ / Math.max(1, charted.size));
  const bounds = { from: numberOf(call.query, 'since', 0), to: Number.MAX_SAFE_INTEGER, limit };
  return all.map(({ host, type }) => {
    const shape = instanceType(type);
    const last = lastInstanceSample(database, { jobId: id, host });
    return {
      ...{ host, instanceType: type },
      ...(shape && { vcpus: shape.vcpus, gpus: shape.gpus, memoryBytes: shape.memoryBytes }),
      ...(last && { last }),
      ...(charted.has(host) && {
        samples: thin(
          instanceSamples(database, { jobId: id, host }, bounds),
          ({ cpu = 0 }) => cpu,
          MOST_SAMPLES,
        ),
      }),
    };
  });
}
