import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, npmChainOf, type ProcessTree } from './npm-chain.ts';

type Processes = Readonly<Record<number, readonly [parent: number, ...words: string[]]>>;

const tree = (processes: Processes): ProcessTree => ({
  parentOf: (pid) => processes[pid]?.[0],
  argumentsOf: (pid) => processes[pid]?.slice(1).map(String) ?? [],
});

const NPM = [1, 'npm exec trainyard serve --port 0'] as const;
const SHELL = [10, 'sh', '-c', "'trainyard' serve --port 0"] as const;
const SERVER = [11, 'node', '/app/node_modules/.bin/trainyard', 'serve', '--port', '0'] as const;
const EXEC = { npm_lifecycle_script: "'trainyard'" };

test('the chain leads over npm’s shell and the launcher, where there are such', () => {
  const shell = tree({ 10: NPM, 11: SHELL, 12: SERVER });
  assert.deepEqual(npmChainOf(12, EXEC, shell), [12, 11, 10]);
  const launched = tree({
    10: NPM,
    11: SHELL,
    12: SERVER,
    13: [12, 'node', '/app/bin/trainyard.js', 'serve'],
  });
  assert.deepEqual(npmChainOf(13, EXEC, launched), [13, 12, 11, 10]);
  const direct = tree({ 10: [1, 'npm run serve'], 12: [10, 'node', 'bin/trainyard.js', 'serve'] });
  const script = { npm_lifecycle_script: 'exec node bin/trainyard.js serve' };
  assert.deepEqual(npmChainOf(12, script, direct), [12, 10]);
});

test('a chain is broken when any of it has another parent or none', () => {
  const chain = [12, 11, 10];
  assert.ok(isWhole(chain, tree({ 10: NPM, 11: SHELL, 12: SERVER })));
  assert.ok(!isWhole(chain, tree({ 11: [1, 'sh'], 12: SERVER })), 'npm was killed');
  assert.ok(!isWhole(chain, tree({ 10: NPM, 12: [1, 'node'] })), 'its shell was killed');
});

test('nobody else is taken for npm that waits', () => {
  const all = { 10: NPM, 11: SHELL, 12: SERVER };
  assert.equal(npmChainOf(12, {}, tree(all)), undefined);
  for (const script of ['trainyard serve &', 'trainyard serve > log 2>&1 & sleep 1', 'a && b & c'])
    assert.equal(npmChainOf(12, { npm_lifecycle_script: script }, tree(all)), undefined, script);
  // What a test that npm runs has started is the test's.
  const test = {
    10: NPM,
    11: [10, 'sh', '-c', 'node test.js'],
    12: [11, 'node', 'test.js'],
    13: [12, 'node', 'serve'],
  } as const;
  assert.equal(npmChainOf(13, { npm_lifecycle_script: 'node test.js' }, tree(test)), undefined);
  // Another shell's background is no matter of npm's.
  const other = { 11: [1, 'bash', './start.sh'], 12: SERVER } as const;
  assert.equal(npmChainOf(12, { npm_lifecycle_script: './start.sh' }, tree(other)), undefined);
});

test('a script that waits for several commands is one that waits', () => {
  const script = 'npm run build && trainyard serve 2>&1';
  const processes = { 10: [1, 'npm run start'], 11: [10, 'sh', '-c', script], 12: SERVER } as const;
  assert.deepEqual(npmChainOf(12, { npm_lifecycle_script: script }, tree(processes)), [12, 11, 10]);
});

test('a server that npx has left before it looked has nobody', () => {
  const orphan = tree({ 12: [1, 'node', 'trainyard', 'serve'], 1: [0, '/sbin/init'] });
  const chain = npmChainOf(12, EXEC, orphan);
  assert.ok(chain && !isWhole(chain, orphan));
  assert.equal(npmChainOf(12, { npm_lifecycle_script: 'node start.js' }, orphan), undefined);
});
