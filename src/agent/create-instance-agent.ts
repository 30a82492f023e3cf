import { type Mount, type RunningAlgorithm, RuntimeFault } from '../executors/runtime.ts';
import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import type { ProfilerConfig } from '../model/types.generated.ts';
import { JobFault } from '../training/fault.ts';
import type { AgentEnvironment } from './agent-environment.ts';
import { algorithmOf } from './algorithm/algorithm.ts';
import { collectEnd } from './algorithm/algorithm-end.ts';
import { bringImage } from './algorithm/bring-image.ts';
import type { FolderTree } from './artifacts/folder-tree.ts';
import { leftIn, uploadArtifacts } from './artifacts/upload-artifact.ts';
import { bringCertificates } from './bring-certificates.ts';
import { downloadChannels } from './channels/download-channels.ts';
import { type CompanionHook, Companions } from './companion.ts';
import { writeConfigFiles } from './config-files/write-config-files.ts';
import { mountFastFiles, showFastFiles } from './fast-file/show-fast-files.ts';
import { findFileSystems, mountFileSystems } from './file-systems/mount-file-systems.ts';
import { asJobFault, type Hook, type Instance, runHooks } from './hook.ts';
import { checkInstance } from './infra-check/check-instance.ts';
import type {
  AlgorithmEnd,
  ArtifactSource,
  Artifacts,
  InstanceAgent,
  InstancePlan,
  PrepareStep,
} from './instance-agent.ts';
import {
  hasMarker,
  type InstanceFolder,
  instanceFolder,
  openInstanceFolder,
  removeMarker,
  setMarker,
} from './instance-folder.ts';
import { type InstanceNetwork, noNetwork } from './instance-network.ts';
import { layOutFolders } from './lay-out-folders.ts';
import { bringPackages, showPackages } from './packages/bring-packages.ts';
import { feedPipes } from './pipe/feed-pipes.ts';
import { preparePipes } from './pipe/prepare-pipes.ts';
import { rewriteConfig } from './profiler/rewrite-config.ts';
import { sampleSystem } from './profiler/sample-system.ts';
import { removeTree } from './remove-tree.ts';
import { restoreCheckpoints } from './sync/restore-checkpoints.ts';
import { flushFolders, syncFolders, tellUnsynced } from './sync/sync-folders.ts';
import { writeEndFiles } from './sync/write-end-files.ts';
import type { OutputFollower } from './telemetry.ts';
import { pickUpMetrics } from './time-series/pick-up-metrics.ts';
import { recordUsage } from './usage/record-usage.ts';
import { mountCache } from './warm-pool-cache.ts';

const PREPARE: readonly Hook[] = [
  layOutFolders,
  writeConfigFiles,
  bringCertificates,
  findFileSystems,
  showFastFiles,
  downloadChannels,
  bringPackages,
  restoreCheckpoints,
  preparePipes,
  bringImage,
];
/** The sampler before the sync, which takes its last file out. */
const BESIDE: readonly CompanionHook[] = [
  mountFileSystems,
  mountFastFiles,
  mountCache,
  showPackages,
  feedPipes,
  rewriteConfig,
  sampleSystem,
  syncFolders,
  recordUsage,
  pickUpMetrics,
];

/** An algorithm that can't go on has so long to write down what it has, in milliseconds. */
const COMPANION_FAILED_GRACE_MS = 30_000;

/** The agent of an instance: one that was never served before, or one that an agent before a crash left where it was. */
export function createInstanceAgent(plan: InstancePlan, environment: AgentEnvironment): InstanceAgent {
  return new HookedInstanceAgent(plan, environment);
}

class HookedInstanceAgent implements InstanceAgent {
  #plan: InstancePlan;
  readonly #environment: AgentEnvironment;
  readonly #folder: InstanceFolder;
  readonly #instance: Instance;
  readonly #abandoned = new AbortController();
  #follower: OutputFollower | undefined;
  #running: Promise<RunningAlgorithm> | undefined;
  #companions: Companions | undefined;
  #progress: ((step: PrepareStep) => void) | undefined;
  /** When the algorithm must be gone: epoch milliseconds. Undefined until it is asked to end. */
  #stopBy: number | undefined;

  constructor(plan: InstancePlan, environment: AgentEnvironment) {
    this.#plan = plan;
    this.#environment = environment;
    this.#folder = instanceFolder(environment.folder, plan);
    const planNow = () => this.#plan;
    this.#instance = {
      get plan() {
        return planNow();
      },
      ...{ environment, folder: this.#folder },
      say: (line) => this.#output().say(line),
      progress: (step) => this.#progress?.(step),
    };
  }

  get plan(): InstancePlan {
    return this.#plan;
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#phase('check', signal, async (stop) => {
      await openInstanceFolder(this.#folder);
      await runHooks([checkInstance], this.#instance, stop);
    });
  }

