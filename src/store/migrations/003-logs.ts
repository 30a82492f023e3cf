/**
 * Log streams, and the metrics read from them. They outlive their job: no row here refers to `jobs`.
 * A stream without `created_at` is being followed but has had no output yet; one with `last_event_at` has ended.
 */
export const logs = `
  CREATE TABLE log_streams (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    file          TEXT    NOT NULL UNIQUE,
    job_id        INTEGER NOT NULL,
    host          TEXT    NOT NULL,
    created_at    INTEGER,
    last_event_at INTEGER,
    bytes         INTEGER
  ) STRICT;
  CREATE INDEX log_streams_silent ON log_streams (name) WHERE created_at IS NULL;
  CREATE INDEX log_streams_running ON log_streams (id) WHERE created_at IS NOT NULL AND last_event_at IS NULL;
  CREATE INDEX log_streams_by_creation ON log_streams (created_at, id);
  CREATE INDEX log_streams_by_last_event ON log_streams (last_event_at, name);

  CREATE TABLE metrics (
    id     INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    value  REAL    NOT NULL,
    UNIQUE (job_id, name)
  ) STRICT;

  CREATE TABLE metric_points (
    metric_id INTEGER NOT NULL REFERENCES metrics (id),
    at        INTEGER NOT NULL,
    stream_id INTEGER NOT NULL REFERENCES log_streams (id),
    sequence  INTEGER NOT NULL,
    value     REAL    NOT NULL,
    PRIMARY KEY (metric_id, at, stream_id, sequence)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE metric_cursors (
    stream_id INTEGER PRIMARY KEY REFERENCES log_streams (id),
    position  INTEGER NOT NULL,
    points    INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE disabled_metric_definitions (
    job_id     INTEGER NOT NULL,
    definition INTEGER NOT NULL,
    PRIMARY KEY (job_id, definition)
  ) STRICT, WITHOUT ROWID;
`;
