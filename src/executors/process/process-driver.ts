import type { AgentEnvironment } from '../../agent/agent-environment.ts';
import { createInstanceAgent } from '../../agent/create-instance-agent.ts';
import { fastFileRefusal } from '../../agent/fast-file/fast-file-root.ts';
import { fileSystemRefusal } from '../../agent/file-systems/file-systems.ts';
import type { InstanceAgent, InstancePlan } from '../../agent/instance-agent.ts';
import { credentialsRefusal } from '../../images/credentials-refusal.ts';
import type { CredentialsProviders } from '../../images/registry-credentials.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { Driver, Resources } from '../driver.ts';
import { gpuRefusal, limitsOf, requestedMounts } from '../instance-request.ts';
import type { ProcessConfig } from './config.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { ProcessNetworks } from './network/process-networks.ts';
import type { ProcessRuntime } from './process-runtime.ts';

export interface ProcessDriverOptions {
  readonly config: ProcessConfig;
  readonly runtime: ProcessRuntime;
  readonly fingerprint: Fingerprint;
  /** What answers for the ARNs of credentials providers. Absent: nothing. */
  readonly credentials?: CredentialsProviders;
  readonly networks: ProcessNetworks;
  /** What the agents work with, but for the runtime, the networks and the limits of their instance. */
  readonly agents: Omit<AgentEnvironment, 'runtime' | 'networks' | 'instanceType'>;
  /** What is not the same for all instances. */
  readonly ofInstance?: (plan: InstancePlan) => Partial<AgentEnvironment>;
}

/** Instances that are shares of this machine. Their agents live in the server; the algorithms do not. */
export class ProcessDriver implements Driver {
  readonly name = 'process';
  readonly resources: Resources;
  readonly #options: ProcessDriverOptions;

  constructor(options: ProcessDriverOptions) {
    this.#options = options;
    this.resources = { instances: options.config.maxInstances, gpus: options.fingerprint.gpus };
  }

  async refusal(request: CreateTrainingJobRequest): Promise<string | undefined> {
    const { agents } = this.#options;
    return (
      this.#imageRefusal(request) ??
      credentialsRefusal(request, this.#options.credentials ?? {}) ??
      this.#gpuRefusal(request) ??
      this.#hostsRefusal(request) ??
      this.#sessionRefusal(request) ??
      this.#mountRefusal(request) ??
      (await fileSystemRefusal(request, agents.fileSystems ?? {})) ??
      (await fastFileRefusal(request, agents))
    );
  }

  /** What goes between instances never leaves this machine's kernel, so nobody else can read it, as if it were encrypted. */
  networkRefusal(request: CreateTrainingJobRequest): string | undefined {
    return this.#isolationRefusal(request) ?? this.#options.networks.refusal(request);
  }

  agent(plan: InstancePlan): InstanceAgent {
    const { agents, runtime, networks } = this.#options;
    return createInstanceAgent(plan, {
      ...agents,
      runtime,
      networks,
      instanceType: limitsOf(plan.instanceType),
      scriptPython: (image) => runtime.scriptPython(image),
      ...this.#options.ofInstance?.(plan),
    });
  }

  /** The first sentence is SageMaker's own (wire-api §9). */
  #imageRefusal(request: CreateTrainingJobRequest): string | undefined {
    const image = request.AlgorithmSpecification?.TrainingImage ?? '';
    const why = this.#options.runtime.imageRefusal(image);
    if (why === undefined) return undefined;
    return (
      'Invalid training image. Please provide a valid Amazon Elastic Container Registry path of the Docker image to run. ' +
      `AlgorithmSpecification.TrainingImage '${image}' ${why}.`
    );
  }

  #gpuRefusal(request: CreateTrainingJobRequest): string | undefined {
    const { gpus } = this.#options.config;
    return gpuRefusal(request, this.resources.gpus.length, { gpus, setting: 'executors.process.gpus' });
  }

  /** What the algorithm is to see besides its own `/opt/ml` must be possible to show. */
  #mountRefusal(request: CreateTrainingJobRequest): string | undefined {
    const image = request.AlgorithmSpecification?.TrainingImage ?? '';
    for (const { member, ...mount } of requestedMounts(request)) {
      const why = this.#options.runtime.mountRefusal(image, mount);
      if (why !== undefined) return `${member} can't be honoured by this deployment: ${why}`;
    }
    return undefined;
  }

  #sessionRefusal(request: CreateTrainingJobRequest): string | undefined {
    const { sandbox, userNamespaces } = this.#options.fingerprint;
    if (!request.RemoteDebugConfig?.EnableRemoteDebug || (sandbox !== 'none' && userNamespaces))
      return undefined;
    return "RemoteDebugConfig.EnableRemoteDebug can't be honoured by this deployment: sessions need sandboxes with namespaces of users of their own.";
  }

  /** Without sandboxes all hosts would be the same one, with one `/opt/ml`. */
  #hostsRefusal(request: CreateTrainingJobRequest): string | undefined {
    const hosts = hostGroups(request).flatMap((group) => group.hosts).length;
    if (hosts === 1 || this.#options.config.sandbox !== 'none') return undefined;
    return (
      `ResourceConfig.InstanceCount: ${hosts} instances can't be honoured by this deployment: ` +
      'without a sandbox (executors.process.sandbox: none) a job has one instance.'
    );
  }

  #isolationRefusal(request: CreateTrainingJobRequest): string | undefined {
    if (!request.EnableNetworkIsolation || this.#options.fingerprint.networkIsolation) return undefined;
    return "EnableNetworkIsolation can't be honoured by this deployment: jobs have no network of their own here.";
  }
}
