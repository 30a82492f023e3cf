import assert from 'node:assert/strict';
import { it } from 'node:test';
import { imageSettings, isInsecure } from './image-settings.ts';

it('the settings have defaults', () => {
  assert.deepEqual(imageSettings.parse({}), {
    names: {},
    pull: 'always',
    insecureRegistries: [],
    credentials: {},
    logins: {},
    cache: { maxGB: 100, maxUnusedDays: 30 },
  });
});

it('settings that could not be meant are refused', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:x';
  const wrong = [
    { names: { a: 'b/$1' } },
    { names: { '': 'b' } },
    { pull: 'sometimes' },
    { credentials: { registry: { command: ['x'] } } },
    { credentials: { [arn]: { command: [] } } },
    { credentials: { [arn]: { url: 'nowhere' } } },
    { cache: { maxGB: 0 } },
    { mirrors: [] },
  ];
  for (const each of wrong) assert.equal(imageSettings.safeParse(each).success, false, JSON.stringify(each));
});

it('registries on loopback are spoken to without TLS, and those that are named', () => {
  const insecureRegistries = ['registry.lan:5000'];
  for (const host of [
    'localhost',
    'localhost:5000',
    '127.0.0.1:1',
    '127.8.9.10',
    '[::1]:5000',
    'registry.lan:5000',
  ]) {
    assert.equal(isInsecure({ insecureRegistries }, host), true, host);
  }
  for (const host of ['registry.lan', 'docker.io', '127.0.0.1.example', 'localhost.example:5000']) {
    assert.equal(isInsecure({ insecureRegistries }, host), false, host);
  }
});
