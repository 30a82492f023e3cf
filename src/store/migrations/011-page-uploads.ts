/** Uploads in parts that were begun on the page, until they are over: those that nobody goes on with are ended. */
export const pageUploads = `
  CREATE TABLE page_uploads (
    upload_id TEXT    PRIMARY KEY,
    bucket    TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    heard_at  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX page_uploads_by_time ON page_uploads (heard_at);
`;
