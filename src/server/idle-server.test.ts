import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

/** What a server must not load before it is asked for: by the name of a package, or of Node's own. */
const FOR_THE_FEW = [
  'dockerode',
  'ws',
  '@smithy/core',
  '@smithy/signature-v4',
  '@aws-sdk/crc64-nvme',
  '@aws-sdk/client-s3',
  '@peculiar/x509',
];

/** Writes down what is loaded until the program is told to end. */
const RECORDER = `
  import { appendFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      appendFileSync(process.env.LOADED, url + '\\n');
      return next(url, context);
    },
  });
  process.on('SIGUSR2', () => {
    const undici = process.moduleLoadList.some((each) => each.endsWith('undici/undici'));
    if (undici) appendFileSync(process.env.LOADED, 'undici\\n');
    process.exit();
  });`;

/** Starts a server on a data directory and ends it. Returns the names of what it has loaded. */
async function loadedBy(t: TestContext, folder: string): Promise<ReadonlySet<string>> {
  const loaded = join(folder, 'loaded');
  writeFileSync(loaded, '');
  const recorder = join(folder, 'recorder.mjs');
  writeFileSync(recorder, RECORDER);
  const server = spawn(
    process.execPath,
    [
      '--import',
      pathToFileURL(recorder).href,
      MAIN,
      'serve',
      '--port',
      '0',
      '--data-dir',
      join(folder, 'data'),
    ],
    { cwd: folder, env: { ...process.env, LOADED: loaded }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => server.kill('SIGKILL'));
  for await (const line of createInterface(server.stdout)) if (line.startsWith('trainyard ready')) break;
  server.kill('SIGUSR2');
  assert.deepEqual(await once(server, 'exit'), [0, null]);
  const packages = readFileSync(loaded, 'utf8').matchAll(
    /(?:node_modules\/((?:@[^/]+\/)?[^/]+)\/|^(undici)$)/gm,
  );
  return new Set([...packages].map(([, name, own]) => name ?? own ?? ''));
}

test('a server that nobody has asked for anything has loaded nothing that only few ask for', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-idle-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // The first start makes the authority of the proxy.
  assert.ok((await loadedBy(t, folder)).has('@peculiar/x509'), 'what is loaded is not seen');
  const loaded = await loadedBy(t, folder);
  assert.ok(loaded.has('zod'), 'what is loaded is not seen');
  assert.deepEqual(
    [...FOR_THE_FEW, 'undici'].filter((name) => loaded.has(name)),
    [],
  );
});
