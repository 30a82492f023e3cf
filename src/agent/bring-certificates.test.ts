import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { CERTIFICATES_SEEN_AT } from './bring-certificates.ts';
import { createInstanceAgent } from './create-instance-agent.ts';
import { never, planOf, testPlace } from './testing/test-instance.fixture.ts';

test('certificates are where algorithms are told to look, but for those without a network', async (t) => {
  const place = await testPlace(t);
  const certificates = join(place.folder, 'bundle.pem');
  await writeFile(certificates, 'trusted');
  const seen = (of: ReturnType<typeof planOf>) =>
    place.ml(of, ...CERTIFICATES_SEEN_AT.slice('/opt/ml/'.length).split('/'));
  const prepare = async (of: ReturnType<typeof planOf>, more: object) => {
    await createInstanceAgent(of, { ...place.environment, ...more }).prepare(never());
    return seen(of);
  };
  const plan = planOf();
  assert.equal(await readFile(await prepare(plan, { certificates }), 'utf8'), 'trusted');
  const isolated = planOf({ EnableNetworkIsolation: true }, { jobId: 8 });
  assert.ok(!existsSync(await prepare(isolated, { certificates })));
  assert.ok(!existsSync(await prepare(planOf({}, { jobId: 9 }), {})));
});
