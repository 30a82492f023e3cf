import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openJobClock } from './job-clock.ts';

test('where time was advanced it never goes back: not by a restart, and not to the time of the machine', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-clock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'clock.json');
  assert.equal(openJobClock(path, false)?.kind, 'system');
  const first = openJobClock(path, true);
  assert.ok(first?.kind === 'test');
  assert.equal(openJobClock(path, false)?.kind, 'system', 'it was not advanced yet');
  const then = await first.clock.advance(86_400_000);
  const second = openJobClock(path, true);
  assert.ok(second && second.clock.now() >= then);
  assert.equal(openJobClock(path, false), undefined);
});
