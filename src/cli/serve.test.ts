import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Long enough for any machine; one that hangs is ended by it. */
const WITHIN_MS = 60_000;

test('a data directory that can not be used is told in one line, with exit code 1', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-serve-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'trainyard.db'), 'no database, and too long to be the beginning of one');
  for (const [dataDir, complaint] of [
    // Node's own recursive mkdir never returns here.
    ['/proc/nowhere/below', /: no folder can be made in \/proc\./],
    [folder, /trainyard\.db can't be opened: file is not a database\./],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [MAIN, 'serve', '--port', '0', '--data-dir', dataDir],
      { cwd: folder, encoding: 'utf8', timeout: WITHIN_MS, killSignal: 'SIGKILL' },
    );
    assert.deepEqual([status, stdout], [1, ''], `${dataDir}: ${stderr}`);
    assert.match(stderr, /^trainyard: [^\n]*\n$/);
    assert.match(stderr, complaint);
  }
});
