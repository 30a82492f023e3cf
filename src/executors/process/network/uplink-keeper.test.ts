import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findProgram } from '../find-program.ts';
import { argumentsOf, processes } from '../process-table.ts';
import { started, until } from '../sandbox-fixture.ts';
import { makerOf, networksOf, noUplink, placed, plansOf, says, tryToReach } from './network-fixture.ts';
import { networkNames } from './network-names.ts';
import { noteOf, noteText } from './network-note.ts';
import { subnetOf } from './subnet.ts';
import { runningUplinks } from './uplink.ts';
import { forwarded } from './uplink-keeper.ts';

/** A port of the machine's loopback at which somebody is. */
async function listening(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

const uplinksOf = (hub: string) => runningUplinks().filter(({ namespace }) => namespace.includes(hub));

/** Ends the uplink of a network's first instance. */
function endOne(hub: string): number {
  const uplink = uplinksOf(hub).find(({ namespace }) => namespace.endsWith('algo-1'));
  assert.ok(uplink);
  process.kill(uplink.pid, 'SIGKILL');
  return uplink.pid;
}

/** Whether both instances have an uplink, none of them the one that was ended. */
const isWhole = (hub: string, ended: number) => {
  const pids = uplinksOf(hub).map(({ pid }) => pid);
  return pids.length === 2 && !pids.includes(ended);
};

/** Takes pasta away from the PATH. Returns what gives it back. */
function withoutPasta(t: TestContext): () => void {
  const bin = mkdtempSync(join(tmpdir(), 'trainyard-bin-'));
  for (const name of ['ip', 'nsenter']) symlinkSync(findProgram(name) ?? '', join(bin, name));
  const { PATH } = process.env;
  const restore = () => void Object.assign(process.env, { PATH });
  t.after(() => {
    restore();
    rmSync(bin, { recursive: true });
  });
  process.env.PATH = bin;
  return restore;
}

/** Who listens in a network. */
const listeners = (hub: string) =>
  processes().filter((pid) => {
    const words = argumentsOf(pid);
    return words.includes(hub) && words.includes('monitor');
  });

describe('an uplink that ends', { skip: noUplink }, () => {
  it('is opened again under a job that runs, and the log says so once', async (t) => {
    const port = await listening(t);
    const lines: string[] = [];
    const { networks, prefix } = networksOf(t, { ports: () => [port], log: (line) => lines.push(line) });
    const [first] = plansOf();
    const { hub } = networkNames(prefix, first);
    const running = await started(t, await placed(t, networks, first, 'sleep 1000'));
    await until(() => listeners(hub).length === 1);
    for (const count of [1, 2]) {
      const ended = endOne(hub);
      await until(() => isWhole(hub, ended) && lines.length === count);
      assert.equal(await says(t, networks, first, tryToReach('127.0.0.1', port)), 'reached');
    }
    for (const line of lines) assert.match(line, /^The uplink of .*-algo-1 had ended; it is opened again\.$/);
    await running.stop(0);
  });

  it('is opened again by the next server, and by it again', async (t) => {
    const port = await listening(t);
    const { networks, prefix } = networksOf(t, { ports: () => [port] });
    const [first] = plansOf();
    const { hub } = networkNames(prefix, first);
    const maker = makerOf(prefix, first);
    await until(() => listeners(hub).length === 1);
    const ended = once(maker, 'exit');
    maker.kill('SIGKILL');
    await ended;
    const before = endOne(hub);
    await networks.takeUp();
    assert.ok(isWhole(hub, before));
    await until(() => listeners(hub).length === 1);
    const again = endOne(hub);
    await until(() => isWhole(hub, again));
    assert.equal(await says(t, networks, first, tryToReach('127.0.0.1', port)), 'reached');
  });

  it('is noticed also after whoever listens was killed', async (t) => {
    const { networks, prefix } = networksOf(t);
    const [first] = plansOf();
    const { hub } = networkNames(prefix, first);
    await networks.join(first);
    await until(() => listeners(hub).length === 1);
    const [listener = 0] = listeners(hub);
    process.kill(listener, 'SIGKILL');
    const ended = endOne(hub);
    await until(() => isWhole(hub, ended));
  });

  it('is tried again until it can be opened, and the log says once why not', async (t) => {
    const lines: string[] = [];
    const { networks, prefix } = networksOf(t, { log: (line) => lines.push(line) });
    const [first] = plansOf();
    const { hub } = networkNames(prefix, first);
    await networks.join(first);
    await until(() => listeners(hub).length === 1);
    const restore = withoutPasta(t);
    if (findProgram('pasta') !== undefined) return t.skip('pasta is found whatever the PATH is');
    const ended = endOne(hub);
    await until(() => lines.length === 1);
    restore();
    await until(() => isWhole(hub, ended) && lines.length === 2);
    assert.match(lines[0] ?? '', /can't be opened, and is tried again: pasta is not installed\.$/);
    assert.match(lines[1] ?? '', /is opened again\.$/);
  });

  it('stays as it is where it was to be left, and nobody listens there any more', async (t) => {
    const { networks, prefix } = networksOf(t);
    const plans = plansOf();
    const { hub } = networkNames(prefix, plans[0]);
    await networks.join(plans[0]);
    await until(() => listeners(hub).length === 1);
    for (const plan of plans) await networks.leave(plan);
    await until(() => uplinksOf(hub).length + listeners(hub).length === 0);
  });
});

describe('the uplinks of a network that a server finds', { skip: noUplink }, () => {
  it('forward its ports, and lead from those that a job was told of to where it is', async (t) => {
    const [before, now] = [await listening(t), await listening(t)];
    const { networks, prefix } = networksOf(t, { ports: () => [before] });
    const [first] = plansOf();
    const { hub } = networkNames(prefix, first);
    await networks.join(first);
    networks.close();
    const lines: string[] = [];
    const next = networksOf(t, { prefix, ports: () => [now], log: (line) => lines.push(line) }).networks;
    await next.takeUp();
    const forwards = uplinksOf(hub).map((uplink) => uplink.forwards);
    assert.deepEqual(forwards, Array(2).fill(`${now},${before}:${now}`));
    for (const port of [before, now])
      assert.equal(await says(t, next, first, tryToReach('127.0.0.1', port)), 'reached');
    assert.equal(lines.filter((line) => /forwarded other ports/.test(line)).length, 2);
    const kept = uplinksOf(hub);
    await next.takeUp();
    assert.deepEqual(uplinksOf(hub), kept);
  });

  it('are none where the job is isolated', async (t) => {
    const { networks, prefix } = networksOf(t, { ports: () => [7117] });
    const [first] = plansOf({ EnableNetworkIsolation: true });
    await networks.join(first);
    await networksOf(t, { prefix, ports: () => [7118] }).networks.takeUp();
    const { hub } = networkNames(prefix, first);
    assert.deepEqual([uplinksOf(hub), listeners(hub)], [[], []]);
  });
});

describe('what a network says of itself', () => {
  it('is read back as it was written', () => {
    const note = { subnet: subnetOf('198.18.16.0/20'), reach: 'closed', told: [7117, 9000] } as const;
    assert.equal(noteText(note), '198.18.16.0/20,closed,7117,9000');
    assert.deepEqual(noteOf(noteText(note)), note);
  });

  it('tells of no reach when an earlier version wrote it: nothing is mended then', () => {
    assert.deepEqual(noteOf('198.18.16.0/20'), {
      subnet: subnetOf('198.18.16.0/20'),
      reach: 'none',
      told: [],
    });
  });

  it('names each port once, wherever the server is', () => {
    assert.deepEqual(forwarded([2, 3], [1, 2]), [
      { inside: 2, outside: 2 },
      { inside: 3, outside: 3 },
      { inside: 1, outside: 2 },
    ]);
    assert.deepEqual(forwarded([], [1]), []);
  });
});
