import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../clock/clock.ts';
import { type Hearing, hearingOf } from '../process/process-table.ts';
import type { AlgorithmExit, RunningAlgorithm, Usage } from '../runtime.ts';
import { type Session, SessionRefused, type SessionRequest } from '../session.ts';
import { tellUntilHeard } from '../termination.ts';
import { type ContainerPhase, phaseOf, type StartedContainer } from './container-phase.ts';
import { openContainerSession } from './container-session.ts';
import { ContainerUsage, type RunningProcess } from './container-usage.ts';
import type { Engine } from './engine.ts';
import { withEngine } from './engine.ts';
import { engineWords, isConflict, isNotFound, isUnreachable } from './engine-fault.ts';
import { ENTRY, hearingOfExitCode } from './entry/entry-program.ts';
import { reachedMemoryLimit, removeCgroupParent } from './instance-cgroup.ts';

/** Between two looks at a container whose end the engine told, or whose engine is away, in milliseconds. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2000;
/** Exit codes of what an engine ended when it was itself ended: SIGKILL, SIGTERM, unknown. */
const ENDED_BY_ENGINE = new Set([137, 143, 255]);
const KILLED = 137;
/** How often a container is looked at when the engine tells nothing. */
const LOOK_MS = 2000;

export interface Following extends StartedContainer {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly memoryBytes?: number | undefined;
  /** Its network is not the machine's. */
  readonly hasOwnNetwork: boolean;
  /** Called when nothing of it runs any more and before anybody hears of it. */
  beforeEnd(): Promise<void>;
  log(line: string): void;
}

/** A container that was started, followed to its end. It doesn't matter which server started it. */
export class RunningContainer implements RunningAlgorithm {
  readonly ended: Promise<AlgorithmExit>;
  readonly #following: Following;
  readonly #over = new AbortController();
  readonly #end = Promise.withResolvers<AlgorithmExit>();
  #process: RunningProcess = { id: '', pid: 0 };
  #usage: ContainerUsage | undefined;
  /** Resolves when the engine has told of it for the first time. */
  readonly #known = Promise.withResolvers<void>();
  #askedToEnd = false;
  #killed = false;
  /** The engine was away. */
  #lost = false;
  #trouble: string | undefined;

  constructor(following: Following) {
    this.#following = following;
    this.ended = this.#end.promise;
    this.#over.signal.addEventListener('abort', () => this.#known.resolve(), { once: true });
    void this.#follow();
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#over.signal.aborted) return;
    if (graceMs <= 0) return this.#kill();
    if (!this.#askedToEnd) {
      this.#askedToEnd = true;
      void tellUntilHeard(await this.#tell(), {
        clock: this.#following.clock,
        over: this.#over.signal,
        hearing: () => hearingOf(this.#process.pid),
        tell: () => this.#tell(),
      });
    }
    void this.#killAfter(graceMs);
  }

