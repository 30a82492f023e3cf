import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { BadDockerConfig, dockerCredentials } from './docker-config.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const REGISTRY = 'registry.example:5000';

/** A folder with a configuration; with a helper `test` on the PATH, when what it does is given. */
function folderWith(t: TestContext, config: unknown, helper?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-docker-config-'));
  const { PATH } = process.env;
  t.after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  if (helper !== undefined) {
    writeFileSync(join(folder, 'docker-credential-test'), `#!/bin/sh\nread registry\n${helper}\n`, {
      mode: 0o755,
    });
    process.env.PATH = `${folder}:${PATH}`;
  }
  return folder;
}

describe('Docker’s configuration', () => {
  const user = { username: 'user', password: 'a:b' };

  it('may hold a name and a password, or a token', async (t) => {
    const folder = folderWith(t, {
      auths: {
        [REGISTRY]: { auth: base64('user:a:b') },
        'https://other.example': { username: 'user', password: 'a:b' },
        'token.example': { auth: base64('00000000-0000:'), identitytoken: 'token' },
        'https://index.docker.io/v1/': { auth: base64('hub:x') },
        'empty.example': {},
      },
    });
    assert.deepEqual(await dockerCredentials(REGISTRY, folder), user);
    assert.deepEqual(await dockerCredentials('other.example', folder), user);
    assert.deepEqual(await dockerCredentials('token.example', folder), { identityToken: 'token' });
    assert.deepEqual(await dockerCredentials('docker.io', folder), { username: 'hub', password: 'x' });
    for (const none of ['empty.example', 'unknown.example', 'constructor']) {
      assert.equal(await dockerCredentials(none, folder), undefined, none);
    }
  });

  it('may name helpers, for a registry or for all', async (t) => {
    const answer = `echo "{\\"ServerURL\\":\\"x\\",\\"Username\\":\\"$registry\\",\\"Secret\\":\\"s\\"}"`;
    const one = folderWith(t, { credHelpers: { [REGISTRY]: 'test' } }, answer);
    assert.deepEqual(await dockerCredentials(REGISTRY, one), { username: REGISTRY, password: 's' });
    assert.equal(await dockerCredentials('other.example', one), undefined);
    const all = folderWith(t, { credsStore: 'test' }, answer);
    assert.deepEqual(await dockerCredentials('docker.io', all), {
      username: 'https://index.docker.io/v1/',
      password: 's',
    });
    const token = folderWith(t, { credsStore: 'test' }, `echo '{"Username":"<token>","Secret":"s"}'`);
    assert.deepEqual(await dockerCredentials(REGISTRY, token), { identityToken: 's' });
  });

  it('has none where a helper has none, or there is no configuration', async (t) => {
    const unknown = 'echo credentials not found in native keychain; exit 1';
    assert.equal(
      await dockerCredentials(REGISTRY, folderWith(t, { credsStore: 'test' }, unknown)),
      undefined,
    );
    assert.equal(await dockerCredentials(REGISTRY, '/nonexistent'), undefined);
  });

  it('that can’t be used is told with its cause, and without a secret', async (t) => {
    const bad: readonly (readonly [unknown, string | undefined, RegExp])[] = [
      ['{', undefined, /is not what Docker writes/],
      [{ auths: [] }, undefined, /is not what Docker writes/],
      [{ credsStore: 'no-such' }, undefined, /docker-credential-no-such.*ENOENT/],
      [{ credsStore: 'test' }, 'echo locked; exit 2', /docker-credential-test failed \(locked\)/],
      [{ credsStore: 'test' }, 'echo "a secret"', /did not answer with a name and a secret\.$/],
    ];
    for (const [content, helper, why] of bad) {
      await assert.rejects(dockerCredentials(REGISTRY, folderWith(t, content, helper)), (error) => {
        assert.ok(error instanceof BadDockerConfig);
        assert.match(error.message, why);
        return true;
      });
    }
  });
});
