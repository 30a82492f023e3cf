import type { LogReader } from '../../logs/log-reader.ts';
import type { LogStreams } from '../../logs/log-streams.ts';
import type { DescribeLogStreamsRequest, DescribeLogStreamsResponse } from '../../model/types.generated.ts';
import { listEndedLogStreams } from '../../store/logs/list-ended-log-streams.ts';
import { listLogStreams } from '../../store/logs/list-log-streams.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import { runningLogStreams } from '../../store/logs/running-log-streams.ts';
import type { Operation } from '../service.ts';
import { INVALID_TOKEN, invalidParameter, NO_SUCH_GROUP } from './errors.ts';
import { checkGroup, groupArn } from './log-group.ts';

const DEFAULT_LIMIT = 50;

/** A stream, with what stands in its file. */
interface SeenStream {
  readonly stream: LogStreamRow;
  readonly bytes: number;
  /** Absent: it has no whole line yet. */
  readonly first?: number;
  readonly last?: number;
}

/**
 * DescribeLogStreams. Answers with a `nextToken` only where there are more streams than the limit: the SageMaker Python SDK 2 asks
 * for the first page again and again until there is none (training contract §5.4).
 */
export const describeLogStreams = (streams: LogStreams): Operation<DescribeLogStreamsRequest> => ({
  input: 'DescribeLogStreamsRequest',
  async run(input, context): Promise<DescribeLogStreamsResponse> {
    checkGroup(input, context);
    const { orderBy, logStreamNamePrefix = '', limit = DEFAULT_LIMIT } = input;
    if (orderBy === 'LastEventTime' && input.logStreamNamePrefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    streams.notice(logStreamNamePrefix);
    if (!streams.groupExists()) throw NO_SUCH_GROUP;
    const listed =
      orderBy === 'LastEventTime'
        ? await byLastEvent(streams, input, limit)
        : await byName(streams, input, limit);
    const page = listed.slice(0, limit);
    const last = page.at(-1);
    const token = orderBy === 'LastEventTime' ? lastEventToken : nameToken;
    return {
      logStreams: page.map(({ stream, bytes, first, last }) => ({
        logStreamName: stream.name,
        creationTime: stream.createdAt ?? undefined,
        firstEventTimestamp: first,
        lastEventTimestamp: last,
        lastIngestionTime: last,
        arn: `${groupArn(context)}:log-stream:${stream.name}`,
        storedBytes: bytes,
      })),
      ...(last && listed.length > limit ? { nextToken: token(last) } : {}),
    };
  },
});

const nameToken = ({ stream }: SeenStream) => `n/${stream.name}`;
const lastEventToken = ({ stream, last = 0 }: SeenStream) => `t/${last}/${stream.name}`;

function byName(streams: LogStreams, input: DescribeLogStreamsRequest, limit: number): Promise<SeenStream[]> {
  const rows = listLogStreams(streams.database, {
    prefix: input.logStreamNamePrefix ?? '',
    descending: input.descending ?? false,
    after: input.nextToken === undefined ? undefined : part(input.nextToken, /^n\/(.+)$/s)[0],
    limit: limit + 1,
  });
  return seeAll(streams, rows);
}

/** By the last event: the rows of streams that have ended know it; the others, which are few, are looked into. */
async function byLastEvent(
  streams: LogStreams,
  input: DescribeLogStreamsRequest,
  limit: number,
): Promise<SeenStream[]> {
  const descending = input.descending ?? false;
  const after = input.nextToken === undefined ? undefined : lastEventPosition(input.nextToken);
  const ended = listEndedLogStreams(streams.database, { descending, after, limit: limit + 1 });
  const running = await seeAll(streams, runningLogStreams(streams.database));
  const order = (a: LastEvent, b: LastEvent) => compareLastEvents(a, b) * (descending ? -1 : 1);
  const rest = running.filter((seen) => !after || order(lastEvent(seen), after) > 0);
  const all = [...(await seeAll(streams, ended)), ...rest];
  return all.sort((a, b) => order(lastEvent(a), lastEvent(b))).slice(0, limit + 1);
}

interface LastEvent {
  readonly lastEventAt: number;
  readonly name: string;
}

const lastEvent = ({ stream, last = 0 }: SeenStream): LastEvent => ({ lastEventAt: last, name: stream.name });

function compareLastEvents(a: LastEvent, b: LastEvent): number {
  if (a.lastEventAt !== b.lastEventAt) return a.lastEventAt - b.lastEventAt;
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

function lastEventPosition(token: string): LastEvent {
  const [lastEventAt = '', name = ''] = part(token, /^t\/(\d{1,15})\/(.+)$/s);
  return { lastEventAt: Number(lastEventAt), name };
}

function part(token: string, form: RegExp): string[] {
  const match = form.exec(token);
  if (!match) throw INVALID_TOKEN;
  return match.slice(1);
}

async function seeAll(streams: LogStreams, rows: readonly LogStreamRow[]): Promise<SeenStream[]> {
  const seen: SeenStream[] = [];
  for (const stream of rows) {
    const reader = await streams.open(stream);
    try {
      seen.push(await see(stream, reader));
    } finally {
      await reader.close();
    }
  }
  return seen;
}

async function see(stream: LogStreamRow, reader: LogReader): Promise<SeenStream> {
  const { value: first } = await reader.forwards(0).next();
  if (!first) return { stream, bytes: reader.size };
  if (stream.lastEventAt !== null)
    return { stream, bytes: reader.size, first: first.time, last: stream.lastEventAt };
  const { value: last } = await reader.backwards(await reader.boundary(reader.size)).next();
  return { stream, bytes: reader.size, first: first.time, last: last?.time ?? first.time };
}
