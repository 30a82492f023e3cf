import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../clock/system-clock.ts';
import { layoutOf } from './data-folder.ts';
import { openTrust } from './trust.ts';

test('the authority is made once, its key is its owner’s, and clients still trust all others', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-trust-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const layout = layoutOf(folder);
  const made = await openTrust(layout, systemClock);
  assert.deepEqual(await openTrust(layout, systemClock), made);
  assert.equal(statSync(layout.authority).mode & 0o777, 0o600);

  const certificates = readFileSync(layout.certificates, 'utf8').split(/(?=-----BEGIN)/);
  assert.equal(new X509Certificate(certificates[0] ?? '').subject, 'CN=Trainyard local authority');
  assert.ok(certificates.length > 10, `${certificates.length} certificates`);
  for (const each of certificates) assert.ok(new X509Certificate(each));
  const own = readFileSync(layout.authorityCertificate, 'utf8');
  assert.ok(!own.includes('PRIVATE') && !certificates.join('').includes('PRIVATE'));
});
