import type { InstanceAgent, InstancePlan } from '../agent/instance-agent.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';

/** Where instances come from. A driver starts the agent of an instance somewhere, or finds it again after a crash of ours. */
export interface Driver {
  readonly name: string;
  /** What it has to give. Asked for once, when the service starts. */
  readonly resources: Resources;
  /** Why it can't run a job: the request's member and the cause, in one sentence. Undefined: it can. */
  refusal(request: CreateTrainingJobRequest): Promise<string | undefined>;
  /** Where an instance finds the server that this machine's clients find at `url`. Absent: there too. */
  serverUrl?(plan: InstancePlan, url: string): string;
  /**
   * The same for what is said of the job's network: VpcConfig, EnableNetworkIsolation and EnableInterContainerTrafficEncryption. A
   * driver whose instances are on several machines refuses the last, or encrypts what goes between them.
   */
  networkRefusal(request: CreateTrainingJobRequest): string | undefined;
  /** The agent of an instance. With the plan of an instance that was started before, the one that serves it. */
  agent(plan: InstancePlan): InstanceAgent;
}

export interface Resources {
  /** How many instances it takes at a time. */
  readonly instances: number;
  /** Indexes of its GPUs. */
  readonly gpus: readonly number[];
}
