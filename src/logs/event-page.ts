import type { LogEvent } from './log-reader.ts';

/** What a page of events may hold at most: CloudWatch Logs counts the bytes of a message and 26 for the event itself. */
export const PAGE_BYTES = 1_048_576;
export const PAGE_EVENTS = 10_000;
const EVENT_BYTES = 26;

/** What an event takes up in a page. */
export const pageBytes = (message: string) => Buffer.byteLength(message) + EVENT_BYTES;

/** Takes events up to `limit`, and as fit into a page; one at least, where there is one. */
export async function takePage(events: AsyncIterable<LogEvent>, limit: number): Promise<LogEvent[]> {
  const page: LogEvent[] = [];
  let room = PAGE_BYTES;
  for await (const event of events) {
    room -= pageBytes(event.message);
    if (room < 0 && page.length > 0) break;
    page.push(event);
    if (page.length >= limit) break;
  }
  return page;
}
