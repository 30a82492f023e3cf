import { Readable } from 'node:stream';

/** Bytes that are read ahead of who reads the stream. */
const READ_AHEAD_BYTES = 1024 * 1024;

export const streamOf = (chunks: AsyncIterable<Buffer>): Readable =>
  Readable.from(chunks, { objectMode: false, highWaterMark: READ_AHEAD_BYTES });
