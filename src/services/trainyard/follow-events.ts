import { validation } from '../../model/errors.ts';
import { MessageStream, type OwnCall, type StreamMessage } from '../own-service.ts';
import type { OwnApiContext } from './own-api.ts';

/**
 * What happens, from now on, or after `after` (an event's number) or since `since` (ISO 8601), of one `job` or of all. A client that
 * names the last event that it knows of (`Last-Event-ID`) goes on from there, whatever else it asks for.
 */
export function followEvents(
  { events }: Pick<OwnApiContext, 'events'>,
  { query, lastEventId, signal }: Pick<OwnCall, 'query' | 'lastEventId' | 'signal'>,
): MessageStream {
  const unknown = [...query.keys()].find(
    (name) => !['after', 'since', 'job'].includes(name) && !isSigned(name),
  );
  if (unknown !== undefined) throw validation(`'${unknown}' is not a parameter of the stream of events.`);
  const start = startOf({ events }, query, lastEventId);
  const after = Math.min(start, events.end);
  const job = query.get('job') ?? undefined;
  return new MessageStream(messages(after, events.follow({ after, job }, signal)));
}

/** The first message tells where the stream starts, so that a client that has heard nothing yet can resume too. */
async function* messages(
  after: number,
  followed: AsyncIterable<{ readonly number: number; readonly event: string }>,
): AsyncGenerator<StreamMessage> {
  yield { id: after };
  for await (const { number, event } of followed) yield { id: number, data: event };
}

function startOf(
  { events }: Pick<OwnApiContext, 'events'>,
  query: URLSearchParams,
  lastEventId: string | undefined,
): number {
  const after = lastEventId ?? query.get('after');
  if (after !== null) {
    if (!/^\d{1,15}$/.test(after)) throw validation(`'${after}' is not the number of an event.`);
    return Number(after);
  }
  const since = query.get('since');
  if (since === null) return events.end;
  const time = Date.parse(since);
  if (Number.isNaN(time)) throw validation(`since: '${since}' is not a time in ISO 8601.`);
  return events.before(time);
}

/** A signature may stand in the query too. */
const isSigned = (name: string): boolean => name.startsWith('X-Amz-');
