import type { FactKind, StopCause } from './facts.ts';

/** The live secondary statuses (training contract §4.1). */
export type SecondaryStatus =
  | 'Starting'
  | 'Pending'
  | 'Downloading'
  | 'Training'
  | 'Stopping'
  | 'Uploading'
  | 'Interrupted'
  | 'Completed'
  | 'Failed'
  | StopCause;

export type PrimaryStatus = 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped' | 'Deleting';

/** What one kind of fact does to a job's status. */
export interface Step {
  /** The statuses in which the fact may happen. `new`: the job does not exist yet. */
  readonly from: readonly (SecondaryStatus | 'new')[];
  /** The status it leads to; absent: the status stays. `stop cause`: the status that the stop's cause names. */
  readonly to?: SecondaryStatus | 'stop cause';
  /** The status message from then on (training contract §4.2); absent: the message stays. */
  readonly message?: string;
}

/** The statuses in which a job has ended: none of them leads to another. */
const ENDED = ['Completed', 'Failed', 'Stopped', 'MaxRuntimeExceeded', 'MaxWaitTimeExceeded'] as const;

/**
 * The status machine, whole: fact → from → to, message. The reducer walks it and the store's write guard is derived from it,
 * so a transition that is not here can't be written.
 */
export const lifecycle: Readonly<Record<FactKind, Step>> = {
  JobCreated: { from: ['new'], to: 'Starting', message: 'Starting the training job' },
  CapacityAwaited: { from: ['Starting'], to: 'Pending', message: 'Training job waiting for capacity' },
  InstancesAssigned: { from: ['Starting', 'Pending'], message: 'Preparing the instances for training' },
  InstanceReplaced: {
    from: ['Starting', 'Pending'],
    message: 'Launched instance was unhealthy, replacing it!',
  },
  DownloadStarted: { from: ['Starting', 'Pending'], to: 'Downloading', message: 'Downloading input data' },
  ImageDownloadStarted: { from: ['Downloading'], message: 'Downloading the training image' },
  TrainingStarted: {
    from: ['Downloading'],
    to: 'Training',
    message: 'Training image download completed. Training in progress.',
  },
  AlgorithmEnded: { from: ['Training', 'Stopping', 'Interrupted'] },
  StopRequested: {
    from: ['Starting', 'Pending', 'Downloading', 'Training', 'Interrupted'],
    to: 'Stopping',
    message: 'Stopping the training job',
  },
  LateStopRequested: { from: ['Uploading'] },
  UploadStarted: {
    from: ['Training', 'Stopping'],
    to: 'Uploading',
    message: 'Uploading generated training model',
  },
  ArtifactsStored: { from: ['Uploading'] },
  SessionOpened: { from: ['Training', 'Stopping', 'Interrupted'] },
  // UpdateTrainingJob may change it in these statuses (service model, RemoteDebugConfigForUpdate).
  RemoteDebugChanged: { from: ['Downloading', 'Training'] },
  // The SageMaker SDK's own tests wait for Training, with the image downloaded, before they change a profiler.
  ProfilerChanged: { from: ['Training'] },
  // The message is not known (training contract §13.1).
  Interrupted: {
    from: ['Starting', 'Pending', 'Downloading', 'Training'],
    to: 'Interrupted',
    message: 'Training job interrupted, as its spot capacity was reclaimed',
  },
  // "When the job is retried, its SecondaryStatus is changed to STARTING" (service model, RetryStrategy).
  AttemptFailed: {
    from: ['Starting', 'Pending', 'Downloading', 'Training', 'Uploading', 'Interrupted'],
    to: 'Starting',
    message: 'Starting the training job',
  },
  JobCompleted: { from: ['Uploading'], to: 'Completed', message: 'Training job completed' },
  JobStopped: { from: ['Stopping', 'Uploading'], to: 'stop cause' },
  JobFailed: {
    from: ['Starting', 'Pending', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Interrupted'],
    to: 'Failed',
    message: 'Training job failed',
  },
  WarmPoolAvailable: { from: ENDED },
  KeepAliveChanged: { from: ENDED },
  WarmPoolReused: { from: ENDED },
  WarmPoolTerminated: { from: ENDED },
  DeletionRequested: { from: ENDED },
};

/** The message of the terminal status that a stop leads to (training contract §4.2; MaxRuntimeExceeded's by analogy, §13.1). */
export const stopMessages: Readonly<Record<StopCause, string>> = {
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
  MaxWaitTimeExceeded: 'Training job wait time exceeded MaxWaitTimeInSeconds provided',
};

/** Whether a fact may happen to a job in a status. */
export const mayHappen = (kind: FactKind, status: SecondaryStatus): boolean =>
  lifecycle[kind].from.includes(status);

const ended: ReadonlySet<string> = new Set(ENDED);

export const hasEnded = (status: SecondaryStatus): boolean => ended.has(status);

/** The primary status (training contract §4.1). A job that was asked to stop is `Stopping` until its end, also while it uploads. */
export function primaryStatus(
  secondary: SecondaryStatus,
  { stopRequested, isDeleting }: { readonly stopRequested: boolean; readonly isDeleting: boolean },
): PrimaryStatus {
  if (isDeleting) return 'Deleting';
  if (secondary === 'Completed' || secondary === 'Failed') return secondary;
  if (hasEnded(secondary)) return 'Stopped';
  return stopRequested ? 'Stopping' : 'InProgress';
}
