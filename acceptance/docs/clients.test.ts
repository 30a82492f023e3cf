import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

/** Where the tests of each column of the table are. */
const COLUMNS: readonly (string | undefined)[] = [
  undefined,
  'boto3/test_boto3.py',
  'aws-cli/test_aws_cli.py',
  'aws-cli-2/test_aws_cli_2.py',
  undefined,
  'sdk2/test_sdk2.py',
  'sdk3/test_sdk3.py',
];

/** Rejects when there is no such test. */
async function find(name: string, file: string | undefined): Promise<void> {
  if (file === undefined || name.includes('/'))
    return access(new URL(`../${name.includes('/') ? name : `javascript/${name}.test.ts`}`, import.meta.url));
  const text = await read(file);
  for (const part of name.split('.'))
    assert.match(text, new RegExp(`^ *(class|def) ${part}\\(`, 'm'), `${file} has ${name}`);
}

test('each test that the table of clients names is there', async () => {
  const page = await readFile(new URL('../../docs/CLIENTS.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  let found = 0;
  for (const row of rows.slice(2)) {
    const cells = row.split('|').slice(1, -1);
    for (const [column, cell] of cells.slice(0, COLUMNS.length).entries()) {
      if (column === 0) continue;
      for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g)) {
        await find(name, COLUMNS[column]);
        found += 1;
      }
    }
  }
  assert.ok(found > 50, `${found} tests are named`);
  const paws = await read('paws/paws.test.ts');
  const named = rows.flatMap((row) => [...(row.split('|')[8] ?? '').matchAll(/"([^"]+)"/g)]);
  assert.ok(named.length > 0);
  for (const [, words] of named) assert.ok(paws.includes(`test('${words}`), `paws.test.ts has ${words}`);
});
