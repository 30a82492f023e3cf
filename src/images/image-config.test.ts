import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseImageConfiguration } from './image-config.ts';

it('an image’s configuration is read as its tools write it', () => {
  const text = JSON.stringify({
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    config: {
      User: 'app:users',
      Env: ['PATH=/bin', 'EQUALS=a=b', 'EMPTY=', 'ALONE'],
      Entrypoint: ['python', 'main.py'],
      Cmd: ['serve'],
      WorkingDir: 'work/./dir/',
    },
  });
  assert.deepEqual(parseImageConfiguration(text), {
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    entrypoint: ['python', 'main.py'],
    environment: { PATH: '/bin', EQUALS: 'a=b', EMPTY: '', ALONE: '' },
    workdir: '/work/dir',
    user: 'app:users',
  });
});

it('what an image does not say is nothing, also where a tool writes null', () => {
  const empty = { entrypoint: [], environment: {}, workdir: '/', user: '' };
  const nulls = {
    architecture: 'amd64',
    config: { Env: null, Entrypoint: null, User: null, WorkingDir: null },
  };
  const platform = { os: 'linux', architecture: 'amd64' };
  assert.deepEqual(parseImageConfiguration(JSON.stringify(nulls)), { platform, ...empty });
  assert.deepEqual(parseImageConfiguration('{"architecture":"amd64","config":null}'), { platform, ...empty });
});

it('what is no configuration is refused', () => {
  for (const text of ['', 'null', '[]', '{"config":{"Env":"A=b"}}', '{"os":1}']) {
    assert.throws(() => parseImageConfiguration(text), text);
  }
});
