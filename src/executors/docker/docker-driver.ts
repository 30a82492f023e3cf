import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import type { AgentEnvironment } from '../../agent/agent-environment.ts';
import { createInstanceAgent } from '../../agent/create-instance-agent.ts';
import { fastFileRefusal } from '../../agent/fast-file/fast-file-root.ts';
import { fileSystemRefusal } from '../../agent/file-systems/file-systems.ts';
import type { InstanceAgent, InstancePlan } from '../../agent/instance-agent.ts';
import type { Clock } from '../../clock/clock.ts';
import { credentialsRefusal } from '../../images/credentials-refusal.ts';
import { BadImageReference } from '../../images/image-reference.ts';
import type { ImageSettings } from '../../images/image-settings.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { Driver, Resources } from '../driver.ts';
import { gpuRefusal, limitsOf, requestedMounts } from '../instance-request.ts';
import { machineGpus } from '../process/gpu-devices.ts';
import type { DockerConfig } from './config.ts';
import { DockerRuntime } from './docker-runtime.ts';
import type { Engine } from './engine.ts';
import { EngineImages } from './engine-images.ts';
import { OWN_FOLDER } from './entry/entry-program.ts';
import { gpuProblem } from './gpu-driver.ts';
import { JobNetworks } from './job-networks.ts';
import { removeOrphans } from './orphans.ts';
import { rootlessProblems } from './rootless.ts';

export interface DockerDriverOptions {
  readonly engine: Engine;
  readonly config: DockerConfig;
  readonly images: ImageSettings;
  /** The time that jobs and their limits go by. */
  readonly clock: Clock;
  /** What the agents work with, but for the runtime, the networks and the limits of their instance. */
  readonly agents: Omit<AgentEnvironment, 'runtime' | 'networks' | 'instanceType'>;
  /** What is not the same for all instances. */
  ofInstance?(plan: InstancePlan): Partial<AgentEnvironment>;
}

/** Paths of a container that are not for mounts. */
const TAKEN = ['/', '/proc', '/sys', '/dev', OWN_FOLDER];

/** Instances that are containers on this machine. Their agents live in the server; the algorithms do not. */
export class DockerDriver implements Driver {
  readonly name = 'docker';
  readonly resources: Resources;
  readonly #options: DockerDriverOptions;
  readonly #owner: string;
  readonly #images: EngineImages;
  readonly #runtime: DockerRuntime;
  readonly #networks: JobNetworks;

  constructor(options: DockerDriverOptions) {
    const { engine, config, images, clock, agents } = options;
    this.#options = options;
    this.#owner = ownerOf(agents.folder);
    this.#images = new EngineImages(engine, images);
    this.#runtime = new DockerRuntime(engine, config, {
      images: this.#images,
      clock,
      owner: this.#owner,
      log: (line) => agents.log(line),
    });
    this.#networks = new JobNetworks(engine, config, this.#owner);
    this.resources = { instances: config.maxInstances, gpus: engine.gpuDriver ? machineGpus() : [] };
  }

  /** What jobs have to do without, in a sentence each. */
  get problems(): readonly string[] {
    const { engine } = this.#options;
    const unused = machineGpus().length;
    const ofGpus =
      unused > 0 && !engine.gpuDriver
        ? [`No job gets any of this machine's ${unused} GPU(s): ${gpuProblem(engine)}.`]
        : [];
    return [...rootlessProblems(engine), ...ofGpus];
  }

  /** Removes what was left of instances that are gone. */
  async removeOrphans(): Promise<void> {
    const { engine, agents } = this.#options;
    for (const name of await removeOrphans(engine, this.#owner, existsSync)) {
      agents.log(`The container ${name} was left of an instance that is gone, and is removed.`);
    }
    const instances = readdirSync(agents.folder);
    await this.#networks.removeOrphans((attempt) => instances.some((name) => name.startsWith(`${attempt}-`)));
  }

  async refusal(request: CreateTrainingJobRequest): Promise<string | undefined> {
    const { agents, config, images } = this.#options;
    const gpus = { gpus: config.gpus, setting: 'executors.docker.gpus' };
    return (
      this.#imageRefusal(request) ??
      credentialsRefusal(request, images.credentials) ??
      gpuRefusal(request, this.resources.gpus.length, gpus) ??
      hostsRefusal(request, config) ??
      mountRefusal(request) ??
      (await fileSystemRefusal(request, agents.fileSystems ?? {})) ??
      (await fastFileRefusal(request, agents))
    );
  }

  /** What goes between containers never leaves this machine's kernel. A container always has a network of its own, or none. */
  networkRefusal(request: CreateTrainingJobRequest): string | undefined {
    if (!request.VpcConfig) return undefined;
    return "VpcConfig can't be honoured by this deployment: the executor docker joins containers to no other networks than their job's.";
  }

  serverUrl(plan: InstancePlan, url: string): string {
    const { network, serverName } = this.#options.config;
    const isOnMachine = network === 'host' && plan.hosts.length === 1;
    return isOnMachine || serverName === undefined ? url : `http://${serverName}:${new URL(url).port}`;
  }

  agent(plan: InstancePlan): InstanceAgent {
    const instanceType = limitsOf(plan.instanceType);
    const { agents } = this.#options;
    return createInstanceAgent(plan, {
      ...agents,
      runtime: this.#runtime,
      networks: this.#networks,
      instanceType,
      ...this.#options.ofInstance?.(plan),
    });
  }

  /** The first sentence is SageMaker's own (wire-api §9). */
  #imageRefusal(request: CreateTrainingJobRequest): string | undefined {
    try {
      this.#images.reference(request.AlgorithmSpecification?.TrainingImage ?? '');
      return undefined;
    } catch (error) {
      if (!(error instanceof BadImageReference)) throw error;
      return (
        'Invalid training image. Please provide a valid Amazon Elastic Container Registry path of the Docker image to run. ' +
        `AlgorithmSpecification.TrainingImage: ${error.message}`
      );
    }
  }
}

/** Names the data directory in what the engine keeps. */
function ownerOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 12);
}

/** In a network of their own, instances find the server only by a name that they are told. */
function hostsRefusal(request: CreateTrainingJobRequest, { serverName }: DockerConfig): string | undefined {
  const hosts = hostGroups(request).flatMap((group) => group.hosts).length;
  if (hosts === 1 || request.EnableNetworkIsolation || serverName !== undefined) return undefined;
  return (
    `ResourceConfig.InstanceCount: ${hosts} instances can't be honoured by this deployment: their network is their own, in which they ` +
    'do not find this server. Set executors.docker.serverName (and host, so that the server listens there), or use EnableNetworkIsolation.'
  );
}

function mountRefusal(request: CreateTrainingJobRequest): string | undefined {
  for (const { member, target } of requestedMounts(request)) {
    const taken = TAKEN.find((path) => target === path || (path !== '/' && target.startsWith(`${path}/`)));
    if (taken !== undefined) {
      return `${member} can't be honoured by this deployment: ${target} is not for files of a job.`;
    }
  }
  return undefined;
}
