import type { LogStreams } from '../../logs/log-streams.ts';
import { OWN_LINE_MARK } from '../../logs/own-line.ts';
import type { MetricDefinition } from '../../model/types.generated.ts';
import { dropSilentLogStream } from '../../store/logs/drop-silent-log-stream.ts';
import { endLogStream } from '../../store/logs/end-log-stream.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import { setLogStreamCreated } from '../../store/logs/set-log-stream-created.ts';
import type { MetricScanWorker } from '../metrics/metric-scan-worker.ts';
import { StreamMetrics } from '../metrics/stream-metrics.ts';
import type { OutputFollower } from '../telemetry.ts';
import { LogTail } from './log-tail.ts';

export interface StreamFollowerOptions {
  readonly streams: LogStreams;
  readonly stream: LogStreamRow;
  readonly jobName: string;
  readonly worker: MetricScanWorker;
  readonly definitions: readonly MetricDefinition[];
  readonly onError: (error: Error) => void;
  /** It follows no more. */
  readonly onClose: () => void;
  /** A line is to be said in a stream that isn't followed any more. */
  readonly sayAfterwards: (line: string) => void;
}

/** Follows one log stream: the times of its lines, its row, its metrics. */
export class StreamFollower implements OutputFollower {
  readonly path: string;
  readonly #options: StreamFollowerOptions;
  readonly #tail: LogTail;
  readonly #metrics: StreamMetrics | undefined;
  #hasAppeared: boolean;
  #finished: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: StreamFollowerOptions) {
    const { streams, stream, jobName, worker, definitions, onError } = options;
    const { clock, database } = streams;
    this.#options = options;
    this.path = streams.path(stream);
    this.#hasAppeared = stream.createdAt !== null;
    this.#tail = new LogTail(this.path, { clock, onError, onGrowth: (size) => this.#grew(size) });
    const say = (line: string) => this.say(line);
    if (definitions.length > 0) {
      this.#metrics = new StreamMetrics({
        database,
        worker,
        stream,
        jobName,
        path: this.path,
        definitions,
        say,
        onError,
      });
    }
    this.#tail.start();
  }

  finish(): Promise<void> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  say(line: string): void {
    if (this.#isClosed) this.#options.sayAfterwards(line);
    else this.#tail.append(marked(line));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#metrics?.close();
    this.#tail.close();
    this.#options.onClose();
  }

  async #finish(): Promise<void> {
    try {
      await this.#metrics?.finish(await this.#tail.finish());
      this.#end(await this.#tail.finish());
    } finally {
      this.close();
    }
  }

  /** What is known of the stream at its end goes into its row: a stream that has ended need not be looked into to be listed. */
  #end(size: number): void {
    const { database } = this.#options.streams;
    const span = this.#tail.span();
    if (span) endLogStream(database, this.#options.stream.id, span.last, size);
    else dropSilentLogStream(database, this.#options.stream.id);
  }

  #grew(size: number): void {
    if (!this.#hasAppeared) {
      const first = this.#tail.span()?.first ?? this.#options.streams.clock.now();
      setLogStreamCreated(this.#options.streams.database, this.#options.stream.id, first);
      this.#hasAppeared = true;
    }
    this.#metrics?.grew(size);
  }
}

const marked = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => OWN_LINE_MARK + line)
    .join('\n');
