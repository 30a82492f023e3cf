import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import type { Database } from '../store/database.ts';
import { hasLogStreams } from '../store/logs/has-log-streams.ts';
import { logGroupFacts } from '../store/logs/log-group-facts.ts';
import { logStreamByName } from '../store/logs/log-stream-by-name.ts';
import type { LogStreamRow } from '../store/logs/log-stream-row.ts';
import { runningLogStreams } from '../store/logs/running-log-streams.ts';
import { setLogStreamCreated } from '../store/logs/set-log-stream-created.ts';
import { silentLogStreams } from '../store/logs/silent-log-streams.ts';
import { LineTimes } from './line-times.ts';
import { LogReader } from './log-reader.ts';

/** The one group of all log streams (training contract §5.4). */
export const LOG_GROUP = '/aws/sagemaker/TrainingJobs';

/**
 * The log streams of this service: their rows and their files. A stream exists from its first output on, which a reader notices
 * as well as the one that follows it, so nobody has to wait for anybody.
 */
export class LogStreams {
  readonly folder: string;
  readonly database: Database;
  readonly clock: Clock;

  constructor(folder: string, database: Database, clock: Clock) {
    this.folder = folder;
    this.database = database;
    this.clock = clock;
  }

  /** The path of a stream's file. */
  path(stream: Pick<LogStreamRow, 'file'>): string {
    return join(this.folder, stream.file);
  }

  /** The stream of that name, if it has had output. */
  find(name: string): LogStreamRow | undefined {
    this.notice(name);
    return logStreamByName(this.database, name);
  }

  open(stream: LogStreamRow): Promise<LogReader> {
    return LogReader.open(this.path(stream), this.clock);
  }

  /** Notices the first output of streams whose names begin with `prefix`. To be called before their rows are listed. */
  notice(prefix = ''): void {
    for (const stream of silentLogStreams(this.database, prefix)) {
      const size = statSync(this.path(stream), { throwIfNoEntry: false })?.size ?? 0;
      if (size > 0) this.appeared(stream, size);
    }
  }

  /** A stream has its first output: `size` bytes are there. */
  appeared(stream: LogStreamRow, size: number): void {
    const times = new LineTimes(this.path(stream));
    try {
      times.record(size, this.clock.now());
      setLogStreamCreated(this.database, stream.id, times.first()?.at ?? this.clock.now());
    } finally {
      times.close();
    }
  }

  /** Whether there is a group: there is from the first output of the first stream on. */
  groupExists(): boolean {
    if (hasLogStreams(this.database)) return true;
    this.notice();
    return hasLogStreams(this.database);
  }

  /** When the first stream had its first output, and the bytes of all. `undefined`: there was no output yet. */
  groupFacts(): { readonly createdAt: number; readonly bytes: number } | undefined {
    this.notice();
    const { createdAt, bytes } = logGroupFacts(this.database);
    if (createdAt === null) return undefined;
    const running = runningLogStreams(this.database).map((stream) => this.path(stream));
    const sizes = running.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    return { createdAt, bytes: sizes.reduce((sum, size) => sum + size, bytes) };
  }
}
