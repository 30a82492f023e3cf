import type { AlgorithmExit } from '../executors/runtime.ts';
import type { Session, SessionRequest } from '../executors/session.ts';
import type { CreateTrainingJobRequest, ProfilerConfig } from '../model/types.generated.ts';
import type { FolderTree } from './artifacts/folder-tree.ts';

/**
 * Serves one instance of a job, phase by phase. Each phase may be called again after a crash: it finds on the instance's disk
 * what it did and goes on from there. A phase that fails rejects with a `JobFault`.
 */
export interface InstanceAgent extends ArtifactSource {
  /** As it was given, with the profiler as it was changed since. */
  readonly plan: InstancePlan;
  /**
   * Tries what the instance must be able to do, where the job asks for it (InfraCheckConfig). Rejects with an `InternalServerError`
   * when the instance is of no use; then another may take its place, after `release`.
   */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Lays out `/opt/ml` with its config files, brings the channels in and, where it is not there yet, the image. Tells of a step
   * when it begins.
   */
  prepare(signal: AbortSignal, progress?: (step: PrepareStep) => void): Promise<void>;
  /** Runs the algorithm to its end, or finds the one that runs and follows it. All its log lines and metrics are stored by then. */
  train(): Promise<AlgorithmEnd>;
  /** Runs a command beside the algorithm. Rejects with `SessionRefused`. */
  openSession(request: SessionRequest): Promise<Session>;
  /**
   * The job is profiled in this way from now on: what the algorithm reads of it is rewritten, and the samples follow. An agent that does
   * not live to do it is followed by one whose plan says so.
   */
  changeProfiler(config: ProfilerConfig): Promise<void>;
  /** Ends the algorithm: SIGTERM, and SIGKILL after `graceMs`. No effect when none runs. */
  stop(graceMs: number): Promise<void>;
  /** Kills at once all that runs on the instance, and what supervises it, as when the machine is gone. No effect when nothing runs. */
  lose(): Promise<void>;
  /**
   * After the algorithm's end, where no upload follows because the job will be tried again: brings what is synced to S3, in bounded
   * time. What could not be brought is said in the job's log.
   */
  flush(signal: AbortSignal): Promise<void>;
  /**
   * Brings what is synced to S3, and stores what the algorithms left on the instances `from` as the job's artifacts: one agent does so
   * for all hosts, the others are given none. Absent: what is on its own instance. Resolves with what was stored.
   */
  upload(signal: AbortSignal, from?: readonly ArtifactSource[]): Promise<Artifacts>;
  /**
   * Gives the instance back: nothing of it runs and its folder is gone. With `keepsWarm` stays what the next job of its warm pool will
   * find; it goes when this is called without.
   */
  release(options?: { readonly keepsWarm: boolean }): Promise<void>;
  /** Stops serving without touching what runs: the server ends, the job goes on. Pending phases may stay pending for ever. */
  abandon(): void;
}

/**
 * What the algorithm left on one instance, to be read by whichever agent makes the artifacts of the job. Where that agent is on
 * another machine, a remote source lists the tree and streams each file when its entry is read: nothing is copied to a disk.
 */
export interface ArtifactSource {
  readonly plan: Pick<InstancePlan, 'host'>;
  /** What is in the folder of an artifact. Rejects with a `JobFault`. */
  leftIn(name: keyof Artifacts): Promise<FolderTree>;
}

/** A part of the preparation that clients read of (training contract §4.2). */
export type PrepareStep = 'image download';

/** All that an agent must know of its instance and its job. Plain data: it travels to remote agents as JSON. */
export interface InstancePlan {
  readonly jobId: number;
  readonly jobName: string;
  readonly jobArn: string;
  /** 1 for the first; counts restarts of the job. */
  readonly attempt: number;
  readonly host: string;
  readonly hosts: readonly string[];
  readonly instanceType: string;
  /** The instance group's name; `homogeneousCluster` when the job has none. */
  readonly groupName: string;
  /** The request with its defaults filled in. */
  readonly request: CreateTrainingJobRequest;
  readonly account: string;
  readonly region: string;
  /** Indexes of the machine's GPUs leased to it. */
  readonly gpus: readonly number[];
  /** The number of the warm pool that it is of, if jobs may follow each other on it. */
  readonly warmPool?: number;
  /** When the instance was started: epoch milliseconds. Names its log stream. */
  readonly startedAt: number;
}

/** How the algorithm of one instance ended, with what a failure reason is made of. */
export interface AlgorithmEnd {
  readonly exit: AlgorithmExit;
  /** The beginning of `/opt/ml/output/failure`, if it was written: at most 1,024 characters. */
  readonly failureFile?: string;
  /** The last lines of its output, at most 300 characters. */
  readonly lastWords: string;
  /** The instance's disk was full at the end. */
  readonly diskFull: boolean;
}

export interface Artifacts {
  /** The model's URI, absent when the algorithm left nothing in `/opt/ml/model`. */
  readonly model?: string;
  /** The other output's URI, absent when `/opt/ml/output/data` is empty. */
  readonly output?: string;
}
