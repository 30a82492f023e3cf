import { once } from 'node:events';
import { type Header, type Pack, pack as packTar } from 'tar-stream';
import type { TreeEntry } from './folder-tree.ts';
import { parallelGzip } from './parallel-gzip.ts';

/** Weights hardly get smaller: what a higher level saves in bytes it loses in the time that the job's end takes. */
const COMPRESSION_LEVEL = 1;

/** The largest owner number and time that fit a tar header; beyond them they go into an extended one. */
const LARGEST_OWNER = 0o777777;
const LATEST_SECOND = 2 ** 31 - 1;

/**
 * A gzipped tar archive of the entries, made while it is read: no copy of it is on the disk. Names are relative; modes, times and
 * owners are kept, links stay links, and hard links become files of their own. `say` is told what changed on the way.
 */
export const tarArchive = (
  entries: readonly TreeEntry[],
  say: (line: string) => void,
): AsyncGenerator<Uint8Array> => parallelGzip(tarOf(entries, say), COMPRESSION_LEVEL);

async function* tarOf(
  entries: readonly TreeEntry[],
  say: (line: string) => void,
): AsyncGenerator<Uint8Array> {
  const pack = packTar();
  // The reader below meets it; but it may come once more when the reader has let go of it.
  pack.on('error', () => {});
  const filled = fill(pack, entries, say).catch((error) => pack.destroy(error));
  try {
    yield* pack as AsyncIterable<Uint8Array>;
  } finally {
    pack.destroy();
    // No file is open any more when the archive is over.
    await filled;
  }
}

async function fill(pack: Pack, entries: readonly TreeEntry[], say: (line: string) => void): Promise<void> {
  for (const entry of entries) await add(pack, entry, say);
  pack.finalize();
}

async function add(pack: Pack, entry: TreeEntry, say: (line: string) => void): Promise<void> {
  const { promise: added, resolve, reject } = Promise.withResolvers<void>();
  const sink = pack.entry(headerOf(entry), (error) => (error ? reject(error) : resolve()));
  sink.on('error', reject);
  // Reading a file may fail first; then this failure is nobody's.
  added.catch(() => {});
  if (entry.kind === 'file') {
    for await (const chunk of entry.read((change) => say(`${entry.name} ${change}`))) {
      // `added` settles early only by failing: then nobody drains any more.
      if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), added]);
    }
    sink.end(null);
  }
  await added;
}

function headerOf({ kind, name, stats, target }: TreeEntry): Partial<Header> & { name: string } {
  const seconds = Math.floor(stats.mtimeMs / 1000);
  const extended = {
    ...(stats.uid > LARGEST_OWNER && { uid: String(stats.uid) }),
    ...(stats.gid > LARGEST_OWNER && { gid: String(stats.gid) }),
    ...((seconds < 0 || seconds > LATEST_SECOND) && { mtime: String(seconds) }),
  };
  return {
    name,
    type: kind,
    mode: stats.mode & 0o7777,
    mtime: new Date(Math.min(Math.max(seconds, 0), LATEST_SECOND) * 1000),
    uid: stats.uid,
    gid: stats.gid,
    size: kind === 'file' ? stats.size : 0,
    ...(target !== undefined && { linkname: target }),
    ...(Object.keys(extended).length > 0 && { pax: extended }),
  };
}
