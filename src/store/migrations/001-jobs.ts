/** Training jobs: what lists and filters read, their facts, the projection of the facts, and their tags. */
export const jobs = `
  CREATE TABLE jobs (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    arn              TEXT    NOT NULL UNIQUE,
    name             TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    secondary_status TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    modified_at      INTEGER NOT NULL,
    ended_at         INTEGER,
    trained          INTEGER NOT NULL DEFAULT 0,
    holds_instances  INTEGER NOT NULL DEFAULT 0,
    last_fact        INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX jobs_by_creation ON jobs (created_at, id);
  CREATE INDEX jobs_by_name ON jobs (name, id);
  CREATE INDEX jobs_by_status ON jobs (status, created_at, id);
  CREATE INDEX jobs_unfinished ON jobs (id) WHERE ended_at IS NULL OR holds_instances = 1;

  CREATE TABLE job_states (
    job_id INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    state  TEXT NOT NULL
  ) STRICT;

  CREATE TABLE job_facts (
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    fact   TEXT    NOT NULL,
    PRIMARY KEY (job_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tags (
    arn   TEXT    NOT NULL,
    key   TEXT    NOT NULL,
    value TEXT    NOT NULL,
    PRIMARY KEY (arn, key)
  ) STRICT, WITHOUT ROWID;
`;
