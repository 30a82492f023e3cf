/**
 * What happened, for whoever wants to be told, and the faults that were asked for. Events outlive their job: no row here refers to
 * `jobs`. `deliveries` are the events that a webhook is still to be sent; of those of one job only the oldest has `due_at`.
 */
export const events = `
  CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id     TEXT    NOT NULL,
    job_id INTEGER NOT NULL,
    job    TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    event  TEXT    NOT NULL
  ) STRICT;
  CREATE INDEX events_by_job ON events (job, number);
  CREATE INDEX events_by_time ON events (at);

  CREATE TABLE webhooks (
    url       TEXT    PRIMARY KEY,
    queued_to INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deliveries (
    webhook   TEXT    NOT NULL REFERENCES webhooks (url) ON DELETE CASCADE,
    job_id    INTEGER NOT NULL,
    event     INTEGER NOT NULL REFERENCES events (number),
    queued_at INTEGER NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    due_at    INTEGER,
    PRIMARY KEY (webhook, job_id, event)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_due ON deliveries (webhook, due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX deliveries_by_age ON deliveries (webhook, queued_at);
  CREATE INDEX deliveries_by_event ON deliveries (event);

  CREATE TABLE faults (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    fault      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    over_at    INTEGER,
    outcome    TEXT
  ) STRICT;
  CREATE INDEX faults_active ON faults (id) WHERE over_at IS NULL;

  CREATE TABLE fault_strikes (
    fault_id INTEGER NOT NULL REFERENCES faults (id) ON DELETE CASCADE,
    job_id   INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    job      TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (fault_id, job_id, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fault_strikes_by_job ON fault_strikes (job_id, attempt);
`;
