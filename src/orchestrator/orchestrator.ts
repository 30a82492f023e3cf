import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import { StaleWriter } from '../store/jobs/append-fact.ts';
import { unfinishedJobs } from '../store/jobs/find-job.ts';
import type { StoredJob } from '../store/jobs/stored-job.ts';
import { Capacity, type CapacityView } from './capacity/capacity.ts';
import type { CapacitySettings, ExceededLimit } from './capacity/limits.ts';
import { NO_FAULTS } from './job-faults.ts';
import { STORE_RETRY_MS } from './job-record.ts';
import { type JobChange, JobRun, type JobRunEnvironment } from './job-run.ts';
import { needOf } from './placement.ts';
import { WarmPools } from './warm-pools.ts';

/** Without `faults` nothing goes wrong but by itself. */
export type OrchestratorOptions = Omit<JobRunEnvironment, 'capacity' | 'warmPools' | 'faults'> &
  Partial<Pick<JobRunEnvironment, 'faults'>>;

/** Keeps a run going for each job that has not ended, and finds them all again after a crash. */
export class Orchestrator {
  readonly #runs = new Map<string, JobRun>();
  readonly #finished = new WeakMap<JobRun, Promise<void>>();
  readonly #environment: JobRunEnvironment;
  readonly #closing = new AbortController();

  constructor(environment: OrchestratorOptions, settings?: CapacitySettings) {
    const { resources, name } = environment.driver;
    this.#environment = {
      faults: NO_FAULTS,
      ...environment,
      capacity: new Capacity(resources, settings, name),
      warmPools: new WarmPools(),
    };
  }

  /** The limit that a job would never fit into, however long it waits; undefined when it can run. */
  exceededBy(request: CreateTrainingJobRequest): ExceededLimit | undefined {
    const { capacity, driver } = this.#environment;
    return capacity.exceededBy(needOf(request, driver.resources));
  }

  /** Who has what of the capacity, and who waits for what. The orders are the jobs' numbers. */
  capacity(): CapacityView {
    return this.#environment.capacity.view();
  }

  /** Takes up every job that has not ended, or whose instances were not cleaned up. Those that hold instances come first, so that nothing else is given those. */
  recover(): void {
    const stored = unfinishedJobs(this.#environment.database);
    const holding = stored.filter(({ job }) => job.instances.length > 0);
    const waiting = stored.filter(({ job }) => job.instances.length === 0);
    const runs = [...holding, ...waiting].map((each) => this.#register(each));
    for (const run of runs) this.#start(run);
  }

  /** Takes up a job that was just stored. It can be stopped from now on, but nothing is done for it before it is on the disk. */
  admit(stored: StoredJob, onDisk?: Promise<void>): void {
    // A disk that fails leaves it unknown whether there is such a job; as long as there is, it runs.
    this.#start(
      this.#register(stored),
      onDisk?.catch(() => {}),
    );
  }

  /** Asks a job that has not ended to stop. When this returns, the request is on the disk. */
  requestStop(arn: string): void {
    this.#runs.get(arn)?.requestStop('Stopped');
  }

  /** Changes how long the instances of a job that has ended wait for another; 0 ends that. False: they do not wait. */
  setKeepAlive(arn: string, seconds: number): boolean {
    return this.#runs.get(arn)?.setKeepAlive(seconds) ?? false;
  }

  /** Changes a job that runs, in all that is asked for or in nothing. Throws `IllegalTransition` in a status that does not allow it. */
  change(arn: string, change: JobChange): void {
    this.#runs.get(arn)?.change(change);
  }

  /** Runs a command beside the algorithm of a host. Rejects with `SessionRefused`. */
  async openSession(arn: string, host: string, request: SessionRequest): Promise<Session> {
    const run = this.#runs.get(arn);
    if (!run) throw new SessionRefused('The job has ended.');
    return run.openSession(host, request);
  }

  /** Deletes a job that has ended, when it has given back all that it held. False: it holds nothing, and is still there. */
  async delete(arn: string): Promise<boolean> {
    const run = this.#runs.get(arn);
    if (!run) return false;
    run.requestDeletion();
    await this.#finished.get(run);
    return true;
  }

  /** Lets go of everything; what runs goes on, for the next server to find. */
  close(): void {
    this.#closing.abort(new Error('the service is closing'));
    for (const run of this.#runs.values()) run.abandon();
    this.#runs.clear();
  }

  #register(stored: StoredJob): JobRun {
    const run = new JobRun(stored, this.#environment);
    this.#runs.set(stored.job.arn, run);
    return run;
  }

  #start(run: JobRun, ready?: Promise<void>): void {
    this.#finished.set(run, ready ? ready.then(() => this.#keepGoing(run)) : this.#keepGoing(run));
  }

  async #keepGoing(run: JobRun): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await run.run();
        if (run.job.isDeleting) run.delete();
        // A deleted job's name may have been given to a new job meanwhile.
        if (this.#runs.get(run.job.arn) === run) this.#runs.delete(run.job.arn);
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (error instanceof StaleWriter) return this.#environment.log(error.message);
        this.#environment.log(
          `${run.job.name}: will be tried again: ${error instanceof Error ? error.stack : error}`,
        );
        await this.#environment.clock.sleep(STORE_RETRY_MS, this.#closing.signal).catch(() => {});
      }
    }
  }
}
