import type { Clock } from '../clock/clock.ts';
import type { Driver } from '../executors/driver.ts';
import type { AssignedInstance, Fact, WarmPoolId } from '../training/facts.ts';
import { JobFault } from '../training/fault.ts';
import type { Capacity } from './capacity/capacity.ts';
import type { Claim, Lease } from './capacity/claim.ts';
import type { ExceededLimit } from './capacity/limits.ts';
import { isChecked } from './instance-checks.ts';
import type { CapacitySeeker, JobFaults } from './job-faults.ts';
import type { JobRecord } from './job-record.ts';
import { assignInstances, instanceTypesOf, needOf } from './placement.ts';
import { Stopped, unlessStopped } from './stopped.ts';
import type { WarmInstances, WarmPools } from './warm-pools.ts';

export interface SeekerEnvironment {
  readonly driver: Driver;
  readonly capacity: Capacity;
  readonly warmPools: WarmPools;
  readonly clock: Clock;
  /** What was asked to go wrong. */
  readonly faults: JobFaults;
}

export interface SeekerSignals {
  /** Aborts when the job is asked to stop. */
  readonly stop: AbortSignal;
  /** Aborts when the job has ended, or is another server's. */
  readonly over: AbortSignal;
  /** The instances are wanted back. */
  takeBack(): void;
}

/** How a job comes to its instances: those that are warm, those that are free, or its turn in the line. */
export class InstanceSeeker {
  readonly #record: JobRecord;
  readonly #environment: SeekerEnvironment;
  readonly #signals: SeekerSignals;
  #isTakenBack = false;

  constructor(record: JobRecord, environment: SeekerEnvironment, signals: SeekerSignals) {
    this.#record = record;
    this.#environment = environment;
    this.#signals = signals;
  }

  /** Whether what was found last is wanted back already. */
  get isTakenBack(): boolean {
    return this.#isTakenBack;
  }

  /** The instances that the job was assigned by an earlier life of this server. */
  retake(): Lease {
    return this.#environment.capacity.retake(this.#claim(), this.#record.job.instances);
  }

  /** Takes instances that are warm, or those that are free, or waits for either. Undefined when the job is asked to stop before. */
  async seek(): Promise<Lease | undefined> {
    if (this.#signals.stop.aborted) return undefined;
    this.#isTakenBack = false;
    const claim = this.#claim();
    const { capacity, faults, warmPools } = this.#environment;
    const warm = warmPools.match(this.#record.job.request);
    if (warm) return this.#takeOver(warm, claim);
    // The settings may have been changed since it was created; it would keep all behind it waiting for ever.
    const exceeded = capacity.exceededBy(claim.need);
    if (exceeded) throw tooSmall(exceeded);
    const lease = faults.withholdCapacity(this.#seeker()) ? undefined : capacity.tryTake(claim);
    if (lease) return this.#takeUp(lease);
    if (this.#record.isIn('Starting')) this.#record.add({ kind: 'CapacityAwaited' });
    return this.#awaitInstances(claim);
  }

  #takeUp(lease: Lease): Lease {
    const assigned = this.#assigned(assignInstances(this.#record.job.request, lease.instances));
    if (isChecked(this.#record.job)) this.#record.add(assigned);
    else this.#record.add(assigned, { kind: 'DownloadStarted' });
    return lease;
  }

  #takeOver(warm: WarmInstances, claim: Claim): Lease {
    const assigned = (instances: readonly AssignedInstance[], pool: WarmPoolId) =>
      this.#assigned(instances, pool);
    return warm.handTo(this.#record, claim, assigned);
  }

  #assigned(instances: readonly AssignedInstance[], pool?: WarmPoolId): Fact {
    return {
      kind: 'InstancesAssigned',
      attempt: this.#record.job.attempt + 1,
      instances,
      ...(pool && { pool }),
    };
  }

  /** Rejects with a `CapacityError` when MaxPendingTimeInSeconds, over all attempts, is over. */
  async #awaitInstances(claim: Claim): Promise<Lease | undefined> {
    const { capacity, clock, warmPools } = this.#environment;
    const seconds = this.#record.job.request.StoppingCondition?.MaxPendingTimeInSeconds;
    const served = new AbortController();
    const tooLong = new AbortController();
    if (seconds !== undefined) {
      clock.sleep(seconds * 1000 - this.#record.timeIn('Pending'), served.signal).then(
        () => tooLong.abort(pendingTooLong(seconds)),
        () => {},
      );
    }
    let onWarm: Lease | undefined;
    const waitNoMore = warmPools.await({
      request: this.#record.job.request,
      isFirst: () => capacity.isFirst(claim),
      take: (warm) => {
        onWarm = this.#takeOver(warm, claim);
        served.abort(new Stopped());
      },
    });
    const signal = AbortSignal.any([this.#signals.stop, tooLong.signal, this.#signals.over, served.signal]);
    try {
      const lease = await this.#takeTurn(claim, signal).catch(unlessStopped);
      if (!onWarm) return lease && this.#takeUp(lease);
      // Both may come in the same moment.
      lease?.release();
      return onWarm;
    } finally {
      waitNoMore();
      served.abort(new Stopped());
    }
  }

  /** Its turn may have come while capacity is withheld from it: then it lets the others go on. */
  async #takeTurn(claim: Claim, signal: AbortSignal): Promise<Lease> {
    const { capacity, faults } = this.#environment;
    for (;;) {
      await faults.capacityReturns(this.#seeker(), signal);
      const lease = await capacity.take(claim, signal);
      if (!faults.withholdCapacity(this.#seeker())) return lease;
      lease.release();
    }
  }

  /** The job as a fault that withholds capacity knows it. */
  #seeker(): CapacitySeeker {
    const { name, arn, request, attempt } = this.#record.job;
    return {
      jobId: this.#record.id,
      jobName: name,
      jobArn: arn,
      attempt: attempt + 1,
      instanceTypes: instanceTypesOf(request),
    };
  }

  #claim(): Claim {
    return {
      need: needOf(this.#record.job.request, this.#environment.driver.resources),
      order: this.#record.id,
      isSpot: this.#record.job.request.EnableManagedSpotTraining ?? false,
      takeBack: () => {
        this.#isTakenBack = true;
        this.#signals.takeBack();
      },
    };
  }
}

const tooSmall = ({ name, total, wanted, setting }: ExceededLimit): JobFault =>
  new JobFault(
    'CapacityError',
    `Unable to provision requested ML compute capacity. '${name}' is ${total} by now, and the job needs ${wanted} (setting ${setting}).`,
  );

/** In SageMaker's words for a lack of capacity (training contract §1.6), and how long the job waited. */
const pendingTooLong = (seconds: number): JobFault =>
  new JobFault(
    'CapacityError',
    `Unable to provision requested ML compute capacity. The job was Pending for MaxPendingTimeInSeconds (${seconds}).`,
  );
