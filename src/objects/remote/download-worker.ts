import { parentPort, workerData } from 'node:worker_threads';
import { type DownloadEnd, type DownloadOrder, failureOf } from './download-protocol.ts';
import { RemoteStorage, type RemoteStorageOptions } from './remote-storage.ts';

/** The program of the thread that downloads large objects. */
const storage = new RemoteStorage(workerData as RemoteStorageOptions);
const underWay = new Map<number, AbortController>();

parentPort?.on('message', (order: DownloadOrder) => {
  if (order.kind === 'abort') underWay.get(order.id)?.abort();
  else void download(order);
});

async function download({ id, object, path }: Extract<DownloadOrder, { kind: 'download' }>): Promise<void> {
  const abort = new AbortController();
  underWay.set(id, abort);
  let end: DownloadEnd = { id };
  try {
    await storage.downloadHere(object, path, abort.signal);
  } catch (error) {
    end = { id, failure: failureOf(error) };
  }
  underWay.delete(id);
  parentPort?.postMessage(end);
}
