import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectFile, ObjectFiles, SharedFolders } from '../object-storage.ts';
import type { FolderStore } from './folder-store.ts';
import { StoredFile } from './stored-file.ts';

/** Objects that are listed before others get their turn: a millisecond or two. */
const PAGE = 1000;

/** The objects of the embedded store as files of this machine. */
export class StoredFiles implements ObjectFiles {
  readonly #store: FolderStore;

  constructor(store: FolderStore) {
    this.#store = store;
  }

  get folders(): SharedFolders {
    return this.#store.folders;
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<readonly ObjectFile[]> {
    let after: string | undefined;
    for (;;) {
      const page = this.#store.listContents(bucket, prefix, PAGE, after);
      yield page.map((content) => new StoredFile(this.#store, bucket, content));
      if (page.length < PAGE) return;
      after = page.at(-1)?.key;
      await nextTurn();
    }
  }
}
