import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BadSettings, loadSettings } from './load-settings.ts';

function settingsFile(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-settings-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'trainyard.yaml');
  writeFileSync(path, text);
  return path;
}

test('every setting has a default', (context) => {
  const settings = loadSettings({ config: settingsFile(context, '') }, {});
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.account, '123456789012');
  assert.equal(settings.region, 'us-east-1');
  assert.deepEqual(settings.roles, ['trainyard']);
  assert.equal(settings.stop.graceSeconds, 120);
  assert.deepEqual(Object.keys(settings.executors.process.images), [
    'trainyard/host:latest',
    'trainyard/script:latest',
  ]);
  assert.deepEqual(settings.proxy, { others: 'tunnel', jobs: false });
});

test('a flag wins over the environment, which wins over the file', (context) => {
  const config = settingsFile(context, 'port: 1\nhost: 10.0.0.1\nregion: eu-west-1\n');
  const environment = { TRAINYARD_PORT: '2', TRAINYARD_HOST: '127.0.0.2' };
  const settings = loadSettings({ config, port: 3 }, environment);
  assert.equal(settings.port, 3);
  assert.equal(settings.host, '127.0.0.2');
  assert.equal(settings.region, 'eu-west-1');
  assert.equal(loadSettings({}, { ...environment, TRAINYARD_CONFIG: config }).port, 2);
});

test('further images stand beside the machine itself', (context) => {
  const text = 'executors: { process: { images: { "my/image:1": { root: /images/mine } } } }';
  const { images } = loadSettings({ config: settingsFile(context, text) }, {}).executors.process;
  assert.deepEqual(Object.keys(images), ['trainyard/host:latest', 'trainyard/script:latest', 'my/image:1']);
});

test('a pool is of one type, or of several that share its instances', (context) => {
  const text =
    'capacity: { ml.m5.large: 1, big: { instanceTypes: [ml.c5.xlarge, ml.c5.2xlarge], instances: 2 } }';
  assert.deepEqual(loadSettings({ config: settingsFile(context, text) }, {}).capacity, {
    'ml.m5.large': { instanceTypes: ['ml.m5.large'], instances: 1 },
    big: { instanceTypes: ['ml.c5.xlarge', 'ml.c5.2xlarge'], instances: 2 },
  });
  assert.deepEqual(loadSettings({}, {}).capacity, {});
});

test('what is no setting, or no value of one, is refused by its name', (context) => {
  const refused = (text: string, message: RegExp) =>
    assert.throws(
      () => loadSettings({ config: settingsFile(context, text) }, {}),
      (error) => error instanceof BadSettings && message.test(error.message),
      text,
    );
  refused('prot: 1', /prot/);
  refused('port: many', /port/);
  refused('stop: { graceSeconds: -1 }', /graceSeconds/);
  refused('account: "12"', /12 digits/);
  refused('quotas: { ml.m5.tiny: 1 }', /quotas/);
  refused('quotas: { "*": -1 }', /quotas/);
  refused('capacity: { big: 2 }', /big is not an instance type/);
  refused(
    'capacity: { ml.m5.large: 1, big: { instanceTypes: [ml.m5.large], instances: 2 } }',
    /ml\.m5\.large is in more than one pool/,
  );
  refused('- a list', /mapping of settings/);
  refused('a: [', /trainyard\.yaml/);
  assert.throws(() => loadSettings({ config: '/nowhere/trainyard.yaml' }, {}), BadSettings);
  assert.throws(() => loadSettings({}, { TRAINYARD_PORT: 'x' }), BadSettings);
});

test('a data directory may be named from home, whoever names it', (context) => {
  const config = settingsFile(context, 'dataDir: ~/trainyard');
  assert.equal(loadSettings({ config }, {}).dataDir, join(homedir(), 'trainyard'));
  assert.equal(loadSettings({ dataDir: '~' }, {}).dataDir, homedir());
  assert.equal(loadSettings({}, { TRAINYARD_DATA_DIR: '~x' }).dataDir, join(process.cwd(), '~x'));
});

test('what the pages show as settings are settings', (context) => {
  const root = new URL('../../', import.meta.url);
  const pages = ['README', 'docs/CONTAINERS', 'docs/IMAGES', 'docs/NETWORKS', 'docs/PAGE', 'docs/TESTING'];
  for (const page of pages) {
    const text = readFileSync(new URL(`${page}.md`, root), 'utf8');
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
    assert.ok(blocks.length > 0, `${page} shows settings`);
    for (const block of blocks) {
      const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
      loadSettings({ config: settingsFile(context, block.replaceAll('whsec_…', secret)) }, {});
    }
  }
});

test('a webhook needs a secret that is one, and a url of its own', (context) => {
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
  const load = (webhooks: object[]) =>
    loadSettings({ config: settingsFile(context, JSON.stringify({ events: { webhooks } })) }, {});
  const url = 'https://example.org/hook';
  assert.deepEqual(load([{ url, secret }]).events, {
    retentionHours: 24,
    webhooks: [{ url, secret, timeoutSeconds: 15 }],
  });
  for (const bad of ['', 'secret', 'whsec_short', `${secret}!`]) {
    assert.throws(() => load([{ url, secret: bad }]), /a secret is whsec_/, bad);
  }
  assert.throws(() => load([{ url: 'ftp://example.org', secret }]), BadSettings);
  assert.throws(() => load([{ url }]), BadSettings);
  const twice = [
    { url, secret },
    { url, secret },
  ];
  assert.throws(() => load(twice), /two webhooks have the same url/);
});
