import type { ObjectLocation } from '../../objects/object-storage.ts';

/** A way to see a folder of a bucket as a folder of this machine, which brings bytes in as they are read. */
export interface ObjectMounter {
  /** Why nothing can be mounted on this machine, and what to do about it, in one sentence. Undefined: it can. */
  refusal(): Promise<string | undefined>;
  /**
   * Mounts the objects below `key`, which is empty or ends in `/`, at `target`, read-only; or finds that they are. The mount outlives
   * this process. Files that it needs go to `folder`. Rejects with an error that says why it can't be.
   */
  mount(
    source: ObjectLocation,
    place: { readonly target: string; readonly folder: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** Ends the mount at `target`. No effect when there is none. */
  unmount(target: string): Promise<void>;
}
