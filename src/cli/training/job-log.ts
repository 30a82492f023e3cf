import { Refused, type TrainingApi } from '../../client/training-api.ts';
import type {
  GetLogEventsRequest,
  GetLogEventsResponse,
  OutputLogEvent,
} from '../../model/types.generated.ts';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
/** The most events that one page has. */
const PAGE_EVENTS = 10_000;

/** A line of a job's output. */
export interface LogLine {
  /** `algo-1`. */
  readonly host: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly text: string;
}

export interface WantedLog {
  readonly job: string;
  /** Only the output of this host. */
  readonly host?: string | undefined;
  /** Only what was written since: epoch milliseconds. */
  readonly since?: number | undefined;
  /** At first only so many lines, the last ones. */
  readonly tail?: number | undefined;
}

/**
 * The output of a job's hosts, in the order of its times, read on from where it was. Its tokens are good for as long as the streams
 * are there, so no line is lost or told twice when the server goes and comes back.
 */
export class JobLog {
  readonly #api: TrainingApi;
  readonly #wanted: WantedLog;
  readonly #streams = new Map<string, Stream>();
  #hasTail: boolean;

  constructor(api: TrainingApi, wanted: WantedLog) {
    this.#api = api;
    this.#wanted = wanted;
    this.#hasTail = wanted.tail === undefined;
  }

  /** Whether there was any output. */
  get isEmpty(): boolean {
    return this.#streams.size === 0;
  }

  /** What was written since the last time, in pieces. */
  async *news(): AsyncGenerator<readonly LogLine[]> {
    await this.#discover();
    if (!this.#hasTail) yield* this.#lastLines(this.#wanted.tail ?? 0);
    const reading = new Set(this.#streams.values());
    while (reading.size > 0) {
      // What was taken out of the streams is told before the next request, which may fail.
      for (const stream of reading) {
        if (stream.isDrained && !(await stream.fill())) reading.delete(stream);
      }
      const lines = takeInOrder([...reading]);
      if (lines.length > 0) yield lines;
    }
  }

  async *#lastLines(count: number): AsyncGenerator<readonly LogLine[]> {
    const streams = [...this.#streams.values()];
    const last = (await Promise.all(streams.map((stream) => stream.last(count)))).flat();
    this.#hasTail = true;
    for (const stream of streams) stream.goOnBehindTail();
    const lines = last.sort((a, b) => a.time - b.time).slice(Math.max(0, last.length - count));
    if (lines.length > 0) yield lines;
  }

  /** Hosts write when they are ready, and those of another attempt later: streams appear one by one. */
  async #discover(): Promise<void> {
    const { job, host } = this.#wanted;
    const logStreamNamePrefix = host === undefined ? `${job}/` : `${job}/${host}-`;
    for (let nextToken: string | undefined; ; ) {
      const page = await this.#api
        .call('DescribeLogStreams', { logGroupName: LOG_GROUP, logStreamNamePrefix, nextToken })
        .catch(noGroupYet);
      for (const { logStreamName: name = '' } of page.logStreams ?? []) {
        if (!this.#streams.has(name))
          this.#streams.set(name, new Stream(this.#api, name, this.#wanted.since));
      }
      nextToken = page.nextToken;
      if (nextToken === undefined) return;
    }
  }
}

/** There is no group before any job has written anything. */
function noGroupYet(error: unknown): { logStreams?: undefined; nextToken?: undefined } {
  if (error instanceof Refused && error.code === 'ResourceNotFoundException') return {};
  throw error;
}

/** Lines by their times, until a stream has no more: what it has next may belong before the others'. */
function takeInOrder(streams: readonly Stream[]): LogLine[] {
  const [only, ...others] = streams;
  if (only && others.length === 0) return only.takeAll();
  const lines: LogLine[] = [];
  while (streams.length > 0 && streams.every((stream) => !stream.isDrained)) {
    const first = streams.reduce((a, b) => (b.nextTime < a.nextTime ? b : a));
    lines.push(...first.take());
  }
  return lines;
}

/** One stream: what was read of it and not yet told, and where it goes on. */
class Stream {
  readonly #api: TrainingApi;
  readonly #name: string;
  readonly #host: string;
  readonly #since: number | undefined;
  #lines: readonly LogLine[] = [];
  #next = 0;
  #token: string | undefined;
  #tokenBehindTail: string | undefined;
  #ahead: Promise<GetLogEventsResponse> | undefined;

  constructor(api: TrainingApi, name: string, since: number | undefined) {
    this.#api = api;
    this.#name = name;
    this.#host = /\/(algo-\d+)-/.exec(name)?.[1] ?? name;
    this.#since = since;
  }

  get isDrained(): boolean {
    return this.#next >= this.#lines.length;
  }

  get nextTime(): number {
    return this.#lines[this.#next]?.time ?? Number.POSITIVE_INFINITY;
  }

  take(): readonly LogLine[] {
    const line = this.#lines[this.#next++];
    return line ? [line] : [];
  }

  takeAll(): LogLine[] {
    const lines = this.#lines.slice(this.#next);
    this.#next = this.#lines.length;
    return lines;
  }

  /** Reads a page; false when there is nothing more for now. */
  async fill(): Promise<boolean> {
    const asked = this.#ahead ?? this.#page({ startFromHead: true, nextToken: this.#token });
    this.#ahead = undefined;
    const page = await asked;
    this.#token = page.nextForwardToken;
    this.#lines = this.#linesOf(page.events);
    this.#next = 0;
    if (this.#lines.length === 0) return false;
    // The server looks for the next page while this one is printed.
    this.#ahead = this.#page({ startFromHead: true, nextToken: this.#token });
    this.#ahead.catch(() => {}); // Whoever awaits it is told.
    return true;
  }

  /** The last lines, at most so many; changes nothing before `goOnBehindTail`, so that it can be asked again. */
  async last(count: number): Promise<LogLine[]> {
    let page = await this.#page({ limit: Math.max(1, Math.min(count, PAGE_EVENTS)) });
    this.#tokenBehindTail = page.nextForwardToken;
    const pages = [this.#linesOf(page.events)];
    let missing = count - (page.events?.length ?? 0);
    while (missing > 0 && (page.events?.length ?? 0) > 0) {
      page = await this.#page({ nextToken: page.nextBackwardToken, limit: Math.min(missing, PAGE_EVENTS) });
      pages.unshift(this.#linesOf(page.events));
      missing -= page.events?.length ?? 0;
    }
    const lines = pages.flat();
    return lines.slice(Math.max(0, lines.length - count));
  }

  goOnBehindTail(): void {
    this.#token = this.#tokenBehindTail;
  }

  #page(input: Partial<GetLogEventsRequest>): Promise<GetLogEventsResponse> {
    return this.#api.call('GetLogEvents', {
      ...{ logGroupName: LOG_GROUP, logStreamName: this.#name },
      ...(this.#since !== undefined && { startTime: this.#since }),
      ...input,
    });
  }

  #linesOf(events: readonly OutputLogEvent[] = []): LogLine[] {
    return events.map(({ timestamp = 0, message = '' }) => ({
      host: this.#host,
      time: timestamp,
      text: message,
    }));
  }
}
