import { PAGE_EVENTS, takePage } from '../../logs/event-page.ts';
import type { LogEvent, LogReader } from '../../logs/log-reader.ts';
import type { LogStreams } from '../../logs/log-streams.ts';
import type { GetLogEventsRequest, GetLogEventsResponse } from '../../model/types.generated.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import type { Operation } from '../service.ts';
import { INVALID_TOKEN, invalidParameter, NO_SUCH_GROUP, NO_SUCH_STREAM } from './errors.ts';
import { checkGroup } from './log-group.ts';

/** From where a page is read, and which way. */
interface Cursor {
  readonly forwards: boolean;
  readonly offset: number;
}

/** A page in the order of the stream, and the borders on both sides of it. */
interface Page {
  readonly events: readonly LogEvent[];
  readonly start: number;
  readonly end: number;
}

/**
 * GetLogEvents. A token says which way to go from which offset in which stream's file (`f/<stream>/<offset>`), so it stays good for
 * as long as the stream is there: at the end the same one comes back, and gives more once there is more. It alone decides on the
 * direction; `startFromHead` matters where there is none. No data here is masked, so `unmask` has nothing to uncover.
 */
export const getLogEvents = (streams: LogStreams): Operation<GetLogEventsRequest> => ({
  input: 'GetLogEventsRequest',
  async run(input, context): Promise<GetLogEventsResponse> {
    checkGroup(input, context);
    const { startTime, endTime } = input;
    if (startTime !== undefined && endTime !== undefined && startTime > endTime) {
      throw invalidParameter('startTime must not be after endTime.');
    }
    const stream = streams.find(input.logStreamName);
    if (!stream) throw streams.groupExists() ? NO_SUCH_STREAM : NO_SUCH_GROUP;
    const reader = await streams.open(stream);
    try {
      const page = await readPage(reader, stream, input);
      return {
        events: page.events.map(({ time, message }) => ({ timestamp: time, message, ingestionTime: time })),
        nextForwardToken: `f/${stream.id}/${page.end}`,
        nextBackwardToken: `b/${stream.id}/${page.start}`,
      };
    } finally {
      await reader.close();
    }
  },
});

async function readPage(reader: LogReader, stream: LogStreamRow, input: GetLogEventsRequest): Promise<Page> {
  const { startTime, endTime, startFromHead = false, limit = PAGE_EVENTS, nextToken } = input;
  const range = await reader.range(startTime, endTime);
  const cursor = nextToken === undefined ? undefined : parseToken(nextToken, stream, reader);
  if (cursor?.forwards ?? startFromHead) {
    const from = Math.max(range.from, cursor?.offset ?? 0);
    const events = await takePage(reader.forwards(from, range.to), limit);
    return page(events, cursor?.offset ?? from);
  }
  const to = await reader.boundary(Math.min(range.to, cursor?.offset ?? range.to));
  const events = await takePage(reader.backwards(to, range.from), limit);
  return page(events.reverse(), cursor?.offset ?? to);
}

/** A page; an empty one stands at `at`. */
const page = (events: readonly LogEvent[], at: number): Page => ({
  events,
  start: events[0]?.start ?? at,
  end: events.at(-1)?.end ?? at,
});

function parseToken(token: string, stream: LogStreamRow, reader: LogReader): Cursor {
  const [, direction, id, offset] = /^([fb])\/(\d{1,15})\/(\d{1,15})$/.exec(token) ?? [];
  if (Number(id) !== stream.id || Number(offset) > reader.size) throw INVALID_TOKEN;
  return { forwards: direction === 'f', offset: Number(offset) };
}
