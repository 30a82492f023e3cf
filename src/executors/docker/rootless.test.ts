import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootlessProblems } from './rootless.ts';

const everything = () => true;

test('an engine of root’s lacks nothing', () => {
  assert.deepEqual(
    rootlessProblems({ kind: 'podman', rootless: false, hasLimits: true }, () => false),
    [],
  );
});

test('what is missing without root is said at the start', () => {
  const [limits, ...others] = rootlessProblems(
    { kind: 'podman', rootless: true, hasLimits: false },
    everything,
  );
  assert.match(limits ?? '', /no limits of memory and processors: .*not root/);
  assert.deepEqual(others, []);
  for (const lacking of [/slirp4netns|pasta/, /\/dev\/net\/tun/]) {
    const engine = { kind: 'podman', rootless: true, hasLimits: true } as const;
    const [network = ''] = rootlessProblems(engine, (path) => !lacking.test(path));
    assert.match(network, /several instances.*slirp4netns.*\/dev\/net\/tun/);
  }
  assert.deepEqual(
    rootlessProblems({ kind: 'docker', rootless: true, hasLimits: true }, () => false),
    [],
  );
});
