import type { CreateTrainingJobRequest, ProfilerConfig } from '../model/types.generated.ts';

/** What happened to a job. Facts are numbered per job, never changed, and everything a client reads of it is derived from them. */
export type Fact =
  | {
      readonly kind: 'JobCreated';
      readonly name: string;
      readonly arn: string;
      readonly request: CreateTrainingJobRequest;
    }
  | { readonly kind: 'CapacityAwaited' }
  | {
      readonly kind: 'InstancesAssigned';
      readonly attempt: number;
      readonly instances: readonly AssignedInstance[];
      /** They are those of a warm pool. */
      readonly pool?: WarmPoolId;
    }
  /** An instance failed its check, and another takes its place. */
  | {
      readonly kind: 'InstanceReplaced';
      readonly host: string;
      readonly gpus: readonly number[];
      readonly reason: string;
    }
  | { readonly kind: 'DownloadStarted' }
  | { readonly kind: 'ImageDownloadStarted' }
  | { readonly kind: 'TrainingStarted' }
  | { readonly kind: 'StopRequested'; readonly cause: StopCause }
  /** A stop that came when the algorithm had already ended: the upload goes on, and the job ends stopped. */
  | { readonly kind: 'LateStopRequested'; readonly cause: StopCause }
  | { readonly kind: 'AlgorithmEnded'; readonly host: string; readonly ending: AlgorithmEnding }
  | { readonly kind: 'UploadStarted' }
  | { readonly kind: 'ArtifactsStored'; readonly model?: string; readonly output?: string }
  /** A command was started beside the algorithm of a host, by whoever may debug the job. */
  | { readonly kind: 'SessionOpened'; readonly host: string; readonly command: readonly string[] }
  | { readonly kind: 'RemoteDebugChanged'; readonly enabled: boolean }
  /** How the job is profiled from now on: the whole configuration, not what was changed of it. */
  | { readonly kind: 'ProfilerChanged'; readonly config: ProfilerConfig }
  /** Its spot capacity is taken back: it is asked to end, and begins anew when there is room. */
  | { readonly kind: 'Interrupted' }
  /** The job lost its instances by no fault of its own, and is tried again. */
  | { readonly kind: 'AttemptFailed'; readonly reason: string }
  | { readonly kind: 'JobCompleted' }
  | { readonly kind: 'JobStopped' }
  | { readonly kind: 'JobFailed'; readonly reason: string }
  /** The job has ended, and its instances wait for one that matches. */
  | { readonly kind: 'WarmPoolAvailable'; readonly pool: WarmPoolId; readonly keepAliveSeconds: number }
  | { readonly kind: 'KeepAliveChanged'; readonly seconds: number }
  | { readonly kind: 'WarmPoolReused'; readonly by: string }
  | { readonly kind: 'WarmPoolTerminated' }
  /** The job is being deleted. */
  | { readonly kind: 'DeletionRequested' };

export type FactKind = Fact['kind'];

/** One machine share that a job was given. */
export interface AssignedInstance {
  readonly host: string;
  readonly instanceType: string;
  readonly groupName: string;
  /** Indexes of the machine's GPUs leased to it. */
  readonly gpus: readonly number[];
  /** How many instances of the host were unhealthy before this one. */
  readonly replaced?: number;
}

/** The instances that jobs use one after the other. */
export interface WarmPoolId {
  /** The number of the job that they were first made for. */
  readonly first: number;
  /** When they were made: epoch milliseconds. */
  readonly since: number;
}

/** Why a job was asked to stop: the secondary status it will end with. */
export type StopCause = 'Stopped' | 'MaxRuntimeExceeded' | 'MaxWaitTimeExceeded';

/** How the algorithm of one host ended, in the words of the failure reason. */
export interface AlgorithmEnding {
  /** Absent when it vanished without an exit code. */
  readonly exitCode?: number;
  /** Set when the end is a failure: the job's FailureReason, should this host be the first to fail. */
  readonly failureReason?: string;
  /** The failure is our side's: the job may be tried again. */
  readonly isLost?: true;
}
