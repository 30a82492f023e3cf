import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

export interface NewLogStream {
  readonly name: string;
  readonly file: string;
  readonly jobId: number;
  readonly host: string;
}

/** A new stream, without output yet. `undefined`: there is another one of that name. */
export function addLogStream(database: Database, stream: NewLogStream): LogStreamRow | undefined {
  const row = database
    .prepare(
      `INSERT INTO log_streams (name, file, job_id, host) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO NOTHING RETURNING ${LOG_STREAM_COLUMNS}`,
    )
    .get(stream.name, stream.file, stream.jobId, stream.host);
  return row as LogStreamRow | undefined;
}
