import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import type { AlgorithmEnding, AssignedInstance, Fact, StopCause } from './facts.ts';
import {
  hasEnded,
  lifecycle,
  type PrimaryStatus,
  primaryStatus,
  type SecondaryStatus,
  stopMessages,
} from './lifecycle.ts';
import { poolAfter, type WarmPool } from './warm-pool.ts';

/** A training job as its facts tell it. Times are epoch milliseconds. */
export interface Job {
  readonly name: string;
  readonly arn: string;
  /** The request as it was accepted, with its defaults filled in, and with its profiler as UpdateTrainingJob left it. */
  readonly request: CreateTrainingJobRequest;
  readonly status: PrimaryStatus;
  readonly secondaryStatus: SecondaryStatus;
  readonly transitions: readonly Transition[];
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** 0 until instances were assigned; counts the retries. */
  readonly attempt: number;
  readonly failedAttempts: number;
  /** Those of the present attempt; empty before they are assigned. */
  readonly instances: readonly AssignedInstance[];
  /** When the instances were assigned: names the log streams. */
  readonly assignedAt?: number;
  /** The start of Downloading (training contract §4.4). */
  readonly trainingStartedAt?: number;
  /** The start of the terminal status. */
  readonly endedAt?: number;
  readonly stopCause?: StopCause;
  /** By host. */
  readonly endings: Readonly<Record<string, AlgorithmEnding>>;
  /** The host that failed first. */
  readonly firstFailure?: string;
  /** When that was recorded. */
  readonly failedAt?: number;
  readonly artifacts?: { readonly model?: string; readonly output?: string };
  readonly failureReason?: string;
  /** Whether sessions may be opened, where that was changed since the job was created. */
  readonly remoteDebug?: boolean;
  readonly warmPool?: WarmPool;
  readonly isDeleting?: true;
}

/** One visit of a status. Its message is rewritten in place; the end of one is the start of the next (training contract §4.2). */
export interface Transition {
  readonly status: SecondaryStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly message: string;
}

/** A fact that the status machine does not allow in the job's present status. */
export class IllegalTransition extends Error {
  constructor(kind: Fact['kind'], status: string) {
    super(`${kind} can't happen to a job in status ${status}`);
    this.name = 'IllegalTransition';
  }
}

/** Whether there is something left to do for it: it runs, a warm pool keeps its instances, or it is to be deleted. */
export const isUnfinished = ({ instances, isDeleting }: Job): boolean =>
  instances.length > 0 || isDeleting === true;

/** Whether sessions may be opened in it (RemoteDebugConfig). */
export const allowsSessions = ({ request, remoteDebug }: Job): boolean =>
  remoteDebug ?? request.RemoteDebugConfig?.EnableRemoteDebug ?? false;

/** The job after a fact. Pure: the same facts make the same job. Throws `IllegalTransition`. */
export function apply(job: Job | undefined, fact: Fact, at: number): Job {
  const status = job?.secondaryStatus ?? 'new';
  if (!lifecycle[fact.kind].from.includes(status)) throw new IllegalTransition(fact.kind, status);
  return move(learn(job, fact, at), fact, at);
}

/** What the fact says, apart from the status. */
function learn(job: Job | undefined, fact: Fact, at: number): Job {
  if (fact.kind === 'JobCreated') return newJob(fact, at);
  if (!job) throw new IllegalTransition(fact.kind, 'new');
  switch (fact.kind) {
    case 'InstancesAssigned':
      return {
        ...{ ...job, attempt: fact.attempt, instances: fact.instances, assignedAt: at },
        ...(fact.pool && { warmPool: { status: 'InUse', pool: fact.pool } }),
      };
    case 'InstanceReplaced':
      return {
        ...job,
        instances: job.instances.map((each) =>
          each.host === fact.host ? { ...each, gpus: fact.gpus, replaced: (each.replaced ?? 0) + 1 } : each,
        ),
      };
    case 'DownloadStarted':
      return { ...job, trainingStartedAt: job.trainingStartedAt ?? at };
    case 'StopRequested':
    case 'LateStopRequested':
      return { ...job, stopCause: fact.cause };
    case 'AlgorithmEnded':
      return learnEnding(job, fact, at);
    case 'ArtifactsStored': {
      const { kind: _, ...artifacts } = fact;
      return { ...job, artifacts };
    }
    case 'AttemptFailed':
      // An interruption is no failure: it does not use up the retries.
      return {
        ...withoutAttempt(job),
        failedAttempts: job.failedAttempts + (job.secondaryStatus === 'Interrupted' ? 0 : 1),
      };
    case 'JobFailed':
      return { ...job, failureReason: fact.reason };
    case 'RemoteDebugChanged':
      return { ...job, remoteDebug: fact.enabled };
    case 'ProfilerChanged':
      return { ...job, request: { ...job.request, ProfilerConfig: fact.config }, modifiedAt: at };
    case 'WarmPoolAvailable':
    case 'KeepAliveChanged':
    case 'WarmPoolReused':
    case 'WarmPoolTerminated':
      return learnPool(job, fact, at);
    case 'DeletionRequested':
      return { ...job, isDeleting: true };
    default:
      return job;
  }
}

