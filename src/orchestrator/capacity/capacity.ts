import type { Resources } from '../../executors/driver.ts';
import { type Claim, comesBefore, type InstanceNeed, type Lease, type LeasedInstance } from './claim.ts';
import {
  type CapacitySettings,
  type Demand,
  type ExceededLimit,
  INSTANCES,
  Limits,
  type LimitView,
  sumOf,
} from './limits.ts';
import { type Line, type Waiter, WaitingLines } from './waiting-lines.ts';

interface Holding {
  claim: Claim;
  /** All that it takes, what was replaced included. */
  demand: Demand;
  /** The GPUs that it has, those of replaced instances included. */
  readonly gpus: Set<number>;
  isTakenBack: boolean;
}

/** Who has what, and who waits for what. Jobs are known by the order of their claims. */
export interface CapacityView {
  readonly limits: readonly LimitView[];
  readonly holders: readonly { readonly order: number; readonly isTakenBack: boolean }[];
  /** In the order of their turns. `lacks`: the limits that have too little left; none for one who waits for those before it. */
  readonly waiting: readonly {
    readonly order: number;
    readonly isSpot: boolean;
    readonly lacks: readonly string[];
  }[];
}

/**
 * The driver's instances and GPUs, handed out first come, first served, within the limits of types and pools. All of a job's
 * instances are given at once. Nobody is overtaken by one who waits for any of the same limits, so a job that needs much never
 * starves; one that waits for a full pool does not keep those from going on who don't need it. Spot jobs have what is left over:
 * the youngest of them make room for a job that is not.
 */
export class Capacity {
  readonly #limits: Limits;
  readonly #gpus: Set<number>;
  readonly #holdings = new Set<Holding>();
  readonly #lines = new WaitingLines();

  constructor(
    resources: Resources,
    settings: CapacitySettings = { quotas: {}, pools: {} },
    driver = 'process',
  ) {
    this.#limits = new Limits(resources, settings, driver);
    this.#gpus = new Set(resources.gpus);
  }

  /** The limit that keeps a need from ever being served; undefined when it can be. */
  exceededBy(need: readonly InstanceNeed[]): ExceededLimit | undefined {
    return this.#limits.exceededBy(this.#limits.demandOf(need));
  }

  /** A lease at once, if there is room and nobody waits who comes first. */
  tryTake(claim: Claim): Lease | undefined {
    let lease: Lease | undefined;
    const waiter: Waiter = {
      claim,
      demand: this.#limits.demandOf(claim.need),
      grant: (granted) => {
        lease = granted;
      },
    };
    this.#lines.add(waiter);
    this.#serve({ interrupts: false });
    if (!lease) this.#lines.remove(waiter);
    return lease;
  }

