import { validation } from '../../model/errors.ts';
import { MessageStream, type StreamMessage } from '../../services/own-service.ts';
import { logStreamByName } from '../../store/logs/log-stream-by-name.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import type { LogViews } from '../logs/log-view.ts';
import { numberOf, type PageCall, type PageContext, type PageOperation, required } from '../page-context.ts';

const MOST_LINES = 1000;
const MOST_FOUND = 1000;
/** How soon a new line is noticed. */
const WATCH_MS = 100;
/** More that came at once are fetched by who wants to see them. */
const MOST_SENT = 200;

/** The lines of the log stream `stream` from number `first` on (from 0), `count` of them. */
export const logLines =
  (views: LogViews): PageOperation =>
  (context, { query }) =>
    views.lines(
      streamOf(context, query),
      numberOf(query, 'first', 0),
      Math.min(numberOf(query, 'count', MOST_LINES), MOST_LINES),
    );

/** The numbers of the lines from `first` on that hold the text `q`. */
export const searchLog =
  (views: LogViews): PageOperation =>
  (context, { query }) =>
    views.search(
      streamOf(context, query),
      required(query, 'q'),
      numberOf(query, 'first', 0),
      Math.min(numberOf(query, 'most', MOST_FOUND), MOST_FOUND),
    );

/** Tells how many lines the stream has, whenever that changes, with the new ones; ends with the stream. */
export const followLog =
  (views: LogViews): PageOperation =>
  (context, call) =>
    new MessageStream(growth(views, context, call));

async function* growth(
  views: LogViews,
  context: PageContext,
  { query, signal }: PageCall,
): AsyncGenerator<StreamMessage> {
  const name = required(query, 'stream');
  let known = { lines: 0, bytes: -1 };
  for (let id = 1; !signal.aborted; ) {
    // Asked before the lines are read: what comes after the end is in them.
    const stream = streamOf(context, query);
    const extent = await views.extent(stream);
    if (extent.bytes !== known.bytes) {
      // The last line that was told may have been half of one.
      const first = Math.max(0, Math.min(known.lines - 1, extent.lines - 1), extent.lines - MOST_SENT);
      const { total, lines } = await views.lines(stream, first, MOST_SENT);
      yield { id: id++, data: JSON.stringify({ total, first, lines }) };
      known = extent;
    }
    if (stream.lastEventAt !== null) {
      yield { id: id++, data: JSON.stringify({ total: known.lines, ended: name }) };
      return;
    }
    await context.systemClock.sleep(WATCH_MS, signal).catch(() => {});
  }
}

function streamOf({ logs, database }: PageContext, query: URLSearchParams): LogStreamRow {
  const name = required(query, 'stream');
  logs.notice(name);
  const stream = logStreamByName(database, name);
  if (!stream) throw validation(`There is no log stream ${name}.`);
  return stream;
}
