import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needlessMounts, sourcesOf } from './needless-mounts.ts';

const POINTS = [
  ...[
    '/',
    '/proc',
    '/sys',
    '/sys/kernel/debug',
    '/dev',
    '/dev/pts',
    '/sys/fs/cgroup',
    '/sys/fs/cgroup/memory',
  ],
  ...[
    '/sys/fs/cgroup/pids',
    '/var/lib/docker/overlay2/1',
    '/srv/data',
    '/srv/data/more',
    '/srv/other',
    '/usrs',
  ],
  '/srv/a\\040blank',
];
const TABLE = POINTS.map((point, i) => `${i} 1 0:${i} / ${point} rw - ext4 /dev/x rw`).join('\n');

test('a mount is needless when nothing that is shown is in it, nor it in what is shown', () => {
  const sources = ['/usr', '/var', '/sys', '/proc/sys', '/dev/null', '/srv/data/instances/1/ml'];
  const needless = ['/usrs', '/srv/other', '/srv/data/more', '/dev/pts'];
  assert.deepEqual(needlessMounts(sources, [], TABLE), needless);
});

test('in what is replaced only what is shown in its place is needed', () => {
  const sources = ['/sys', '/sys/fs/cgroup/memory/trainyard/1', '/var', '/dev', '/srv', '/usrs', '/proc'];
  assert.deepEqual(needlessMounts(sources, ['/sys/fs/cgroup'], TABLE), ['/sys/fs/cgroup/pids']);
});

test('what options show are the sources of all kinds of binds', () => {
  const options = [
    '--ro-bind',
    '/a',
    '/x',
    '--dev-bind-try',
    '/b',
    '/y',
    '--bind',
    '/c',
    '/z',
    '--tmpfs',
    '/t',
  ];
  assert.deepEqual(sourcesOf(options), ['/a', '/b', '/c']);
});
