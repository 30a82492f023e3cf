/** Algorithm resources: what CreateAlgorithm was given. */
export const algorithms = `
  CREATE TABLE algorithms (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    arn        TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    request    TEXT    NOT NULL
  ) STRICT;
  CREATE INDEX algorithms_by_creation ON algorithms (created_at, id);
  CREATE INDEX algorithms_by_name ON algorithms (name, id);
`;
