import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { InstancePlan } from '../../../agent/instance-agent.ts';

/** The names of the network namespaces of one attempt, or of all jobs of a warm pool. Whoever knows the job knows them: nothing has to be remembered. */
export interface NetworkNames {
  /** The namespace with the bridge that joins the instances. No algorithm is in it. */
  readonly hub: string;
  /** The namespace of a host's instance. */
  instance(host: string): string;
}

/** How the names of all that a server makes begin: a machine may have several servers, each with a data directory of its own. */
export function prefixOf(dataDir: string): string {
  return `trainyard-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 8)}`;
}

export function networkNames(
  prefix: string,
  { jobId, attempt, warmPool }: Pick<InstancePlan, 'jobId' | 'attempt' | 'warmPool'>,
): NetworkNames {
  const hub = warmPool === undefined ? `${prefix}-${jobId}-${attempt}` : `${prefix}-${warmPool}-warm`;
  return { hub, instance: (host) => `${hub}-${host}` };
}

/** Whether a namespace of that server's joins the instances of a job. */
export function isHub(prefix: string, namespace: string): boolean {
  return namespace.startsWith(`${prefix}-`) && /^\d+-(?:\d+|warm)$/.test(namespace.slice(prefix.length + 1));
}

/** The number of the job, or of the warm pool, that a namespace was made for; undefined when it is none of that server's. */
export function jobOf(prefix: string, namespace: string): number | undefined {
  if (!namespace.startsWith(`${prefix}-`)) return undefined;
  const job = /^(\d+)-(?:\d+|warm)(-|$)/.exec(namespace.slice(prefix.length + 1))?.[1];
  return job === undefined ? undefined : Number(job);
}
