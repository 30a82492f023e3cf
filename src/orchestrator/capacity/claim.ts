/** What one instance of a job needs. */
export interface InstanceNeed {
  readonly instanceType: string;
  readonly gpus: number;
}

/** Who asks for capacity. */
export interface Claim {
  /** One for each instance. All of them are given at once, or none. */
  readonly need: readonly InstanceNeed[];
  /** Lower comes first. */
  readonly order: number;
  /** Managed spot: it waits behind all who are not, and gives back what it has when one of them needs it. */
  readonly isSpot: boolean;
  /** Nothing runs on it, so everybody may have it back, spot jobs too. */
  readonly isIdle?: boolean;
  /** Asks its holder to give the lease back soon. Called at most once. */
  takeBack(): void;
}

/** One instance that a job was given. */
export interface LeasedInstance {
  /** Indexes of the machine's GPUs. */
  readonly gpus: readonly number[];
}

/** What a job was given, until it gives it back. */
export interface Lease {
  /** In the order of the claim's needs. */
  readonly instances: readonly LeasedInstance[];
  /** Another instance for one that is of no use, which nobody is given before the lease is over. Undefined: there is none. */
  replace(index: number): LeasedInstance | undefined;
  /** From now on it is held for this claim: for nobody yet, or for another job. */
  handTo(claim: Claim): void;
  release(): void;
}

/** The order in which claims have their turn. */
export const comesBefore = (a: Claim, b: Claim): boolean =>
  a.isSpot === b.isSpot ? a.order < b.order : b.isSpot;