/** What the next attempt must not take for its own. */
function withoutAttempt(job: Job): Job {
  const { assignedAt: _, firstFailure: _1, failedAt: _2, artifacts: _3, warmPool: _4, ...rest } = job;
  return { ...rest, instances: [], endings: {} };
}

function learnPool(job: Job, fact: Parameters<typeof poolAfter>[1], at: number): Job {
  const warmPool = poolAfter(job.warmPool, fact, at);
  if (!warmPool) throw new IllegalTransition(fact.kind, `with warm pool ${job.warmPool?.status}`);
  // What another job took over is that job's.
  return warmPool.status === 'Reused' ? { ...job, warmPool, instances: [] } : { ...job, warmPool };
}

function learnEnding(job: Job, fact: Extract<Fact, { kind: 'AlgorithmEnded' }>, at: number): Job {
  const endings = { ...job.endings, [fact.host]: fact.ending };
  const failedFirst = fact.ending.failureReason !== undefined && job.firstFailure === undefined;
  return failedFirst ? { ...job, endings, firstFailure: fact.host, failedAt: at } : { ...job, endings };
}

function newJob(fact: Extract<Fact, { kind: 'JobCreated' }>, at: number): Job {
  return {
    name: fact.name,
    arn: fact.arn,
    request: fact.request,
    status: 'InProgress',
    secondaryStatus: 'Starting',
    transitions: [],
    createdAt: at,
    modifiedAt: at,
    attempt: 0,
    failedAttempts: 0,
    instances: [],
    endings: {},
  };
}

/** The status after the fact, as the table says. */
function move(job: Job, fact: Fact, at: number): Job {
  const step = lifecycle[fact.kind];
  const to = step.to === 'stop cause' ? job.stopCause : step.to;
  if (step.to === 'stop cause' && to === undefined)
    throw new IllegalTransition(fact.kind, 'not asked to stop');
  const secondaryStatus = to ?? job.secondaryStatus;
  const message = step.to === 'stop cause' && job.stopCause ? stopMessages[job.stopCause] : step.message;
  const enters = to !== undefined && (to !== job.secondaryStatus || job.transitions.length === 0);
  const transitions = enters
    ? [...close(job.transitions, at), opened(to, message ?? '', at)]
    : rewrite(job.transitions, message);
  const changed = enters || message !== undefined;
  return {
    ...job,
    secondaryStatus,
    status: primaryStatus(secondaryStatus, {
      stopRequested: job.stopCause !== undefined,
      isDeleting: job.isDeleting ?? false,
    }),
    transitions,
    modifiedAt: changed ? at : job.modifiedAt,
    ...(enters && hasEnded(secondaryStatus) ? { endedAt: at } : {}),
  };
}

/** A terminal status starts and ends at the same instant (training contract §4.2). */
const opened = (status: SecondaryStatus, message: string, at: number): Transition =>
  hasEnded(status) ? { status, startedAt: at, endedAt: at, message } : { status, startedAt: at, message };

const close = (transitions: readonly Transition[], at: number): Transition[] =>
  transitions.map((each, index) => (index === transitions.length - 1 ? { ...each, endedAt: at } : each));

const rewrite = (transitions: readonly Transition[], message: string | undefined): readonly Transition[] =>
  message === undefined
    ? transitions
    : transitions.map((each, index) => (index === transitions.length - 1 ? { ...each, message } : each));
