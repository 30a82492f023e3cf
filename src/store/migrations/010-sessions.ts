/** Who is signed in on the page: a session is known by the SHA-256 of its cookie. */
export const sessions = `
  CREATE TABLE page_sessions (
    hash       TEXT    PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