  prepare(signal: AbortSignal, progress?: (step: PrepareStep) => void): Promise<void> {
    this.#progress = progress;
    return this.#phase('prepare', signal, async (stop) => {
      await openInstanceFolder(this.#folder);
      if (hasMarker(this.#folder, 'prepared')) return;
      await runHooks(PREPARE, this.#instance, stop);
      setMarker(this.#folder, 'prepared');
    });
  }

  train(): Promise<AlgorithmEnd> {
    const askedBefore = this.#stopBy;
    const starting = this.#start();
    this.#running = starting;
    return this.#phase('train', undefined, async () => {
      const running = await starting;
      this.#endWithCompanions(running);
      this.#companions?.algorithmRuns(running);
      if (askedBefore !== undefined)
        await running.stop(Math.max(0, askedBefore - this.#environment.clock.now()));
      const exit = await running.ended;
      const end = await collectEnd(this.#instance, exit, this.#output().path);
      try {
        await this.#companions?.finish();
      } finally {
        await this.#output().finish();
      }
      return end;
    });
  }

  async changeProfiler(ProfilerConfig: ProfilerConfig): Promise<void> {
    this.#plan = { ...this.#plan, request: { ...this.#plan.request, ProfilerConfig } };
    this.#companions?.profilerChanged();
  }

  async stop(graceMs: number): Promise<void> {
    // An algorithm that is yet to be found again, or being started, is stopped as soon as it is there.
    this.#stopBy = this.#environment.clock.now() + graceMs;
    const running = await this.#running?.catch(() => undefined);
    await running?.stop(graceMs);
  }

  async openSession(request: SessionRequest): Promise<Session> {
    const running = await this.#running?.catch(() => undefined);
    if (!running) throw new SessionRefused('The algorithm does not run.');
    if (!running.open) {
      throw new SessionRefused(`The ${this.#environment.runtime.name} executor can't open sessions.`);
    }
    return running.open(request);
  }

  async lose(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    await running?.lose();
  }

  flush(signal: AbortSignal): Promise<void> {
    return this.#phase('flush', signal, async (stop) => {
      await runHooks([flushFolders], this.#instance, stop);
    });
  }

  leftIn(name: keyof Artifacts): Promise<FolderTree> {
    return leftIn(name, this.#instance);
  }

  upload(signal: AbortSignal, from: readonly ArtifactSource[] = [this]): Promise<Artifacts> {
    return this.#phase('upload', signal, async (stop) => {
      const artifacts = from.length === 0 ? [] : [...uploadArtifacts(from), writeEndFiles];
      const stored = await runHooks([flushFolders, ...artifacts, tellUnsynced], this.#instance, stop);
      return Object.fromEntries(stored.flatMap((each) => Object.entries(each)));
    });
  }

  async release({ keepsWarm } = { keepsWarm: false }): Promise<void> {
    await this.#endWhatRuns();
    this.#companions?.abandon();
    this.#follower?.close();
    for (const hook of BESIDE) await hook.release?.(this.#instance, keepsWarm);
    if (!keepsWarm) await this.#environment.networks.leave(this.plan);
    await removeTree(this.#folder.home);
  }

  abandon(): void {
    this.#abandoned.abort(new Error('the agent was abandoned'));
    this.#companions?.abandon();
    this.#follower?.close();
    this.#running?.then(
      (running) => running.abandon(),
      () => {},
    );
  }

  /** Runs a phase. Once the agent is abandoned, a phase never settles: nobody may take its end for the instance's. */
  async #phase<T>(
    name: string,
    signal: AbortSignal | undefined,
    work: (stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stop = signal ? AbortSignal.any([signal, this.#abandoned.signal]) : this.#abandoned.signal;
    const [result] = await Promise.allSettled([work(stop)]);
    if (this.#abandoned.signal.aborted) return new Promise<never>(() => {});
    if (result.status === 'fulfilled') return result.value;
    signal?.throwIfAborted();
    throw asJobFault(result.reason, `${this.plan.host}, ${name}`);
  }

  /** Starts the algorithm and its companions, or finds the one that runs and goes on beside it. */
  async #start(): Promise<RunningAlgorithm> {
    if (!hasMarker(this.#folder, 'prepared')) {
      throw new JobFault(
        'InternalServerError',
        `the folder of ${this.plan.host} is not prepared, or is gone`,
      );
    }
    const before = this.#plan;
    this.#companions ??= await Companions.start(BESIDE, this.#instance);
    // Those that were started first knew nothing of a change since.
    if (this.#plan !== before) this.#companions.profilerChanged();
    return this.#startAlgorithm(this.#companions.mounts, await this.#environment.networks.join(this.plan));
  }

  /** An algorithm whose companion failed would wait for it, or go on with a part for the whole. */
  #endWithCompanions(running: RunningAlgorithm): void {
    const end = () => void running.stop(COMPANION_FAILED_GRACE_MS);
    const failed = this.#companions?.failed;
    if (failed?.aborted) end();
    else failed?.addEventListener('abort', end, { once: true });
  }

  /** The marker is there before the algorithm, so that `release` knows to look for it. */
  async #startAlgorithm(mounts: readonly Mount[], network: InstanceNetwork): Promise<RunningAlgorithm> {
    const algorithm = algorithmOf(this.#instance, network, this.#output().path, mounts);
    setMarker(this.#folder, 'started');
    try {
      return await this.#environment.runtime.start(algorithm);
    } catch (error) {
      if (!(error instanceof RuntimeFault)) throw error;
      removeMarker(this.#folder, 'started');
      throw new JobFault(error.blame === 'client' ? 'ClientError' : 'InternalServerError', error.message);
    }
  }

  /** Leaves nothing of the algorithm on the machine, whoever started it. */
  async #endWhatRuns(): Promise<void> {
    if (!hasMarker(this.#folder, 'started')) return;
    // A network that can't be had any more does not keep it from its end.
    const join = () => this.#environment.networks.join(this.plan).catch(() => noNetwork(this.plan));
    this.#running ??= this.#startAlgorithm([], await join());
    const running = await this.#running.catch((error) => {
      if (error instanceof JobFault) return undefined;
      throw error;
    });
    await running?.stop(0);
    await running?.ended;
    await running?.release();
    // A release that goes on after a crash must not look for it in a folder that is half gone.
    removeMarker(this.#folder, 'started');
  }

  /** Follows the algorithm's output, from the first time that someone needs it. */
  #output(): OutputFollower {
    this.#abandoned.signal.throwIfAborted();
    this.#follower ??= this.#environment.telemetry.follow(this.plan);
    return this.#follower;
  }
}
