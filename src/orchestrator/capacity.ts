import type { Resources } from '../executors/driver.ts';

/** What a job needs of the driver's resources. */
export interface Need {
  readonly instances: number;
  /** GPUs per instance. */
  readonly gpusPerInstance: number;
}

/** Who asks for capacity. */
export interface Claim {
  readonly need: Need;
  /** Lower comes first. */
  readonly order: number;
  /** Managed spot: it waits behind all who are not, and gives back what it has when one of them needs it. */
  readonly isSpot: boolean;
  /** Asks its holder to give the lease back soon. Called at most once. */
  takeBack(): void;
}

/** What a job was given, until it gives it back. */
export interface Lease {
  /** The GPU indexes of each instance. */
  readonly gpus: readonly (readonly number[])[];
  release(): void;
}

interface Waiter {
  readonly claim: Claim;
  grant(lease: Lease): void;
}

interface Holding {
  readonly claim: Claim;
  readonly gpus: readonly (readonly number[])[];
  isTakenBack: boolean;
}

/**
 * The driver's instances and GPUs, handed out first come, first served: a job that needs much is not overtaken by jobs that
 * need little, so it never starves. Spot jobs have what is left over: the youngest of them make room for a job that is not.
 */
export class Capacity {
  #instances: number;
  readonly #gpus: Set<number>;
  readonly #holdings = new Set<Holding>();
  #waiters: Waiter[] = [];

  constructor(resources: Resources) {
    this.#instances = resources.instances;
    this.#gpus = new Set(resources.gpus);
  }

  /** A lease at once, if there is room and nobody waits who comes first. */
  tryTake(claim: Claim): Lease | undefined {
    if (this.#waiters.some((waiter) => comesBefore(waiter.claim, claim))) return undefined;
    return this.#fits(claim.need) ? this.#take(claim) : undefined;
  }

  /** A lease when its turn has come. Rejects with the signal's reason when it aborts first. */
  take(claim: Claim, signal: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter);
        reject(signal.reason);
        this.#serve();
      };
      const waiter: Waiter = {
        claim,
        grant: (lease) => {
          signal.removeEventListener('abort', leave);
          resolve(lease);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.push(waiter);
      this.#waiters.sort((a, b) => (comesBefore(a.claim, b.claim) ? -1 : 1));
      this.#serve();
    });
  }

  /** The lease of a job that held one before a restart: what it runs on is in use, whatever the settings say today. */
  retake(claim: Claim, gpus: readonly (readonly number[])[]): Lease {
    this.#instances -= gpus.length;
    for (const gpu of gpus.flat()) this.#gpus.delete(gpu);
    return this.#lease(claim, gpus);
  }

  #fits(need: Need, returned: readonly Holding[] = []): boolean {
    const gpus = this.#gpus.size + returned.flatMap((each) => each.gpus.flat()).length;
    const instances = this.#instances + returned.reduce((sum, each) => sum + each.gpus.length, 0);
    return need.instances <= instances && need.instances * need.gpusPerInstance <= gpus;
  }

  #take(claim: Claim): Lease {
    const { need } = claim;
    this.#instances -= need.instances;
    const free = [...this.#gpus].sort((a, b) => a - b);
    const gpus = Array.from({ length: need.instances }, () => free.splice(0, need.gpusPerInstance));
    for (const gpu of gpus.flat()) this.#gpus.delete(gpu);
    return this.#lease(claim, gpus);
  }

  #lease(claim: Claim, gpus: readonly (readonly number[])[]): Lease {
    const holding: Holding = { claim, gpus, isTakenBack: false };
    this.#holdings.add(holding);
    return {
      gpus,
      release: () => {
        if (!this.#holdings.delete(holding)) return;
        this.#instances += gpus.length;
        for (const gpu of gpus.flat()) this.#gpus.add(gpu);
        this.#serve();
      },
    };
  }

  #serve(): void {
    for (let first = this.#waiters[0]; first && this.#fits(first.claim.need); first = this.#waiters[0]) {
      this.#waiters.shift();
      first.grant(this.#take(first.claim));
    }
    const first = this.#waiters[0];
    if (first && !first.claim.isSpot) this.#makeRoom(first.claim.need);
  }

  /** Takes back the leases of the youngest spot jobs, if that makes room; what is on its way back counts as room. */
  #makeRoom(need: Need): void {
    const spot = [...this.#holdings].filter(({ claim }) => claim.isSpot);
    const chosen: Holding[] = spot.filter(({ isTakenBack }) => isTakenBack);
    const others = spot
      .filter(({ isTakenBack }) => !isTakenBack)
      .sort((a, b) => b.claim.order - a.claim.order);
    while (!this.#fits(need, chosen)) {
      const youngest = others.shift();
      if (!youngest) return;
      chosen.push(youngest);
    }
    for (const holding of chosen) {
      if (holding.isTakenBack) continue;
      holding.isTakenBack = true;
      holding.claim.takeBack();
    }
  }
}

const comesBefore = (a: Claim, b: Claim): boolean => (a.isSpot === b.isSpot ? a.order < b.order : b.isSpot);
