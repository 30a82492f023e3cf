import type { FolderTree } from '../../agent/artifacts/folder-tree.ts';
import type {
  AlgorithmEnd,
  ArtifactSource,
  Artifacts,
  InstanceAgent,
  InstancePlan,
  PrepareStep,
} from '../../agent/instance-agent.ts';
import type { Clock } from '../../clock/clock.ts';
import type { CreateTrainingJobRequest, ProfilerConfig } from '../../model/types.generated.ts';
import { JobFault } from '../../training/fault.ts';
import type { Driver, Resources } from '../driver.ts';
import { SessionRefused } from '../session.ts';

/** What a test wants an instance to do. Times are milliseconds of the clock. */
export interface Script {
  /** So many instances of the host fail their check before one passes. */
  readonly unhealthy?: number;
  readonly prepareFor?: number;
  readonly prepareFails?: JobFault;
  /** How long after the begin of the preparation it tells of the download of its image; absent: never. */
  readonly imageDownloadAfter?: number;
  readonly trainFor?: number;
  readonly exitCode?: number;
  /** The code it exits with at SIGTERM; absent: it takes no notice and is killed when the grace is over. */
  readonly onTerm?: number;
  readonly end?: Partial<AlgorithmEnd>;
  readonly trainFails?: JobFault;
  readonly uploadFor?: number;
  readonly uploadFails?: JobFault;
  readonly artifacts?: Artifacts;
  readonly releaseFor?: number;
}

/** The machine that scripted instances run on: it outlives the servers that a test starts and crashes. */
export interface ScriptedMachine {
  readonly clock: Clock;
  readonly resources: Resources;
  script(plan: InstancePlan): Script;
  /** By instance: `<job>-<attempt>-<host>`. */
  readonly algorithms: Map<string, ScriptedAlgorithm>;
  /** How often each instance was checked. */
  readonly checked: Map<string, number>;
  /** The instances whose synced folders were brought to S3 without an upload. */
  readonly flushed: string[];
  /** How each instance is profiled, as its plan had it when it was followed, or as that was changed since. */
  readonly profiled: Map<string, ProfilerConfig>;
  /** The hosts whose artifacts an instance stored. */
  readonly gathered: Map<string, readonly string[]>;
  /** The instances that were given back, in order. */
  readonly released: string[];
}

/** A driver for tests: instances that do as a script says, on a clock that the test drives. */
export class ScriptedDriver implements Driver {
  readonly name = 'scripted';
  readonly resources: Resources;
  readonly #machine: ScriptedMachine;

  constructor(machine: ScriptedMachine) {
    this.#machine = machine;
    this.resources = machine.resources;
  }

  networkRefusal({ VpcConfig }: CreateTrainingJobRequest): string | undefined {
    return VpcConfig && "VpcConfig can't be honoured by this deployment: a scripted machine has no networks.";
  }

  async refusal(): Promise<undefined> {
    return undefined;
  }

  agent(plan: InstancePlan): InstanceAgent {
    return new ScriptedAgent(plan, this.#machine);
  }
}

/** An algorithm that runs on the scripted machine, whoever follows it. */
export class ScriptedAlgorithm {
  readonly ended: Promise<AlgorithmEnd>;
  running = true;
  readonly #signals = new AbortController();
  readonly #script: Script;
  readonly #clock: Clock;

  constructor(script: Script, clock: Clock) {
    this.#script = script;
    this.#clock = clock;
    this.ended = this.#run().finally(() => {
      this.running = false;
    });
  }

  stop(graceMs: number): void {
    if (this.#script.onTerm !== undefined) this.#signals.abort(this.#script.onTerm);
    else this.#clock.sleep(graceMs).then(() => this.#signals.abort(137));
  }

  lose(): void {
    this.#signals.abort('lost');
  }

  async #run(): Promise<AlgorithmEnd> {
    const { trainFor = 0, exitCode = 0, end = {} } = this.#script;
    const code = await this.#clock.sleep(trainFor, this.#signals.signal).then(
      () => exitCode,
      (signalled: number | 'lost') => signalled,
    );
    if (code === 'lost') {
      return { exit: { kind: 'vanished', detail: 'it was lost' }, lastWords: '', diskFull: false };
    }
    return { exit: { kind: 'exited', code, outOfMemory: false }, lastWords: '', diskFull: false, ...end };
  }
}

