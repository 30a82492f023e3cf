import type { Database } from '../database.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The tags of a resource, by key. */
export function tagsOf(database: Database, arn: string): Tag[] {
  const rows = database
    .prepare('SELECT key AS Key, value AS Value FROM tags WHERE arn = ? ORDER BY key')
    .all(arn);
  return (rows as unknown as Tag[]).map(({ Key, Value }) => ({ Key, Value }));
}

/** Adds tags to a resource; a key that it has gets the new value. */
export function putTags(database: Database, arn: string, tags: readonly Tag[]): void {
  const put = database.prepare(
    'INSERT INTO tags (arn, key, value) VALUES (?, ?, ?) ON CONFLICT (arn, key) DO UPDATE SET value = excluded.value',
  );
  database.transaction(() => {
    for (const tag of tags) put.run(arn, tag.Key, tag.Value);
  });
}

/** Removes tags; keys that are not there are no error. */
export function removeTags(database: Database, arn: string, keys: readonly string[]): void {
  const remove = database.prepare('DELETE FROM tags WHERE arn = ? AND key = ?');
  database.transaction(() => {
    for (const key of keys) remove.run(arn, key);
  });
}
