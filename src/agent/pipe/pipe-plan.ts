import { open, rename, writeFile } from 'node:fs/promises';

/**
 * All that a feeder must know of a channel. It stands in a file, so that the feeder needs neither the server nor its database:
 * the first line is the channel, each further one a unit.
 */
export interface PipePlan extends PipeChannel {
  readonly units: readonly Unit[];
}

export interface PipeChannel {
  readonly name: string;
  /** Objects are decompressed. */
  readonly gzip: boolean;
  /** Each object, or value, is a RecordIO record. */
  readonly recordIo: boolean;
  /** Each epoch has an order of its own. */
  readonly seed?: number;
  /** Units go to the hosts in turn; 1 where each host gets all. */
  readonly shards: number;
  readonly shard: number;
}

/** What stays together when a channel is shuffled or sharded: an object, or a line of an augmented manifest. */
export type Unit = readonly Item[];

export type Item = string | PipeObject;

export interface PipeObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  /** The files that hold its bytes, one after the other; absent when they must be asked for. Relative to the pins' folder. */
  readonly pins?: readonly string[];
}

/** Lines that are written at a time. */
const LINES_AT_ONCE = 1000;

/** The file is there whole or not at all. */
export async function writePlan(path: string, { units, ...channel }: PipePlan): Promise<void> {
  await writeFile(`${path}.new`, chunksOfLines([channel, ...units]));
  await rename(`${path}.new`, path);
}

function* chunksOfLines(values: readonly unknown[]): Generator<string> {
  for (let start = 0; start < values.length; start += LINES_AT_ONCE) {
    const lines = values.slice(start, start + LINES_AT_ONCE).map((value) => `${JSON.stringify(value)}\n`);
    yield lines.join('');
  }
}

export async function readPlan(path: string): Promise<PipePlan> {
  await using file = await open(path);
  let channel: PipeChannel | undefined;
  const units: Unit[] = [];
  for await (const line of file.readLines({ autoClose: false })) {
    if (channel) units.push(JSON.parse(line) as Unit);
    else channel = JSON.parse(line) as PipeChannel;
  }
  if (!channel) throw new Error(`the plan ${path} is empty`);
  return { ...channel, units };
}
