import type { CreateTrainingJobRequest, WarmPoolStatus } from '../model/types.generated.ts';
import type { Fact, WarmPoolId } from './facts.ts';

/** What became of a job's instances, or whose they were before (training contract §4.6). Times are epoch milliseconds. */
export type WarmPool =
  /** The job runs on instances that an earlier job left. */
  | { readonly status: 'InUse'; readonly pool: WarmPoolId }
  | {
      readonly status: 'Available';
      readonly pool: WarmPoolId;
      readonly availableAt: number;
      readonly keepAliveSeconds: number;
    }
  | { readonly status: 'Reused'; readonly retainedMs: number; readonly reusedBy: string }
  /** `retainedMs` is absent when they were never kept. */
  | { readonly status: 'Terminated'; readonly retainedMs?: number };

/** No pool is older than this (training contract §4.6: 7 days by the documentation, 28 by newer reports). */
const LONGEST_LIFE_MS = 28 * 86_400_000;

/** How long a job wants its instances to be kept, in seconds. */
export const keepAliveOf = ({ ResourceConfig }: CreateTrainingJobRequest): number =>
  ResourceConfig?.KeepAlivePeriodInSeconds ?? 0;

/**
 * Whether the instances of a job that has ended are kept. After a failure of our side they are not trusted (training contract §4.6).
 */
export function keepsInstances({ request, warmPool, failureReason, trainingStartedAt }: EndedJob): boolean {
  if (keepAliveOf(request) === 0 || trainingStartedAt === undefined) return false;
  if (warmPool && warmPool.status !== 'InUse' && warmPool.status !== 'Available') return false;
  return failureReason === undefined || /^(AlgorithmError|ClientError):/.test(failureReason);
}

/** The pool whose instances a job has. */
export const poolOf = ({ warmPool }: Pick<EndedJob, 'warmPool'>): WarmPoolId | undefined =>
  warmPool && 'pool' in warmPool ? warmPool.pool : undefined;

/** What of a job decides whether its instances are kept. */
interface EndedJob {
  readonly request: CreateTrainingJobRequest;
  readonly warmPool?: WarmPool;
  readonly failureReason?: string;
  readonly trainingStartedAt?: number;
}

/** When a pool that is available ends by itself. */
export const endOfPool = ({
  pool,
  availableAt,
  keepAliveSeconds,
}: WarmPool & { status: 'Available' }): number =>
  Math.min(availableAt + keepAliveSeconds * 1000, pool.since + LONGEST_LIFE_MS);

/**
 * Whether a job may run on the instances that another one left: all that made them what they are must be the same; the image may
 * differ (training contract §4.6).
 */
export function matches(job: CreateTrainingJobRequest, left: CreateTrainingJobRequest): boolean {
  return !job.EnableManagedSpotTraining && criteria(job) === criteria(left);
}

function criteria(request: CreateTrainingJobRequest): string {
  const { ResourceConfig: resources, VpcConfig: vpc } = request;
  return JSON.stringify([
    request.RoleArn,
    resources?.InstanceGroups ?? [resources?.InstanceType, resources?.InstanceCount],
    resources?.VolumeKmsKeyId ?? '',
    resources?.VolumeSizeInGB ?? 0,
    [...(vpc?.SecurityGroupIds ?? [])].sort(),
    [...(vpc?.Subnets ?? [])].sort(),
    request.EnableInterContainerTrafficEncryption ?? false,
    request.EnableNetworkIsolation ?? false,
    request.SessionChainingConfig?.EnableSessionTagChaining ?? false,
  ]);
}

/** A fact of the instances' life after the job. */
type PoolFact = Extract<
  Fact,
  { kind: 'WarmPoolAvailable' | 'KeepAliveChanged' | 'WarmPoolReused' | 'WarmPoolTerminated' }
>;

/** The pool after a fact, or undefined when it can't have happened to the pool as it is. */
export function poolAfter(before: WarmPool | undefined, fact: PoolFact, at: number): WarmPool | undefined {
  if (fact.kind === 'WarmPoolAvailable') {
    if (before && before.status !== 'InUse') return undefined;
    const { pool, keepAliveSeconds } = fact;
    return { status: 'Available', pool, availableAt: at, keepAliveSeconds };
  }
  if (fact.kind === 'WarmPoolTerminated' && (!before || before.status === 'InUse'))
    return { status: 'Terminated' };
  if (before?.status !== 'Available') return undefined;
  const retainedMs = at - before.availableAt;
  switch (fact.kind) {
    case 'KeepAliveChanged':
      return { ...before, keepAliveSeconds: fact.seconds };
    case 'WarmPoolReused':
      return { status: 'Reused', retainedMs, reusedBy: fact.by };
    case 'WarmPoolTerminated':
      return { status: 'Terminated', retainedMs };
  }
}

/** What Describe and List say of it. Time counts while the instances wait for a job, and is told when it is over. */
export function describeWarmPool(warmPool: WarmPool | undefined): WarmPoolStatus | undefined {
  if (!warmPool) return undefined;
  const retained = 'retainedMs' in warmPool ? warmPool.retainedMs : undefined;
  return {
    Status: warmPool.status,
    ...(retained !== undefined && { ResourceRetainedBillableTimeInSeconds: Math.floor(retained / 1000) }),
    ...(warmPool.status === 'Reused' && { ReusedByJob: warmPool.reusedBy }),
  };
}