  async open(request: SessionRequest): Promise<Session> {
    if (this.#over.signal.aborted) throw new SessionRefused('The algorithm does not run.');
    return openContainerSession(this.#following.engine, this.#following, request);
  }

  async usage(): Promise<Usage | undefined> {
    await this.#known.promise;
    return this.#over.signal.aborted ? undefined : this.#usage?.read();
  }

  /** A container that is gone tells of no end. */
  async lose(): Promise<void> {
    if (this.#over.signal.aborted) return;
    await removeContainer(this.#following.engine, this.#following.record.name);
  }

  async release(): Promise<void> {
    this.#over.abort();
    await removeContainer(this.#following.engine, this.#following.record.name);
  }

  abandon(): void {
    this.#over.abort();
  }

  /** Looks until it has ended. An engine that goes away comes back: until then nothing is known, and nothing lost. */
  async #follow(): Promise<void> {
    const { signal } = this.#over;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        const phase = await phaseOf(this.#following.engine, this.#following);
        this.#trouble = undefined;
        if (phase.kind !== 'running') return await this.#finish(phase);
        this.#runs(phase);
        await this.#untilTold(LOOK_MS);
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) return;
        this.#notice(error);
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  #runs({ id, pid }: RunningProcess): void {
    if (pid === this.#process.pid) return;
    this.#process = { id, pid };
    const { engine, hasOwnNetwork } = this.#following;
    this.#usage = new ContainerUsage(engine, this.#process, hasOwnNetwork);
    this.#known.resolve();
  }

  /**
   * Waits for the engine to tell of the end, so long at most: an engine that is killed leaves some of those that wait for it
   * without an answer.
   */
  async #untilTold(ms: number): Promise<void> {
    const { engine, record } = this.#following;
    const enough = AbortSignal.any([this.#over.signal, AbortSignal.timeout(ms)]);
    const told = engine.api.getContainer(record.name).wait({ abortSignal: enough });
    const late = new Promise<void>((resolve) =>
      enough.addEventListener('abort', () => resolve(), { once: true }),
    );
    told.catch(() => undefined); // It may fail when nobody waits for it any more.
    await Promise.race([told, late]);
  }

  /** Told once for each time that the engine is away, or does not do what it is asked. */
  #notice(error: unknown): void {
    const { engine, record, log } = this.#following;
    const words = isUnreachable(error) ? 'it can not be reached' : engineWords(error);
    if (words !== this.#trouble)
      log(`${record.name}: the engine at ${engine.socket} is asked again (${words}).`);
    this.#trouble = words;
    this.#lost ||= isUnreachable(error);
  }

  async #finish(phase: ContainerPhase): Promise<void> {
    await this.#following.beforeEnd();
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#end.resolve(this.#exitOf(phase));
  }

  #exitOf(phase: ContainerPhase): AlgorithmExit {
    const { record, memoryBytes } = this.#following;
    if (phase.kind === 'vanished' || phase.kind === 'failed')
      return { kind: 'vanished', detail: phase.detail };
    if (phase.kind !== 'exited') return { kind: 'vanished', detail: 'its container was removed' };
    const { code } = phase;
    const filled = code === KILLED && !this.#killed && reachedMemoryLimit(record.name, memoryBytes);
    const outOfMemory = phase.outOfMemory || filled;
    const isEnginesDoing = this.#lost && !this.#askedToEnd && !this.#killed && !outOfMemory;
    if (isEnginesDoing && ENDED_BY_ENGINE.has(code)) {
      return { kind: 'vanished', detail: 'the container engine was restarted and ended it' };
    }
    return { kind: 'exited', code, outOfMemory };
  }

  /** Resolves with what process 1 made of it. */
  async #tell(): Promise<Hearing> {
    const container = this.#following.engine.api.getContainer(this.#following.record.name);
    try {
      return await withEngine(async () => {
        const command = await container.exec({ Cmd: [ENTRY, 'terminate'], User: '0', AttachStdout: true });
        const stream = await command.start({});
        await new Promise((resolve) => stream.resume().once('close', resolve));
        return hearingOfExitCode((await command.inspect()).ExitCode);
      }, this.#over.signal);
    } catch {
      // Where nothing more can be run in it, process 1 can still be told.
      await container.kill({ signal: 'SIGTERM' }).catch(() => undefined); // It ended.
      return 'catches';
    }
  }

  async #killAfter(graceMs: number): Promise<void> {
    try {
      await this.#following.clock.sleep(graceMs, this.#over.signal);
    } catch {
      return; // It ended in time.
    }
    await this.#kill();
  }

  async #kill(): Promise<void> {
    this.#killed = true;
    const { engine, record } = this.#following;
    try {
      await withEngine(() => engine.api.getContainer(record.name).kill(), this.#over.signal);
    } catch (error) {
      const isOver = this.#over.signal.aborted || isNotFound(error) || isConflict(error);
      if (!isOver) this.#following.log(`${record.name} can't be killed: ${(error as Error).message}`);
    }
  }
}

/** Removes a container with all that the engine made for it, whatever state it is in. Harmless where there is none. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  await withEngine(async () => {
    try {
      await engine.api.getContainer(name).remove({ force: true, v: true });
    } catch (error) {
      // A conflict: it is being removed already.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  });
  await removeCgroupParent(name);
}
