import type { Resources } from '../executors/driver.ts';

/** What a job needs of the driver's resources. */
export interface Need {
  readonly instances: number;
  /** GPUs per instance. */
  readonly gpusPerInstance: number;
}

/** What a job was given, until it gives it back. */
export interface Lease {
  /** The GPU indexes of each instance. */
  readonly gpus: readonly (readonly number[])[];
  release(): void;
}

interface Waiter {
  readonly order: number;
  readonly need: Need;
  grant(lease: Lease): void;
}

/**
 * The driver's instances and GPUs, handed out first come, first served: a job that needs much is not overtaken by jobs that
 * need little, so it never starves.
 */
export class Capacity {
  #instances: number;
  readonly #gpus: Set<number>;
  #waiters: Waiter[] = [];

  constructor(resources: Resources) {
    this.#instances = resources.instances;
    this.#gpus = new Set(resources.gpus);
  }

  /** A lease at once, if there is room and nobody who came earlier (a lower `order`) waits. */
  tryTake(need: Need, order: number): Lease | undefined {
    if (this.#waiters.some((waiter) => waiter.order < order)) return undefined;
    return this.#fits(need) ? this.#take(need) : undefined;
  }

  /** A lease when its turn has come. Rejects with the signal's reason when it aborts first. */
  take(need: Need, order: number, signal: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter);
        reject(signal.reason);
        this.#serve();
      };
      const waiter: Waiter = {
        order,
        need,
        grant: (lease) => {
          signal.removeEventListener('abort', leave);
          resolve(lease);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.push(waiter);
      this.#waiters.sort((a, b) => a.order - b.order);
      this.#serve();
    });
  }

  /** The lease of a job that held one before a restart: what it runs on is in use, whatever the settings say today. */
  retake(gpus: readonly (readonly number[])[]): Lease {
    this.#instances -= gpus.length;
    for (const gpu of gpus.flat()) this.#gpus.delete(gpu);
    return this.#lease(gpus);
  }

  #fits(need: Need): boolean {
    return need.instances <= this.#instances && need.instances * need.gpusPerInstance <= this.#gpus.size;
  }

  #take(need: Need): Lease {
    this.#instances -= need.instances;
    const free = [...this.#gpus].sort((a, b) => a - b);
    const gpus = Array.from({ length: need.instances }, () => free.splice(0, need.gpusPerInstance));
    for (const gpu of gpus.flat()) this.#gpus.delete(gpu);
    return this.#lease(gpus);
  }

  #lease(gpus: readonly (readonly number[])[]): Lease {
    let held = true;
    return {
      gpus,
      release: () => {
        if (!held) return;
        held = false;
        this.#instances += gpus.length;
        for (const gpu of gpus.flat()) this.#gpus.add(gpu);
        this.#serve();
      },
    };
  }

  #serve(): void {
    for (let first = this.#waiters[0]; first && this.#fits(first.need); first = this.#waiters[0]) {
      this.#waiters.shift();
      first.grant(this.#take(first.need));
    }
  }
}
