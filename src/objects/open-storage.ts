import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import type { Database } from '../store/database.ts';
import { EmbeddedStorage } from './embedded/embedded-storage.ts';
import { FolderStore } from './embedded/folder-store.ts';
import { KeyRing, type KeyRingOptions } from './embedded/key-ring.ts';
import type { ObjectStorage } from './object-storage.ts';
import { RemoteStorage, type RemoteStorageOptions } from './remote/remote-storage.ts';

/** Where the service's objects are. */
export type StorageConfig =
  | { readonly kind: 'embedded'; readonly folder: string }
  | ({ readonly kind: 's3' } & RemoteStorageOptions);

export interface StorageDependencies {
  readonly database: Database;
  readonly clock: Clock;
  /** The KMS keys of the embedded store. */
  readonly keys: KeyRingOptions;
}

export interface OpenStorage {
  readonly storage: ObjectStorage;
  /** The embedded store and its keys, for the S3 endpoint; absent when the objects are elsewhere. */
  readonly embedded?: { readonly store: FolderStore; readonly keys: KeyRing };
  /** The other S3; absent when the objects are here. */
  readonly remote?: RemoteStorage;
  close(): Promise<void>;
}

/** Opens the store that the configuration names. The embedded one keeps its key ring in its folder. */
export function openStorage(
  config: StorageConfig,
  { database, clock, keys }: StorageDependencies,
): OpenStorage {
  if (config.kind === 's3') {
    const storage = new RemoteStorage(config);
    return { storage, remote: storage, close: () => storage.close() };
  }
  mkdirSync(config.folder, { recursive: true });
  const ring = KeyRing.open(join(config.folder, 'keys.json'), keys);
  const store = new FolderStore({ folder: config.folder, database, keys: ring, clock });
  return { storage: new EmbeddedStorage(store), embedded: { store, keys: ring }, close: () => store.close() };
}
