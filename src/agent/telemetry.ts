import type { InstancePlan } from './instance-agent.ts';

/** Where an instance's output goes: its log stream, and the metrics that are read from it. */
export interface Telemetry {
  /** Starts following the output of an instance, or goes on from where a crash left it. */
  follow(plan: InstancePlan): OutputFollower;
}

export interface OutputFollower {
  /** The file that the algorithm must append its output to. It exists. */
  readonly path: string;
  /** After the algorithm's end: resolves when each line has its time and each metric in it is stored. */
  finish(): Promise<void>;
  /** Stops following without finishing: the server ends, the job goes on. */
  close(): void;
  /** A line of our own in the job's log, marked as such. */
  say(line: string): void;
}
