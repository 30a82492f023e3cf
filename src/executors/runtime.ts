import type { Session, SessionRequest } from './session.ts';

/**
 * What the agent needs of the place it stands in: a way to run one algorithm there, apart from everything else, and to find it
 * again after a crash. A sandbox, a container engine: each is a runtime.
 */
export interface Runtime {
  readonly name: string;
  /**
   * Brings the image of an instance to where the runtime needs it, before the algorithm is started, also again after a crash. A
   * runtime without it finds its images when it starts them. Rejects with an `ImageFault`, or with the signal's reason.
   */
  bringImage?(need: ImageNeed): Promise<void>;
  /**
   * Starts the algorithm, or finds the one that an earlier call for the same home started: a call never starts a second one.
   * All that is needed to find it again stands on disk before it runs. Rejects with `RuntimeFault` if it can't be started.
   */
  start(algorithm: Algorithm): Promise<RunningAlgorithm>;
}

/** The image that an instance needs. */
export interface ImageNeed {
  /** As the request names it. */
  readonly image: string;
  /** The instance's folder, in which the runtime may note what it brought. */
  readonly home: string;
  /** `TrainingRepositoryCredentialsProviderArn`. */
  readonly credentialsProvider?: string;
  readonly signal: AbortSignal;
  /** Tells that something is about to be downloaded. */
  downloading(): void;
}

/** What to run and where. Paths are the machine's own. */
export interface Algorithm {
  /** Unique among all instances of the service: `<job id>-<attempt>-<host>`. */
  readonly id: string;
  /** The instance's folder, which the runtime may use for what it must remember (in `home/run`). */
  readonly home: string;
  /** The folder that the algorithm sees as `/opt/ml`. */
  readonly mlRoot: string;
  /** What it sees besides `/opt/ml`, or over a part of it. In order: a later one may lie in an earlier one. */
  readonly mounts?: readonly Mount[];
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly arguments?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The host's name in its job: `algo-1`. */
  readonly hostname: string;
  /** Lines of the algorithm's `/etc/hosts`. */
  readonly hosts: readonly { readonly address: string; readonly name: string }[];
  readonly networkIsolation: boolean;
  /**
   * The network that it joins, as whoever made it for this runtime named it (`InstanceNetwork.handle`). Absent: the machine's own, or under
   * network isolation one in which there is nobody else.
   */
  readonly network?: string;
  /** Upper limits. Absent: none. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** Indexes of the machine's GPUs that it may use. */
  readonly gpus: readonly number[];
  /** The file that its standard output and error are appended to. It never waits for a reader. */
  readonly output: string;
}

/** A folder of the machine that an algorithm sees at `target`, an absolute path, which need not exist in its image. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface RunningAlgorithm {
  /** Resolves when nothing of the algorithm runs any more. */
  readonly ended: Promise<AlgorithmExit>;
  /**
   * Asks it to end: SIGTERM to process 1, and where that does not catch it, to every process of the instance; SIGKILL to all
   * after `graceMs` (0: at once). Resolves when the signal is sent; calling it again is harmless.
   */
  stop(graceMs: number): Promise<void>;
  /** Runs a command beside it, where it runs. Absent: the runtime can't. Rejects with `SessionRefused`. */
  open?(request: SessionRequest): Promise<Session>;
  /** Kills at once its processes and whoever could tell of their end: it will have vanished. No effect when it has ended. */
  lose(): Promise<void>;
  /**
   * What it has used so far, asked for as often as ten times a second of hundreds of algorithms: cheap. Undefined when it does not
   * run any more. Absent: the runtime can't tell.
   */
  usage?(): Promise<Usage | undefined>;
  /** Removes what the runtime made for it on the machine (cgroups, leases). After `ended`. */
  release(): Promise<void>;
  /** Stops following it: no timer, no file watch is left. It goes on, and `ended` may stay pending for ever. */
  abandon(): void;
}

/** What an algorithm has used since it started, and what it holds now. What can't be told from others' use is absent. */
export interface Usage {
  /** Processor time of all its processes, over all cores. */
  readonly cpuSeconds?: number;
  /** Without what the kernel would give back first: files that were read and are not in use. */
  readonly memoryBytes?: number;
  /** From and to disks. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  /** Over a network of its own. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

/** How an algorithm ended. */
export type AlgorithmExit =
  | {
      readonly kind: 'exited';
      /** 0 to 255; 128 + n when signal n ended it; 127 when the command was not found. */
      readonly code: number;
      /** The kernel ended a process of it for want of memory. */
      readonly outOfMemory: boolean;
    }
  /** It is gone and left no exit code: the machine restarted, or its supervisor was killed. */
  | { readonly kind: 'vanished'; readonly detail: string };

/** The algorithm could not be started, with a cause in one line. */
export class RuntimeFault extends Error {
  readonly blame: 'client' | 'internal';

  constructor(blame: 'client' | 'internal', message: string) {
    super(message);
    this.name = 'RuntimeFault';
    this.blame = blame;
  }
}
