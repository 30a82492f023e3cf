import type { Clock } from '../clock/clock.ts';
import type { Runtime } from '../executors/runtime.ts';
import type { ObjectStorage } from '../objects/object-storage.ts';
import type { InstancePlan } from './instance-agent.ts';
import type { Telemetry } from './telemetry.ts';

/** The place an agent works in, and what it works with. */
export interface AgentEnvironment {
  readonly runtime: Runtime;
  readonly storage: ObjectStorage;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** The folder that holds the instances' homes. */
  readonly folder: string;
  /** Upper limits of the instance, from its type. Absent: none. */
  readonly instanceType: { readonly cpus?: number; readonly memoryBytes?: number };
  /** What the service adds to the algorithm's environment: its endpoint's URL and credentials. Not asked for under network isolation. */
  containerEnvironment(plan: InstancePlan): Readonly<Record<string, string>>;
  /** A line for the operator. */
  log(line: string): void;
}