class ScriptedAgent implements InstanceAgent {
  readonly plan: InstancePlan;
  readonly #machine: ScriptedMachine;
  readonly #id: string;
  readonly #script: Script;
  readonly #abandoned = new AbortController();

  constructor(plan: InstancePlan, machine: ScriptedMachine) {
    this.plan = plan;
    this.#machine = machine;
    this.#id = `${plan.jobId}-${plan.attempt}-${plan.host}`;
    this.#script = machine.script(plan);
  }

  async check(): Promise<void> {
    const times = (this.#machine.checked.get(this.#id) ?? 0) + 1;
    this.#machine.checked.set(this.#id, times);
    if (times <= (this.#script.unhealthy ?? 0))
      throw new JobFault('InternalServerError', `the check of ${this.plan.host} failed`);
  }

  async prepare(signal: AbortSignal, progress?: (step: PrepareStep) => void): Promise<void> {
    const { prepareFor = 0, imageDownloadAfter } = this.#script;
    if (imageDownloadAfter !== undefined) {
      await this.#machine.clock.sleep(imageDownloadAfter, signal);
      progress?.('image download');
    }
    await this.#machine.clock.sleep(prepareFor - (imageDownloadAfter ?? 0), signal);
    if (this.#script.prepareFails) throw this.#script.prepareFails;
  }

  async train(): Promise<AlgorithmEnd> {
    if (this.#script.trainFails) throw this.#script.trainFails;
    const { ProfilerConfig: profiler } = this.plan.request;
    if (profiler) this.#machine.profiled.set(this.#id, profiler);
    let algorithm = this.#machine.algorithms.get(this.#id);
    if (!algorithm) {
      algorithm = new ScriptedAlgorithm(this.#script, this.#machine.clock);
      this.#machine.algorithms.set(this.#id, algorithm);
    }
    return algorithm.ended;
  }

  async changeProfiler(config: ProfilerConfig): Promise<void> {
    this.#machine.profiled.set(this.#id, config);
  }

  async stop(graceMs: number): Promise<void> {
    this.#machine.algorithms.get(this.#id)?.stop(graceMs);
  }

  async openSession(): Promise<never> {
    throw new SessionRefused('A scripted instance has no sessions.');
  }

  async lose(): Promise<void> {
    this.#machine.algorithms.get(this.#id)?.lose();
  }

  async flush(): Promise<void> {
    this.#machine.flushed.push(this.#id);
  }

  async leftIn(): Promise<FolderTree> {
    return { entries: [], remarks: [], unreadable: 0 };
  }

  async upload(signal: AbortSignal, from: readonly ArtifactSource[]): Promise<Artifacts> {
    await this.#machine.clock.sleep(this.#script.uploadFor ?? 0, signal);
    if (this.#script.uploadFails) throw this.#script.uploadFails;
    if (from.length > 0)
      this.#machine.gathered.set(
        this.#id,
        from.map(({ plan }) => plan.host),
      );
    return this.#script.artifacts ?? {};
  }

  async release({ keepsWarm } = { keepsWarm: false }): Promise<void> {
    await this.#machine.clock.sleep(this.#script.releaseFor ?? 0, this.#abandoned.signal);
    this.#machine.released.push(keepsWarm ? `${this.#id} (kept warm)` : this.#id);
  }

  abandon(): void {
    this.#abandoned.abort(new Error('the agent was abandoned'));
  }
}
