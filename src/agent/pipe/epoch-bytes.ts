import { ChunkBuffers, gathered } from './chunk-buffers.ts';
import { chunksOf, decompressed, type ObjectPlace } from './object-bytes.ts';
import type { Item, PipeChannel, PipePlan, Unit } from './pipe-plan.ts';
import { ReadAhead } from './read-ahead.ts';
import { inMemory, withKept, withObject } from './record-sources.ts';
import { frame } from './recordio.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { shuffled } from './shuffle.ts';
import type { Spool } from './spool.ts';

/** What the reader of one epoch's FIFO gets, in chunks of which each is good until two more were made. */
export async function* epochBytes(
  plan: PipePlan,
  epoch: number,
  { pins, spool }: { readonly pins: string; readonly spool: Spool },
): AsyncGenerator<Buffer> {
  const ahead = new ReadAhead(segmentsToFetch(plan, epoch), spool, `${plan.name}.${epoch}`);
  const place = { pins, ahead, buffers: new ChunkBuffers() };
  try {
    yield* gathered(deliver(plan, epoch, place));
  } finally {
    await ahead.close();
  }
}

/** The units of an epoch that this host gets, in order (training contract §2.4). */
export function* unitsOf({ units, seed, shards, shard }: PipePlan, epoch: number): Generator<Unit> {
  const order = seed === undefined ? undefined : shuffled(units.length, seed, epoch);
  for (let place = shard; place < units.length; place += shards) {
    const unit = units[order ? (order[place] ?? 0) : place];
    if (unit) yield unit;
  }
}

function* segmentsToFetch(plan: PipePlan, epoch: number): Generator<Segment> {
  for (const unit of unitsOf(plan, epoch)) {
    for (const item of unit) if (typeof item !== 'string' && !item.pins) yield* segmentsOf(item);
  }
}

async function* deliver(plan: PipePlan, epoch: number, place: ObjectPlace): AsyncGenerator<Buffer> {
  for (const unit of unitsOf(plan, epoch)) {
    for (const item of unit) yield* bytesOf(item, plan, place);
  }
}

function bytesOf(item: Item, { gzip, recordIo }: PipeChannel, place: ObjectPlace): AsyncIterable<Buffer> {
  if (typeof item === 'string') return valueBytes(Buffer.from(item), recordIo, place);
  if (!recordIo) return gzip ? decompressed(item, place) : chunksOf(item, place);
  if (gzip) return withKept(decompressed(item, place), place.pins, (source) => frame(source, place.buffers));
  return withObject(item, place, (source) => frame(source, place.buffers));
}

async function* valueBytes(value: Buffer, recordIo: boolean, place: ObjectPlace): AsyncGenerator<Buffer> {
  if (recordIo) yield* frame(inMemory(value), place.buffers);
  else yield value;
}
