import type { StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { ObjectLocation } from '../../objects/object-storage.ts';
import type { Database } from '../database.ts';
import { toBytes } from './keys.ts';
import { fromRow, OBJECT_COLUMNS, type ObjectRow } from './object-row.ts';

export function findObject(database: Database, { bucket, key }: ObjectLocation): StoredObject | undefined {
  const row = database
    .prepare(`SELECT ${OBJECT_COLUMNS} FROM objects WHERE bucket = ? AND key = ?`)
    .get(bucket, toBytes(key)) as unknown as ObjectRow | undefined;
  return row && fromRow(row);
}
