import { once } from 'node:events';
import type { Duplex, PassThrough } from 'node:stream';

/** Before each part of the output: which stream it is of, three zeros, and its length (Docker Engine API, "Attach to a container"). */
const HEADER_BYTES = 8;
const STANDARD_ERROR = 2;

interface Sinks {
  readonly output: PassThrough;
  readonly errors: PassThrough;
}

/** Gives out what comes from a command with a terminal, no faster than it is taken. Resolves at its end, however it ended. */
export async function forwardTerminal(stream: Duplex, { output }: Pick<Sinks, 'output'>): Promise<void> {
  await each(stream, (chunk) => give(output, chunk));
}

/** The same of a command without one, whose two streams come in one. */
export async function forwardStreams(stream: Duplex, { output, errors }: Sinks): Promise<void> {
  let header = Buffer.alloc(0);
  let sink = output;
  let left = 0;
  await each(stream, async (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        const more = chunk.subarray(at, at + HEADER_BYTES - header.length);
        at += more.length;
        header = Buffer.concat([header, more]);
        if (header.length < HEADER_BYTES) return;
        sink = header[0] === STANDARD_ERROR ? errors : output;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      } else {
        const part = chunk.subarray(at, at + left);
        at += part.length;
        left -= part.length;
        await give(sink, part);
      }
    }
  });
}

async function each(stream: Duplex, work: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) await work(chunk);
  } catch {
    // The engine is gone, or we closed it: there is nothing more to come.
  }
}

/** Where nobody takes it any more, it is lost. */
async function give(sink: PassThrough, chunk: Buffer): Promise<void> {
  if (sink.destroyed || sink.write(chunk)) return;
  const enough = new AbortController();
  const { signal } = enough;
  await Promise.race([once(sink, 'drain', { signal }), once(sink, 'close', { signal })]);
  enough.abort();
}
