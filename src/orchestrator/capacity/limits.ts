import type { Resources } from '../../executors/driver.ts';
import type { InstanceNeed } from './claim.ts';

/** What the operator allows jobs to use at a time, besides what the driver has. */
export interface CapacitySettings {
  /** Instances by type; `*`: each type that is not named. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Pools of instances that some types share, by name. A type is in one pool at most. */
  readonly pools: Readonly<
    Record<string, { readonly instanceTypes: readonly string[]; readonly instances: number }>
  >;
}

/** How much of each limit something takes, by the limit's name. */
export type Demand = ReadonlyMap<string, number>;

/** A limit that a need will never fit into. */
export interface ExceededLimit {
  /** In the words of SageMaker's quotas: `ml.m5.large for training job usage`. */
  readonly name: string;
  readonly total: number;
  readonly used: number;
  readonly wanted: number;
  /** What to change for it to fit. */
  readonly setting: string;
}

/** How much there is of something, and how much of that is free. */
export interface LimitView {
  /** In the words of SageMaker's quotas. */
  readonly name: string;
  readonly setting: string;
  readonly total: number;
  readonly free: number;
}

interface Limit {
  readonly name: string;
  readonly setting: string;
  readonly total: number;
  free: number;
}

/** The limit that every instance counts for. */
export const INSTANCES = 'instances';
const GPUS = 'gpus';

/** All that bounds how many instances run at a time, and how much of it is free. */
export class Limits {
  readonly #limits = new Map<string, Limit>();
  readonly #settings: CapacitySettings;
  readonly #pools: ReadonlyMap<string, string>;

  constructor(resources: Resources, settings: CapacitySettings, driver: string) {
    this.#settings = settings;
    this.#pools = new Map(
      Object.entries(settings.pools).flatMap(([pool, { instanceTypes }]) =>
        instanceTypes.map((type) => [type, pool]),
      ),
    );
    this.#add(
      INSTANCES,
      resources.instances,
      'Number of instances across training jobs',
      `executors.${driver}.maxInstances`,
    );
    this.#add(GPUS, resources.gpus.length, 'GPUs for training job usage', `executors.${driver}.gpus`);
    for (const [pool, { instances, instanceTypes }] of Object.entries(settings.pools)) {
      this.#add(
        poolLimit(pool),
        instances,
        `${instanceTypes.join(', ')} for training job usage`,
        `capacity.${pool}`,
      );
    }
  }

  /** What so many instances take. What stands in for an instance that is of no use doesn't count for the quotas twice. */
  demandOf(needs: readonly InstanceNeed[], { isReplacement = false } = {}): Demand {
    const demand = new Map<string, number>();
    const add = (limit: string | undefined, amount: number) => {
      if (limit !== undefined && amount > 0) demand.set(limit, (demand.get(limit) ?? 0) + amount);
    };
    for (const { instanceType, gpus } of needs) {
      const pool = this.#pools.get(instanceType);
      add(INSTANCES, 1);
      add(GPUS, gpus);
      add(pool === undefined ? undefined : poolLimit(pool), 1);
      if (!isReplacement) add(this.#quotaLimit(instanceType), 1);
    }
    return demand;
  }

  /** The limits that are too small for it, with `more` than what is free. */
  shortOf(demand: Demand, more: (limit: string) => number = () => 0): string[] {
    return [...demand].flatMap(([name, amount]) => (this.#free(name) + more(name) < amount ? [name] : []));
  }

  /** The first limit that will never be large enough, whoever gives back what. */
  exceededBy(demand: Demand): ExceededLimit | undefined {
    for (const [name, wanted] of demand) {
      const limit = this.#limits.get(name);
      if (!limit || wanted <= limit.total) continue;
      const { name: words, setting, total, free } = limit;
      return { name: words, setting, total, used: total - free, wanted };
    }
    return undefined;
  }

  /** What each limit gives, and how much of it is free. */
  view(): LimitView[] {
    return [...this.#limits.values()].map(({ name, setting, total, free }) => ({
      name,
      setting,
      total,
      free,
    }));
  }

  /** Its names, as requests and settings know it. */
  wordsOf(limit: string): string {
    return this.#limits.get(limit)?.name ?? limit;
  }

  take(demand: Demand): void {
    this.#change(demand, -1);
  }

  giveBack(demand: Demand): void {
    this.#change(demand, 1);
  }

  #change(demand: Demand, sign: 1 | -1): void {
    for (const [name, amount] of demand) {
      const limit = this.#limits.get(name);
      if (limit) limit.free += sign * amount;
    }
  }

  #free(name: string): number {
    return this.#limits.get(name)?.free ?? 0;
  }

  /** The limit of a type's quota, which is made when the type is first asked for. */
  #quotaLimit(type: string): string | undefined {
    const { quotas } = this.#settings;
    const key = Object.hasOwn(quotas, type) ? type : '*';
    const total = quotas[key];
    if (total === undefined) return undefined;
    const name = `quota ${type}`;
    if (!this.#limits.has(name)) this.#add(name, total, `${type} for training job usage`, `quotas.${key}`);
    return name;
  }

  #add(name: string, total: number, words: string, setting: string): void {
    this.#limits.set(name, { name: words, setting, total, free: total });
  }
}

const poolLimit = (pool: string): string => `pool ${pool}`;

/** What several demands take together. */
export function sumOf(demands: readonly Demand[]): Demand {
  const sum = new Map<string, number>();
  for (const [name, amount] of demands.flatMap((demand) => [...demand]))
    sum.set(name, (sum.get(name) ?? 0) + amount);
  return sum;
}
