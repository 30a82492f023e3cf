import type { AgentEnvironment } from '../agent/agent-environment.ts';
import type { InstancePlan } from '../agent/instance-agent.ts';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Driver } from '../executors/driver.ts';
import { UnpackedImages } from '../executors/process/images/unpacked-images.ts';
import { openNetworks } from '../executors/process/network/open-networks.ts';
import { ProcessDriver } from '../executors/process/process-driver.ts';
import { createProcessRuntime } from '../executors/process/process-runtime.ts';
import { CannotStart } from './cannot-start.ts';
import type { DataLayout } from './data-folder.ts';

/** What a driver is made with, whichever it is. */
export interface DriverPlace {
  readonly layout: DataLayout;
  /** The time that jobs and their limits go by. */
  readonly clock: Clock;
  /** What the agents work with, but for what the driver brings. */
  readonly agents: Omit<AgentEnvironment, 'runtime' | 'networks' | 'instanceType'>;
  /** Ports of this machine's loopback that algorithms are told of. */
  loopbackPorts(): readonly number[];
  /** Whether a job, or one on the instances of its warm pool, has instances. */
  holdsInstances(jobId: number): boolean;
  /** What is not the same for all instances. */
  ofInstance(plan: InstancePlan): Partial<AgentEnvironment>;
}

export interface OpenDriver {
  readonly driver: Driver;
  /** Takes up what earlier servers left, as soon as it is known where this one is found. Before any job is. */
  listening(): Promise<void>;
  /** Ends what it does beside its jobs. */
  close(): Promise<void>;
}

/** The driver of the executor that the settings name, or that this machine has. Says which one it is. Throws `CannotStart`. */
export async function openDriver(settings: Settings, place: DriverPlace): Promise<OpenDriver> {
  const { executor } = settings;
  if (executor === 'process') return processDriver(settings, place);
  // Loaded here: a server without containers does not pay for what speaks to engines.
  const { openDockerDriver } = await import('./open-docker-driver.ts');
  const found = await openDockerDriver(settings, place);
  if (!('problem' in found)) return found;
  if (executor === 'docker') throw new CannotStart(found.problem);
  place.agents.log(`Jobs run as processes of this machine. ${found.problem}`);
  return processDriver(settings, place);
}

async function processDriver(
  { executors, images, dataDir, vpc }: Settings,
  { layout, clock, agents, ofInstance, loopbackPorts, holdsInstances }: DriverPlace,
): Promise<OpenDriver> {
  const config = executors.process;
  const { log } = agents;
  const unpacked = new UnpackedImages({ folder: layout.images, settings: images, clock, log });
  unpacked.open();
  const runtime = createProcessRuntime(config, {
    clock,
    hidden: [dataDir],
    images: { settings: images, unpacked },
  });
  const [fingerprint, { networks, ...reach }] = await Promise.all([
    runtime.fingerprint(),
    openNetworks({ ...{ config, dataDir, vpc, holdsInstances }, ports: loopbackPorts, log }),
  ]);
  for (const problem of [...fingerprint.problems, ...(reach.problem ? [reach.problem] : [])]) log(problem);
  if (!fingerprint.ok || !reach.ok) throw new CannotStart('jobs can not be run on this machine: see above.');
  const driver = new ProcessDriver({
    ...{ config, runtime, fingerprint, networks, ofInstance },
    credentials: images.credentials,
    agents,
  });
  return {
    driver,
    listening: () => networks.takeUp(),
    close: async () => {
      networks.close();
      await unpacked.close();
    },
  };
}
