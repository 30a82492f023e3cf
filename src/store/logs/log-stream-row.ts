/** A log stream, as the database knows it. All times are epoch milliseconds. */
export interface LogStreamRow {
  readonly id: number;
  /** `<TrainingJobName>/algo-<n>-<epoch seconds>`. */
  readonly name: string;
  /** Its file, relative to the folder of logs. */
  readonly file: string;
  readonly jobId: number;
  readonly host: string;
  /** When its first output was seen: not later than any of its events. `null`: there was none yet. */
  readonly createdAt: number | null;
  /** When its last event was, once it ended. */
  readonly lastEventAt: number | null;
  /** The size of its file, once it ended. */
  readonly bytes: number | null;
}

/** The columns of a `LogStreamRow`, for a SELECT or a RETURNING. */
export const LOG_STREAM_COLUMNS =
  'id, name, file, job_id AS jobId, host, created_at AS createdAt, last_event_at AS lastEventAt, bytes';