  /** A lease when its turn has come. Rejects with the signal's reason when it aborts first. */
  take(claim: Claim, signal: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#lines.remove(waiter);
        reject(signal.reason);
        this.#serve();
      };
      const waiter: Waiter = {
        claim,
        demand: this.#limits.demandOf(claim.need),
        grant: (lease) => {
          signal.removeEventListener('abort', leave);
          resolve(lease);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#lines.add(waiter);
      this.#serve();
    });
  }

  /** Whether nobody waits who comes before. */
  isFirst(claim: Claim): boolean {
    return this.#lines.open().every(({ first }) => !first || !comesBefore(first.claim, claim));
  }

  /** The lease of a job that held one before a restart: what it runs on is in use, whatever the settings say today. */
  retake(claim: Claim, instances: readonly LeasedInstance[]): Lease {
    const demand = this.#limits.demandOf(
      claim.need.map((need, at) => ({ ...need, gpus: instances[at]?.gpus.length ?? 0 })),
    );
    this.#limits.take(demand);
    for (const gpu of instances.flatMap(({ gpus }) => gpus)) this.#gpus.delete(gpu);
    return this.#lease(claim, demand, instances);
  }

  /** Who has what, and who waits for what, in the order of their turns. */
  view(): CapacityView {
    const waiters = this.#lines.open().flatMap((line) => [...line]);
    waiters.sort((a, b) => (comesBefore(a.claim, b.claim) ? -1 : 1));
    return {
      limits: this.#limits.view(),
      holders: [...this.#holdings].map(({ claim, isTakenBack }) => ({ order: claim.order, isTakenBack })),
      waiting: waiters.map(({ claim, demand }) => ({
        order: claim.order,
        isSpot: claim.isSpot,
        lacks: this.#limits.shortOf(demand).map((limit) => this.#limits.wordsOf(limit)),
      })),
    };
  }

  #take(claim: Claim, demand: Demand): Lease {
    this.#limits.take(demand);
    return this.#lease(
      claim,
      demand,
      claim.need.map(({ gpus }) => this.#leased(gpus)),
    );
  }

  /** The lowest free GPUs. */
  #leased(count: number): LeasedInstance {
    const gpus = count === 0 ? [] : [...this.#gpus].sort((a, b) => a - b).slice(0, count);
    for (const gpu of gpus) this.#gpus.delete(gpu);
    return { gpus };
  }

  #lease(claim: Claim, demand: Demand, instances: readonly LeasedInstance[]): Lease {
    const gpus = new Set(instances.flatMap((each) => each.gpus));
    const holding: Holding = { claim, demand, gpus, isTakenBack: false };
    this.#holdings.add(holding);
    return {
      instances,
      replace: (index) => this.#replace(holding, holding.claim.need[index]),
      handTo: (next) => {
        holding.claim = next;
        holding.isTakenBack = false;
        if (next.isIdle) this.#serve();
      },
      release: () => {
        if (!this.#holdings.delete(holding)) return;
        this.#limits.giveBack(holding.demand);
        for (const gpu of holding.gpus) this.#gpus.add(gpu);
        this.#serve();
      },
    };
  }

  #replace(holding: Holding, need: InstanceNeed | undefined): LeasedInstance | undefined {
    if (!need || !this.#holdings.has(holding)) return undefined;
    const demand = this.#limits.demandOf([need], { isReplacement: true });
    if (this.#limits.shortOf(demand).length > 0) return undefined;
    this.#limits.take(demand);
    holding.demand = sumOf([holding.demand, demand]);
    const leased = this.#leased(need.gpus);
    for (const gpu of leased.gpus) holding.gpus.add(gpu);
    return leased;
  }

  /**
   * Gives all who can have it their lease, and lets spot jobs make room for those who can't. One for whom there is no room keeps the
   * limits that it waits for from all behind it; and if it lacks nothing but instances, everybody.
   */
  #serve({ interrupts = true } = {}): void {
    const kept = new Set<string>();
    const wantedBack = new Set<Holding>();
    let promised = 0;
    let lines = this.#lines.open();
    for (let line = nextOf(lines); line?.first; line = nextOf(lines)) {
      const { first, lanes } = line;
      const { claim, demand } = first;
      const isNext = !lanes.some((lane) => kept.has(lane));
      const short = this.#limits.shortOf(demand);
      if (isNext && short.length === 0) {
        line.remove(first);
        first.grant(this.#take(claim, demand));
        continue;
      }
      if (isNext && interrupts) {
        const room = this.#roomFor(claim, demand, promised, wantedBack);
        for (const holding of room ?? []) wantedBack.add(holding);
        if (room) promised += demand.get(INSTANCES) ?? 0;
      }
      if (isNext && short.every((limit) => limit === INSTANCES)) break;
      for (const lane of lanes) kept.add(lane);
      lines = lines.filter((each) => each !== line);
    }
    for (const holding of wantedBack) {
      holding.isTakenBack = true;
      holding.claim.takeBack();
    }
  }

  /**
   * What makes room when it is given back, beside what is free or on its way back: idle instances, and for a job that is not spot the
   * youngest spot jobs too. Undefined when there is not enough of it. `promised`: instances that others are waiting for, who come first.
   */
  #roomFor(
    { isSpot }: Claim,
    demand: Demand,
    promised: number,
    wantedBack: ReadonlySet<Holding>,
  ): Holding[] | undefined {
    const spot = [...this.#holdings].filter(({ claim }) => claim.isIdle || (claim.isSpot && !isSpot));
    const isLeaving = (each: Holding) => each.isTakenBack || wantedBack.has(each);
    const leaving = sumOf(spot.filter(isLeaving).map((each) => each.demand));
    const shortWith = (chosen: readonly Holding[]) => {
      const given = sumOf([leaving, ...chosen.map((each) => each.demand)]);
      return this.#limits.shortOf(
        demand,
        (limit) => (given.get(limit) ?? 0) - (limit === INSTANCES ? promised : 0),
      );
    };
    const staying = spot.filter((each) => !isLeaving(each)).sort((a, b) => leavesBefore(a.claim, b.claim));
    let chosen: Holding[] = [];
    for (let short = shortWith(chosen); short.length > 0; short = shortWith(chosen)) {
      const at = staying.findIndex((each) => short.some((limit) => each.demand.has(limit)));
      if (at < 0) return undefined;
      chosen.push(...staying.splice(at, 1));
    }
    // An older one that holds much may make enough room without the younger ones.
    for (const each of [...chosen]) {
      const others = chosen.filter((other) => other !== each);
      if (shortWith(others).length === 0) chosen = others;
    }
    return chosen;
  }
}

/** The line whose first has its turn before those of the others. */
function nextOf(lines: readonly Line[]): Line | undefined {
  let next: Line | undefined;
  for (const line of lines) {
    if (line.first && (!next?.first || comesBefore(line.first.claim, next.first.claim))) next = line;
  }
  return next;
}

/** Idle instances before those that a job runs on, the youngest first. */
const leavesBefore = (a: Claim, b: Claim): number =>
  Number(b.isIdle ?? false) - Number(a.isIdle ?? false) || b.order - a.order;
