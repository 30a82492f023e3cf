import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSocket } from './find-socket.ts';

const there =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

test('the configured socket goes before DOCKER_HOST, and that before the usual ones', () => {
  const everywhere = () => true;
  const DOCKER_HOST = 'unix:///run/mine.sock';
  assert.deepEqual(findSocket({ socket: '/my/socket' }, { DOCKER_HOST }, everywhere), { path: '/my/socket' });
  assert.deepEqual(findSocket({}, { DOCKER_HOST }, everywhere), { path: '/run/mine.sock' });
  assert.deepEqual(findSocket({}, {}, everywhere), { path: '/var/run/docker.sock' });
});

test('a person’s own engine goes before the machine’s', () => {
  const environment = { XDG_RUNTIME_DIR: '/run/user/7' };
  const both = there('/run/podman/podman.sock', '/run/user/7/podman/podman.sock');
  assert.deepEqual(findSocket({}, environment, both), { path: '/run/user/7/podman/podman.sock' });
});

test('a socket that is named and not there is not replaced by another', () => {
  const usual = there('/var/run/docker.sock');
  for (const [config, environment, by] of [
    [{ socket: '/my/socket' }, {}, /executors\.docker\.socket/],
    [{}, { DOCKER_HOST: 'unix:///my/socket' }, /DOCKER_HOST/],
  ] as const) {
    const found = findSocket(config, environment, usual);
    assert.match('problem' in found ? found.problem : '', by);
  }
});

test('an engine of another machine is refused', () => {
  const found = findSocket({}, { DOCKER_HOST: 'tcp://build:2375' }, () => true);
  assert.match('problem' in found ? found.problem : '', /only an engine of this machine/);
});

test('where there is none, the sentence says what to do', () => {
  const found = findSocket({}, {}, () => false);
  assert.match('problem' in found ? found.problem : '', /podman system service/);
});
