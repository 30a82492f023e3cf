/**
 * What CloudWatch and SageMaker Metrics read. A metric has its job's name, by which CloudWatch's series are found: it outlives the
 * job. `observed_instances` and their samples do as well; a time series goes with its job.
 * The source of its points is the host that wrote them, or nothing where a client put them.
 * `first_at` of an instance is not later than any of its samples.
 */
export const metrics = `
  ALTER TABLE metrics ADD COLUMN job_name TEXT NOT NULL DEFAULT '';
  UPDATE metrics SET job_name = coalesce(
    (SELECT jobs.name FROM jobs WHERE jobs.id = metrics.job_id),
    (SELECT substr(log_streams.name, 1, instr(log_streams.name, '/') - 1)
       FROM log_streams WHERE log_streams.job_id = metrics.job_id LIMIT 1),
    '');
  CREATE INDEX metrics_by_job_name ON metrics (job_name, name);

  CREATE TABLE observed_instances (
    id       INTEGER PRIMARY KEY,
    job_id   INTEGER NOT NULL,
    job_name TEXT    NOT NULL,
    host     TEXT    NOT NULL,
    gpus     INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    UNIQUE (job_id, host)
  ) STRICT;
  CREATE INDEX observed_instances_by_name ON observed_instances (job_name, host);
  CREATE INDEX observed_instances_by_age ON observed_instances (first_at);

  CREATE TABLE instance_samples (
    instance_id INTEGER NOT NULL REFERENCES observed_instances (id),
    at          INTEGER NOT NULL,
    cpu         REAL,
    memory      REAL,
    disk        REAL,
    gpu         REAL,
    gpu_memory  REAL,
    received    REAL,
    sent        REAL,
    read        REAL,
    written     REAL,
    PRIMARY KEY (instance_id, at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE time_series (
    id     INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    name   TEXT    NOT NULL,
    UNIQUE (job_id, name)
  ) STRICT;

  CREATE TABLE time_series_points (
    series_id INTEGER NOT NULL REFERENCES time_series (id) ON DELETE CASCADE,
    at        INTEGER NOT NULL,
    step      INTEGER NOT NULL,
    source    TEXT    NOT NULL,
    value     REAL    NOT NULL,
    PRIMARY KEY (series_id, at, step, source)
  ) STRICT, WITHOUT ROWID;
`;
