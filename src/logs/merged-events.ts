import type { LogStreamRow } from '../store/logs/log-stream-row.ts';
import { logStreamsBetween } from '../store/logs/log-streams-between.ts';
import type { LogEvent, LogReader } from './log-reader.ts';
import type { LogStreams } from './log-streams.ts';

/** An event among those of several streams. */
export interface StreamEvent extends LogEvent {
  readonly stream: LogStreamRow;
}

/** Where a merge stands: behind the event of `stream` that ends (latest first: begins) at `offset`. */
export interface MergePosition {
  readonly time: number;
  readonly stream: number;
  readonly offset: number;
}

export interface MergeQuery {
  readonly prefix: string;
  readonly names?: readonly string[] | undefined;
  /** Both inclusive, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly latestFirst: boolean;
  /** Goes on behind this event. */
  readonly after?: MergePosition | undefined;
}

/** More streams than this can't be read side by side. */
export const MOST_OPEN_STREAMS = 500;
const CANDIDATES = 100;

/** More streams had events at the same time than can be merged. */
export class TooManyStreamsError extends Error {}

interface Lane {
  readonly stream: LogStreamRow;
  readonly reader: LogReader;
  readonly events: AsyncGenerator<LogEvent>;
  head: LogEvent;
}

/**
 * The events of several streams in the order of time; where that is the same, in the order of streams. A stream is opened when
 * its time has come and closed when it is read, so what is held at once is only what ran at once.
 */
export async function* mergedEvents(streams: LogStreams, query: MergeQuery): AsyncGenerator<StreamEvent> {
  streams.notice(query.prefix);
  const lanes: Lane[] = [];
  const candidates = candidateStreams(streams, query);
  let candidate = candidates.next();
  try {
    for (;;) {
      let first = firstLane(lanes, query.latestFirst);
      while (!candidate.done && (!first || mayComeBefore(candidate.value, first, query.latestFirst))) {
        if (lanes.length >= MOST_OPEN_STREAMS) throw new TooManyStreamsError();
        const lane = await openLane(streams, candidate.value, query);
        if (lane) lanes.push(lane);
        candidate = candidates.next();
        first = firstLane(lanes, query.latestFirst);
      }
      if (!first) return;
      yield { ...first.head, stream: first.stream };
      const next = await first.events.next();
      if (next.done) {
        lanes.splice(lanes.indexOf(first), 1);
        await first.reader.close();
      } else first.head = next.value;
    }
  } finally {
    await Promise.all(lanes.map((lane) => lane.reader.close()));
  }
}

/** The streams that may have events in the time asked for, those that can come first first. */
function* candidateStreams(streams: LogStreams, query: MergeQuery): Generator<LogStreamRow, undefined> {
  const { prefix, names, latestFirst, after } = query;
  const from = latestFirst ? query.from : Math.max(query.from, after?.time ?? 0);
  const to = latestFirst ? Math.min(query.to, after?.time ?? query.to) : query.to;
  for (let skip = 0; ; skip += CANDIDATES) {
    const rows = logStreamsBetween(streams.database, {
      ...{ prefix, names, from, to, latestFirst, skip },
      limit: CANDIDATES,
    });
    yield* rows;
    if (rows.length < CANDIDATES) return undefined;
  }
}

/** Whether a stream that isn't open yet may have an event that comes before the first of those that are. */
function mayComeBefore(stream: LogStreamRow, first: Lane, latestFirst: boolean): boolean {
  if (latestFirst) return (stream.lastEventAt ?? Number.POSITIVE_INFINITY) >= first.head.time;
  return (stream.createdAt ?? 0) <= first.head.time;
}

function firstLane(lanes: readonly Lane[], latestFirst: boolean): Lane | undefined {
  let first: Lane | undefined;
  for (const lane of lanes) {
    const order = first ? lane.head.time - first.head.time || lane.stream.id - first.stream.id : -1;
    if (!first || (latestFirst ? order > 0 : order < 0)) first = lane;
  }
  return first;
}

async function openLane(
  streams: LogStreams,
  stream: LogStreamRow,
  query: MergeQuery,
): Promise<Lane | undefined> {
  const reader = await streams.open(stream);
  try {
    const events = await laneEvents(reader, stream, query);
    const head = await events.next();
    if (!head.done) return { stream, reader, events, head: head.value };
  } catch (error) {
    await reader.close();
    throw error;
  }
  await reader.close();
  return undefined;
}

async function laneEvents(reader: LogReader, stream: LogStreamRow, query: MergeQuery) {
  const { after } = query;
  const isBehind = after !== undefined && stream.id <= after.stream;
  if (query.latestFirst) {
    const isBefore = after !== undefined && stream.id < after.stream;
    const to = Math.min(query.to, after ? after.time - (isBefore ? 0 : 1) : query.to);
    const range = await reader.range(query.from, to + 1);
    if (after?.stream === stream.id) return reader.backwards(after.offset, range.from);
    return reader.backwards(await reader.boundary(range.to), range.from);
  }
  const from = Math.max(query.from, after ? after.time + (isBehind ? 1 : 0) : 0);
  const range = await reader.range(from, query.to + 1);
  return reader.forwards(after?.stream === stream.id ? after.offset : range.from, range.to);
}
