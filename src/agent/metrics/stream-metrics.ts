import { setImmediate as nextTurn } from 'node:timers/promises';
import { LineTimes } from '../../logs/line-times.ts';
import type { MetricDefinition } from '../../model/types.generated.ts';
import type { Database } from '../../store/database.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import { disableDefinition } from '../../store/metrics/disable-definition.ts';
import { disabledDefinitions } from '../../store/metrics/disabled-definitions.ts';
import { type MetricCursor, metricCursor } from '../../store/metrics/metric-cursor.ts';
import { setMetricCursor } from '../../store/metrics/set-metric-cursor.ts';
import type { MetricScanWorker } from './metric-scan-worker.ts';
import { WORDS_OF_A_TRIPLE } from './scan-protocol.ts';
import { storeBatch, type TimedValue } from './store-batch.ts';

export interface StreamMetricsOptions {
  readonly database: Database;
  readonly worker: MetricScanWorker;
  readonly stream: LogStreamRow;
  /** The stream's job: a metric is found by its name. */
  readonly jobName: string;
  readonly path: string;
  readonly definitions: readonly MetricDefinition[];
  /** Writes a line of our own into the job's log. */
  readonly say: (line: string) => void;
  readonly onError: (error: Error) => void;
}

/** So many values are stored in one transaction: a few milliseconds. */
const VALUES_A_TRANSACTION = 1_000;
/** Where nothing was found there is nothing to lose: the cursor needs to be stored only so that a restart has little to repeat. */
const UNSTORED_BYTES = 32 * 1_048_576;

/** Reads the metrics of one stream, from where its stored cursor stands, as the stream grows. */
export class StreamMetrics {
  readonly #options: StreamMetricsOptions;
  readonly #times: LineTimes;
  #cursor: MetricCursor;
  #storedPosition: number;
  #size = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: StreamMetricsOptions) {
    this.#options = options;
    this.#times = new LineTimes(options.path);
    this.#cursor = metricCursor(options.database, options.stream.id);
    this.#storedPosition = this.#cursor.position;
  }

  /** The stream has `size` bytes now, and their times are recorded. */
  grew(size: number): void {
    this.#size = Math.max(this.#size, size);
    if (this.#running || this.#isClosed) return;
    this.#run().catch((error: Error) => {
      if (!this.#isClosed) this.#options.onError(error);
    });
  }

  /** Resolves when all whole lines of the stream's first `size` bytes are searched and their metrics stored. */
  async finish(size: number): Promise<void> {
    // What fails now may be what made the run before fail: that one has been told of already.
    await this.#running?.catch(() => undefined);
    this.#size = Math.max(this.#size, size);
    await this.#run();
    if (this.#cursor.position !== this.#storedPosition) this.#storeCursor();
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#times.close();
  }

  #run(): Promise<void> {
    this.#running = this.#scan().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #scan(): Promise<void> {
    const { database, worker, stream, path, definitions } = this.#options;
    while (!this.#isClosed && this.#cursor.position < this.#size) {
      const disabled = disabledDefinitions(database, stream.jobId);
      const active = definitions.map(({ Regex }, index) => (disabled.has(index) ? null : Regex));
      if (active.every((regex) => regex === null)) return;
      const request = { path, from: this.#cursor.position, to: this.#size, definitions: active };
      const outcome = await worker.scan(request);
      if (this.#isClosed) return;
      if (outcome.kind === 'offence') this.#disable(outcome.definition, outcome.detail);
      else if (outcome.end > request.from) await this.#store(outcome.found, outcome.end);
      else if (this.#size === request.to) return;
    }
  }

  /** Stores what was found, a part at a time, each part of whole lines. */
  async #store(found: Float64Array, end: number): Promise<void> {
    const { database } = this.#options;
    let values: TimedValue[] = [];
    this.#times.refresh();
    for (let at = 0; at < found.length; at += WORDS_OF_A_TRIPLE) {
      const lineEnd = found[at + 2] ?? end;
      values.push(this.#timed(found[at] ?? 0, found[at + 1] ?? 0, lineEnd));
      const isLineDone = found[at + WORDS_OF_A_TRIPLE + 2] !== lineEnd;
      if (values.length < VALUES_A_TRANSACTION || !isLineDone) continue;
      this.#cursor = storeBatch(database, this.#owner(), this.#cursor, values, lineEnd);
      this.#storedPosition = lineEnd;
      values = [];
      await nextTurn();
      if (this.#isClosed) return;
    }
    if (values.length > 0) {
      this.#cursor = storeBatch(database, this.#owner(), this.#cursor, values, end);
      this.#storedPosition = end;
      return;
    }
    this.#cursor = { ...this.#cursor, position: end };
    if (end - this.#storedPosition >= UNSTORED_BYTES) this.#storeCursor();
  }

  #timed(definition: number, value: number, lineEnd: number): TimedValue {
    const name = this.#options.definitions[definition]?.Name;
    const at = this.#times.timeOf(lineEnd);
    if (name === undefined || at === undefined) {
      throw new Error(`there is no time for the line that ends at ${lineEnd} of ${this.#options.path}`);
    }
    return { name, at, value };
  }

  #owner() {
    const { stream, jobName } = this.#options;
    return { id: stream.id, jobId: stream.jobId, jobName };
  }

  #storeCursor(): void {
    setMetricCursor(this.#options.database, this.#options.stream.id, this.#cursor);
    this.#storedPosition = this.#cursor.position;
  }

  #disable(definition: number, detail: string): void {
    const { database, stream, definitions, say } = this.#options;
    const { Name, Regex } = definitions[definition] ?? {};
    say(`The metric "${Name}" is not read any more: searching the log for ${Regex} failed: ${detail}.`);
    disableDefinition(database, stream.jobId, definition);
  }
}
