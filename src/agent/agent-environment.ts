import type { Clock } from '../clock/clock.ts';
import type { Runtime } from '../executors/runtime.ts';
import type { ObjectLocation, ObjectStorage } from '../objects/object-storage.ts';
import type { ObjectMounter } from './fast-file/object-mounter.ts';
import type { FileSystems } from './file-systems/file-systems.ts';
import type { InstanceCheck } from './infra-check/instance-check.ts';
import type { InstancePlan } from './instance-agent.ts';
import type { InstanceNetworks } from './instance-network.ts';
import type { PackageCache } from './packages/package-cache.ts';
import type { Telemetry } from './telemetry.ts';
import type { TimeSeries } from './time-series/time-series.ts';
import type { UsageRecorder } from './usage/usage-recorder.ts';

/** The place an agent works in, and what it works with. */
export interface AgentEnvironment {
  readonly runtime: Runtime;
  readonly storage: ObjectStorage;
  /** Shows objects of a storage that has none as files of this machine. Absent: there is none. */
  readonly mounter?: ObjectMounter;
  /** The file systems that channels may be folders of. Absent: none. */
  readonly fileSystems?: FileSystems;
  /** What scripts' requirements were installed to once, for all. Absent: each job installs its own. */
  readonly packages?: PackageCache;
  /** Whether the role of a job may read an object, where the request's rules have not seen to it. Absent: it may read all. */
  mayRead?(plan: InstancePlan, object: ObjectLocation): boolean;
  /** Names the Python of an image that runs scripts, and whatever else tells what is installed with it. Undefined: it runs none. */
  scriptPython?(image: string): string | undefined;
  /** The file with the certificates that algorithms are to trust. Absent: those of their images. */
  readonly certificates?: string;
  /** Where the instances of a job reach each other. */
  readonly networks: InstanceNetworks;
  readonly telemetry: Telemetry;
  /** Where it is recorded what instances use. Absent: nowhere. */
  readonly usage?: UsageRecorder;
  /** Takes the values that algorithms write into SAGEMAKER_METRICS_DIRECTORY. Absent: nobody does. */
  readonly timeSeries?: TimeSeries;
  readonly clock: Clock;
  /** The folder that holds the instances' homes. */
  readonly folder: string;
  /** Upper limits of the instance, from its type. Absent: none. */
  readonly instanceType: { readonly cpus?: number; readonly memoryBytes?: number };
  /** What the service adds to the algorithm's environment: its endpoint's URL and credentials. Not asked for under network isolation. */
  containerEnvironment(plan: InstancePlan): Readonly<Record<string, string>>;
  /** What InfraCheckConfig checks besides the instance itself. */
  readonly furtherChecks?: readonly InstanceCheck[];
  /** The last flush of a synced folder gives up when nothing got ahead for so long, in milliseconds. Absent: five minutes. */
  readonly flushPatience?: number;
  /** A line for the operator. */
  log(line: string): void;
}
