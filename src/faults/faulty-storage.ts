import {
  type ObjectLocation,
  type ObjectStorage,
  ObjectStorageError,
  type ObjectSummary,
} from '../objects/object-storage.ts';
import type { FaultSubject } from './fault.ts';
import type { Faults } from './faults.ts';

/** A store as one instance of a job sees it: slow, refusing or unreachable, as it was asked to be. */
export function faultyStorage(storage: ObjectStorage, faults: Faults, subject: FaultSubject): ObjectStorage {
  const link = new SlowLink(faults, subject);
  const reach = () => {
    if (faults.striking(subject, 'unreachable-store'))
      throw new ObjectStorageError('ServiceUnavailable', 'The store can not be reached: a fault on demand.');
  };
  const send = () => {
    reach();
    if (faults.striking(subject, 'fail-upload'))
      throw new ObjectStorageError('InternalError', 'The store takes no upload: a fault on demand.');
  };
  const { files } = storage;
  const offered = {
    link:
      storage.link &&
      (async (object: ObjectLocation & ObjectSummary, path: string) => {
        reach();
        return storage.link?.(object, path);
      }),
    files: files && {
      async *list(bucket: string, prefix: string) {
        reach();
        yield* files.list(bucket, prefix);
      },
      folders: files.folders,
    },
  } satisfies { readonly [Name in OptionalName]: ObjectStorage[Name] | undefined };
  return {
    async bucketExists(bucket) {
      reach();
      return storage.bucketExists(bucket);
    },
    async *list(bucket, prefix, options) {
      reach();
      for await (const object of storage.list(bucket, prefix, options)) {
        yield object;
        reach();
      }
    },
    async find(object) {
      reach();
      return storage.find(object);
    },
    async download(object, path, signal) {
      reach();
      await link.carry(object.size, signal);
      return storage.download(object, path, signal);
    },
    async downloadRange(object, range, path, signal) {
      reach();
      await link.carry(range.length, signal);
      return storage.downloadRange(object, range, path, signal);
    },
    async upload(target, body, options) {
      send();
      return storage.upload(target, body, options);
    },
    async delete(target) {
      send();
      return storage.delete(target);
    },
    ...(offered.link && { link: offered.link }),
    ...(offered.files && { files: offered.files }),
  };
}

/** What not every store offers. */
type OptionalName = {
  [Name in keyof ObjectStorage]-?: undefined extends ObjectStorage[Name] ? Name : never;
}[keyof ObjectStorage];

/** One instance's way to the store. Bytes take the time that they need at its speed, one download after the other. */
class SlowLink {
  readonly #faults: Faults;
  readonly #subject: FaultSubject;
  #free: Promise<unknown> = Promise.resolve();

  constructor(faults: Faults, subject: FaultSubject) {
    this.#faults = faults;
    this.#subject = subject;
  }

  /** Resolves when so many bytes have come through. At once where nothing slows it. */
  carry(bytes: number, signal = new AbortController().signal): Promise<void> {
    const carried = this.#free.then(() => this.#carry(bytes, signal));
    this.#free = carried.catch(() => {});
    return carried;
  }

  async #carry(bytes: number, signal: AbortSignal): Promise<void> {
    for (let left = bytes; left > 0; ) {
      signal.throwIfAborted();
      const active = this.#faults.striking(this.#subject, 'slow-download');
      if (!active) return;
      const perMillisecond = active.fault.bytesPerSecond / 1000;
      const since = this.#faults.now();
      // Less than a millisecond is nothing that can be waited for.
      const arrival = since + Math.ceil(left / perMillisecond);
      await this.#faults.waitUntil(Math.min(arrival, active.endsAt ?? Infinity), signal);
      left -= (this.#faults.now() - since) * perMillisecond;
    }
  }
}
