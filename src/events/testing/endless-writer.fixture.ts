import { writeSync } from 'node:fs';
import { Database } from '../../store/database.ts';
import { liveThrough } from './told-jobs.fixture.ts';

/** Writes the lives of jobs into a database until it is killed, and a dot for each that is whole. */
const [, , path = '', prefix = ''] = process.argv;
const database = new Database(path);
for (let number = 0; ; number++) {
  liveThrough(database, `${prefix}-${number}`);
  writeSync(1, '.');
}
