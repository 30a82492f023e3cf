import type { CreateAlgorithmInput } from '../../model/types.generated.ts';
import type { Database } from '../database.ts';

/** An algorithm resource. */
export interface StoredAlgorithm {
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly request: CreateAlgorithmInput;
}

interface Row {
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  readonly created_at: number;
  readonly request: string;
}

const fromRow = (row: Row): StoredAlgorithm => ({
  ...{ id: row.id, arn: row.arn, name: row.name, createdAt: row.created_at },
  request: JSON.parse(row.request) as CreateAlgorithmInput,
});

/** Stores a new algorithm. False: there is one of that ARN. */
export function insertAlgorithm(
  database: Database,
  arn: string,
  request: CreateAlgorithmInput,
  at: number,
): boolean {
  const { changes } = database
    .prepare(
      'INSERT INTO algorithms (arn, name, created_at, request) VALUES (?, ?, ?, ?) ON CONFLICT (arn) DO NOTHING',
    )
    .run(arn, request.AlgorithmName, at, JSON.stringify(request));
  return changes === 1;
}

export function findAlgorithm(database: Database, arn: string): StoredAlgorithm | undefined {
  const row = database.prepare('SELECT * FROM algorithms WHERE arn = ?').get(arn) as Row | undefined;
  return row && fromRow(row);
}

/** Forgets an algorithm and its tags. */
export function deleteAlgorithm(database: Database, arn: string): void {
  database.transaction(() => {
    database.prepare('DELETE FROM algorithms WHERE arn = ?').run(arn);
    database.prepare('DELETE FROM tags WHERE arn = ?').run(arn);
  });
}

export interface AlgorithmQuery {
  readonly orderBy: 'Name' | 'CreationTime';
  readonly descending: boolean;
  readonly limit: number;
  /** Start after this place. */
  readonly after?: AlgorithmCursor;
  /** Exclusive bounds, epoch milliseconds. */
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  readonly nameContains?: string;
}

/** A place in an order. */
export type AlgorithmCursor = readonly [string | number, number];

/** One page of the algorithms that pass the filters, and where to go on. */
export function listAlgorithms(
  database: Database,
  query: AlgorithmQuery,
): { readonly algorithms: readonly StoredAlgorithm[]; readonly next?: AlgorithmCursor } {
  const key = query.orderBy === 'Name' ? 'name' : 'created_at';
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const bound = (condition: string, ...bounds: readonly (string | number | undefined)[]) => {
    if (bounds.some((each) => each === undefined)) return;
    conditions.push(condition);
    values.push(...(bounds as (string | number)[]));
  };
  bound(`(${key}, id) ${query.descending ? '<' : '>'} (?, ?)`, query.after?.[0], query.after?.[1]);
  bound('created_at > ?', query.createdAfter);
  bound('created_at < ?', query.createdBefore);
  bound('instr(name, ?) > 0', query.nameContains);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const order = query.descending ? 'DESC' : 'ASC';
  const rows = database
    .prepare(`SELECT * FROM algorithms ${where} ORDER BY ${key} ${order}, id ${order} LIMIT ?`)
    .all(...values, query.limit + 1) as unknown as Row[];
  const algorithms = rows.slice(0, query.limit).map(fromRow);
  const last = algorithms.at(-1);
  if (!last || rows.length <= query.limit) return { algorithms };
  return { algorithms, next: [query.orderBy === 'Name' ? last.name : last.createdAt, last.id] };
}
