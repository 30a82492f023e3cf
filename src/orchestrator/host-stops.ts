import type { InstanceAgent } from '../agent/instance-agent.ts';
import type { Clock } from '../clock/clock.ts';
import type { StopCause } from '../training/facts.ts';
import type { JobRecord } from './job-record.ts';

export interface HostStopsOptions {
  readonly record: JobRecord;
  /** In the order of the hosts; one that is replaced is another from then on. */
  readonly agents: readonly InstanceAgent[];
  readonly clock: Clock;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  /** Aborts when the attempt is to end. */
  readonly halt: AbortSignal;
  readonly requestStop: (cause: StopCause) => void;
  readonly log: (line: string) => void;
}

/** Ends the algorithms of an attempt that do not end by themselves: the job runs too long, is asked to stop, or one of its hosts failed. */
export class HostStops {
  readonly #options: HostStopsOptions;

  constructor(options: HostStopsOptions) {
    this.#options = options;
  }

  /** From now on, until `over` aborts. What was recorded before a crash counts too. */
  begin(over: AbortSignal): void {
    this.#limitRuntime(over);
    this.#whenAsked(over);
    this.afterFailure();
  }

  /**
   * MaxRuntimeInSeconds counts the time in Training, over all attempts (training contract §4.5); a restart of the server does not
   * stop its clock.
   */
  #limitRuntime(over: AbortSignal): void {
    const { record, clock, requestStop, log } = this.#options;
    const seconds = record.job.request.StoppingCondition?.MaxRuntimeInSeconds;
    if (seconds === undefined) return;
    clock
      .sleep(seconds * 1000 - record.timeIn('Training'), over)
      .then(
        () => requestStop('MaxRuntimeExceeded'),
        () => {},
      )
      .catch((error) => log(`${record.job.name}: its runtime limit was not recorded: ${error}`));
  }

  #whenAsked(over: AbortSignal): void {
    const { record, stopGrace, clock, halt } = this.#options;
    const stop = () => {
      const since = record.startOf('Interrupted') ?? record.startOf('Stopping') ?? clock.now();
      this.#stop(Math.max(0, since + stopGrace - clock.now()));
    };
    if (halt.aborted) stop();
    else halt.addEventListener('abort', stop, { once: true, signal: over });
  }

  #stop(grace: number): void {
    const { record, agents, log } = this.#options;
    for (const agent of agents.filter(({ plan }) => !record.job.endings[plan.host])) {
      agent.stop(grace).catch((error) => log(`${record.job.name}: stop of ${agent.plan.host}: ${error}`));
    }
  }

  /** One host's failure is the job's: the others have their grace from when it was recorded, also after a crash of the server. */
  afterFailure(): void {
    const { record, stopGrace, clock } = this.#options;
    const { failedAt } = record.job;
    if (failedAt !== undefined) this.#stop(Math.max(0, failedAt + stopGrace - clock.now()));
  }
}
