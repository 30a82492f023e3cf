import type { ObjectLocation } from '../../objects/object-storage.ts';
import type { Database } from '../database.ts';
import { toBytes } from './keys.ts';

export function deleteObject(database: Database, { bucket, key }: ObjectLocation): void {
  database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?').run(bucket, toBytes(key));
}
