import type { Clock } from '../clock/clock.ts';
import type { CapacitySeeker, JobFaults, Victim } from '../orchestrator/job-faults.ts';
import type { Database } from '../store/database.ts';
import {
  activeFaults,
  endFault,
  faultsThatStruck,
  insertFault,
  insertStrike,
  type StoredFault,
} from '../store/faults/faults.ts';
import {
  type ActiveFault,
  activeFault,
  type Fault,
  type FaultKind,
  type FaultSubject,
  isLasting,
  isMeantFor,
} from './fault.ts';
import { addFaultEvent } from './fault-events.ts';

export interface FaultsOptions {
  readonly database: Database;
  /** The clock of the jobs. */
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/**
 * The faults that were asked for. Each strike is recorded, with the event of it, before it is carried out; what a crash came
 * between is carried out again, so that what was recorded has happened.
 */
export class Faults implements JobFaults {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #active: readonly ActiveFault[] = [];
  #changed = Promise.withResolvers<void>();

  constructor({ database, clock, log }: FaultsOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#reload();
  }

  /** When this returns, it survives any crash. */
  add(fault: Fault): StoredFault {
    const stored = insertFault(this.#database, JSON.stringify(fault), this.#clock.now());
    this.#reload();
    return stored;
  }

  /** Ends faults: those of these numbers, or all. Returns the numbers of those that were not over. */
  clear(ids: readonly number[] | 'all'): number[] {
    const chosen = ids === 'all' ? this.#active.map(({ id }) => id) : ids;
    const cleared = this.#database.transaction(() =>
      chosen.filter((id) => endFault(this.#database, id, this.#clock.now(), 'cleared')),
    );
    this.#reload();
    return cleared;
  }

  /** By the clock of the jobs: epoch milliseconds. */
  now(): number {
    return this.#clock.now();
  }

  withholdCapacity(seeker: CapacitySeeker): boolean {
    return this.striking(seeker, 'no-capacity') !== undefined;
  }

  async capacityReturns(seeker: CapacitySeeker, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const fault = this.striking(seeker, 'no-capacity');
      if (!fault) return;
      await this.waitUntil(fault.endsAt ?? Infinity, signal);
    }
  }

  haunt(victim: Victim, signal: AbortSignal): void {
    this.#haunt(victim, signal).catch((error) => {
      if (!signal.aborted) this.#log(`${victim.jobName}: its faults go no further: ${error}`);
    });
  }

  /** The lasting fault of a kind that is on a job at this moment, and that this is so is recorded. */
  striking<Kind extends FaultKind>(
    subject: FaultSubject,
    kind: Kind,
  ): (ActiveFault & { readonly fault: Extract<Fault, { kind: Kind }> }) | undefined {
    const found = this.#find(subject, kind);
    if (!found) return undefined;
    this.#strike(found, subject);
    return this.#find(subject, kind) as ReturnType<typeof this.striking<Kind>>;
  }

  /** Whether a sudden fault of a kind strikes this attempt: for the first time, or again after a crash. */
  strikes(subject: FaultSubject, kind: FaultKind): boolean {
    const before = faultsThatStruck(this.#database, subject).some(
      (each) => activeFault(each).fault.kind === kind,
    );
    const found = this.#find(subject, kind);
    if (before || !found) return before;
    this.#strike(found, subject);
    return true;
  }

  /** Resolves when the time has come (epoch milliseconds of the jobs' clock), or some fault has come or gone. */
  async waitUntil(time: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    // Without a time it is looked again once a day, which costs nothing.
    const ms = Math.min(time - this.#clock.now(), 24 * 3600 * 1000);
    const slept = this.#clock.sleep(ms, either).catch(() => {});
    await Promise.race([slept, this.#changed.promise]);
    over.abort();
    signal.throwIfAborted();
  }

  #find(subject: FaultSubject, kind: FaultKind): ActiveFault | undefined {
    this.#endOverdue();
    return this.#active.find(({ fault }) => fault.kind === kind && isMeantFor(fault, subject));
  }

  #endOverdue(): void {
    const now = this.#clock.now();
    const overdue = this.#active.filter(({ endsAt }) => endsAt !== undefined && endsAt <= now);
    if (overdue.length === 0) return;
    for (const { id, endsAt = now } of overdue) endFault(this.#database, id, endsAt, 'its time was over');
    this.#reload();
  }

  #strike(active: ActiveFault, subject: FaultSubject): void {
    const at = this.#clock.now();
    const isNew = this.#database.transaction(() => {
      if (!insertStrike(this.#database, active.id, { ...subject, at })) return false;
      addFaultEvent(this.#database, active, subject, { at, outcome: { type: 'Struck' } });
      const { fault, strikes } = active;
      if (!isLasting(fault) && strikes + 1 >= fault.times)
        endFault(this.#database, active.id, at, 'it struck');
      return true;
    });
    if (isNew) this.#reload();
  }

  async #haunt(victim: Victim, signal: AbortSignal): Promise<void> {
    const done = new Set<number>();
    for (const { id, fault } of faultsThatStruck(this.#database, victim).map(activeFault)) {
      done.add(id);
      await carryOut(fault, victim);
    }
    while (!signal.aborted) {
      const next = this.#nextFor(victim, done);
      const due = next ? dueAt(next.fault, victim) : Infinity;
      if (next && due <= this.#clock.now()) {
        done.add(next.id);
        await this.#strikeVictim(next, victim);
      } else {
        await this.waitUntil(due, signal);
      }
    }
  }

  /** The fault that is to strike it next. */
  #nextFor(victim: Victim, done: ReadonlySet<number>): ActiveFault | undefined {
    return this.#active
      .filter(({ id, fault }) => strikesInTraining(fault) && isMeantFor(fault, victim) && !done.has(id))
      .sort((a, b) => dueAt(a.fault, victim) - dueAt(b.fault, victim))[0];
  }

  async #strikeVictim(active: ActiveFault, victim: Victim): Promise<void> {
    const reason = refusal(active.fault, victim);
    if (reason === undefined) {
      this.#strike(active, victim);
      await carryOut(active.fault, victim);
      return;
    }
    const at = this.#clock.now();
    this.#log(`${victim.jobName}: fault ${active.id} (${active.fault.kind}): ${reason}`);
    this.#database.transaction(() => {
      endFault(this.#database, active.id, at, `refused: ${reason}`);
      addFaultEvent(this.#database, active, victim, { at, outcome: { type: 'Refused', reason } });
    });
    this.#reload();
  }

  #reload(): void {
    this.#active = activeFaults(this.#database).map(activeFault);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Why a fault can't happen to a job, in a sentence. Undefined: it can. */
export function refusal(
  fault: Fault,
  job: { readonly isSpot: boolean; readonly hosts: readonly string[] },
): string | undefined {
  if (fault.kind === 'interrupt' && !job.isSpot)
    return 'Only a job with EnableManagedSpotTraining can be interrupted.';
  if (fault.kind === 'lose-host' && !job.hosts.includes(fault.host))
    return `The job has no host ${fault.host}: it has ${job.hosts.join(', ')}.`;
  return undefined;
}

const strikesInTraining = (fault: Fault): boolean => 'afterSeconds' in fault;

const dueAt = (fault: Fault, { trainingSince }: Victim): number =>
  trainingSince + ('afterSeconds' in fault ? fault.afterSeconds * 1000 : 0);

/** Harmless when it was done before. */
async function carryOut(fault: Fault, victim: Victim): Promise<void> {
  if (fault.kind === 'interrupt') victim.interrupt();
  if (fault.kind === 'lose-host') await victim.lose(fault.host);
}
