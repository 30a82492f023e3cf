/**
 * Objects of the embedded store. A key is a BLOB, so that it sorts by its UTF-8 bytes and may hold any character. `blobs` (of an
 * object) and `blob` (of a part) are JSON; the table `blobs` knows every file that belongs to a row, and those that no row needs
 * any more, until they are removed.
 */
export const objects = `
  CREATE TABLE buckets (
    name       TEXT    PRIMARY KEY,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE objects (
    id          INTEGER PRIMARY KEY,
    bucket      TEXT    NOT NULL REFERENCES buckets (name),
    key         BLOB    NOT NULL,
    size        INTEGER NOT NULL,
    etag        TEXT    NOT NULL,
    modified_at INTEGER NOT NULL,
    attributes  TEXT    NOT NULL,
    blobs       TEXT    NOT NULL,
    UNIQUE (bucket, key)
  ) STRICT;

  CREATE TABLE uploads (
    id         TEXT    PRIMARY KEY,
    bucket     TEXT    NOT NULL REFERENCES buckets (name),
    key        BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    attributes TEXT    NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_key ON uploads (bucket, key, created_at, id);

  CREATE TABLE upload_parts (
    upload_id   TEXT    NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    etag        TEXT    NOT NULL,
    modified_at INTEGER NOT NULL,
    checksum    TEXT,
    blob        TEXT,
    PRIMARY KEY (upload_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE blobs (
    id        TEXT    PRIMARY KEY,
    doomed_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blobs_doomed ON blobs (doomed_at) WHERE doomed_at IS NOT NULL;
`;
