import { PAGE_BYTES, PAGE_EVENTS, pageBytes } from '../../logs/event-page.ts';
import { compileFilterPattern, FilterPatternError, type MessageFilter } from '../../logs/filter-pattern.ts';
import type { LogStreams } from '../../logs/log-streams.ts';
import {
  type MergePosition,
  type MergeQuery,
  MOST_OPEN_STREAMS,
  mergedEvents,
  type StreamEvent,
  TooManyStreamsError,
} from '../../logs/merged-events.ts';
import type {
  FilteredLogEvent,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
} from '../../model/types.generated.ts';
import type { Operation } from '../service.ts';
import { INVALID_TOKEN, invalidParameter, NO_SUCH_GROUP, NO_SUCH_STREAM } from './errors.ts';
import { checkGroup } from './log-group.ts';

/** A page is answered, empty or not, once this many bytes of the streams were searched for it. */
const SEARCHED_BYTES = 16 * 1_048_576;

/** Later than any event, and yet a number that one can be added to. */
const END_OF_TIME = 8.64e15;

const EVENT_ID_DIGITS = 56;
const OFFSET_DIGITS = 20;

interface Page {
  readonly events: FilteredLogEvent[];
  /** The last event that was looked at, where there may be more behind it. */
  readonly last?: StreamEvent;
}

/**
 * FilterLogEvents. `endTime` is inclusive here, unlike GetLogEvents' (service model). `interleaved` has no effect at CloudWatch Logs
 * either: streams always are. No data here is masked, so `unmask` has nothing to uncover.
 */
export const filterLogEvents = (streams: LogStreams): Operation<FilterLogEventsRequest> => ({
  input: 'FilterLogEventsRequest',
  async run(input, context): Promise<FilterLogEventsResponse> {
    checkGroup(input, context);
    checkStreams(streams, input);
    const query = mergeQuery(input);
    const page = await searchPage(streams, query, filterOf(input), input.limit ?? PAGE_EVENTS);
    return {
      events: page.events,
      searchedLogStreams: [],
      ...(page.last ? { nextToken: token(page.last, query.latestFirst) } : {}),
    };
  },
});

function checkStreams(streams: LogStreams, input: FilterLogEventsRequest): void {
  const { logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames && logStreamNamePrefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  if (!streams.groupExists()) throw NO_SUCH_GROUP;
  if (logStreamNames?.some((name) => !streams.find(name))) throw NO_SUCH_STREAM;
}

function filterOf({ filterPattern = '' }: FilterLogEventsRequest): MessageFilter {
  try {
    return compileFilterPattern(filterPattern);
  } catch (error) {
    if (error instanceof FilterPatternError) throw invalidParameter(`filterPattern: ${error.message}`);
    throw error;
  }
}

function mergeQuery(input: FilterLogEventsRequest): MergeQuery {
  const { startTime = 0, endTime = END_OF_TIME, nextToken } = input;
  if (startTime > endTime) throw invalidParameter('startTime must not be after endTime.');
  const position = nextToken === undefined ? undefined : parseToken(nextToken);
  return {
    prefix: input.logStreamNamePrefix ?? '',
    names: input.logStreamNames,
    from: startTime,
    to: Math.min(endTime, END_OF_TIME),
    latestFirst: position?.latestFirst ?? input.startFromHead === false,
    after: position?.after,
  };
}

async function searchPage(
  streams: LogStreams,
  query: MergeQuery,
  passes: MessageFilter,
  limit: number,
): Promise<Page> {
  const events: FilteredLogEvent[] = [];
  let room = PAGE_BYTES;
  let searched = 0;
  let last: StreamEvent | undefined;
  try {
    for await (const event of mergedEvents(streams, query)) {
      const isMatch = passes(event.message);
      if (isMatch) room -= pageBytes(event.message);
      const isFull = events.length >= limit || (room < 0 && events.length > 0);
      if (last && (isFull || searched >= SEARCHED_BYTES)) return { events, last };
      if (isMatch) events.push(filtered(event));
      searched += event.end - event.start;
      last = event;
    }
  } catch (error) {
    if (!(error instanceof TooManyStreamsError)) throw error;
    throw invalidParameter(
      `More than ${MOST_OPEN_STREAMS} log streams have events at the same time: choose some by logStreamNames or logStreamNamePrefix.`,
    );
  }
  return { events };
}

const filtered = ({ stream, time, message, start }: StreamEvent): FilteredLogEvent => ({
  logStreamName: stream.name,
  timestamp: time,
  message,
  ingestionTime: time,
  eventId: `${stream.id}${String(start).padStart(OFFSET_DIGITS, '0')}`.padStart(EVENT_ID_DIGITS, '0'),
});

const token = ({ time, stream, start, end }: StreamEvent, latestFirst: boolean) =>
  latestFirst ? `b/${time}/${stream.id}/${start}` : `f/${time}/${stream.id}/${end}`;

function parseToken(text: string): { readonly latestFirst: boolean; readonly after: MergePosition } {
  const match = /^([fb])\/(\d{1,15})\/(\d{1,15})\/(\d{1,15})$/.exec(text);
  if (!match) throw INVALID_TOKEN;
  const [, direction, time, stream, offset] = match;
  const after = { time: Number(time), stream: Number(stream), offset: Number(offset) };
  return { latestFirst: direction === 'b', after };
}
