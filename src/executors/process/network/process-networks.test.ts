import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { planOf } from '../../../agent/testing/test-instance.fixture.ts';
import { argumentsOf, processes } from '../process-table.ts';
import { finished, started, until } from '../sandbox-fixture.ts';
import { askIp, ip, ipWithin } from './ip-command.ts';
import {
  fetchFrom,
  madeBy,
  makerOf,
  networksOf,
  noNamespaces,
  noUplink,
  placed,
  plansOf,
  says,
  serveAt,
  tryToReach,
} from './network-fixture.ts';
import { networkNames } from './network-names.ts';

async function listening(t: TestContext, host: string): Promise<number> {
  const server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

const serve = (port: number, word: string) => serveAt('0.0.0.0', port, word);

const isolated = { EnableNetworkIsolation: true };

describe('the instances of a job in namespaces', { skip: noNamespaces }, () => {
  it('reach each other by name, each with the same port, one that only root may have elsewhere', async (t) => {
    const { networks } = networksOf(t);
    const [first, second] = plansOf(isolated);
    const both = await Promise.all([
      finished(
        t,
        await placed(t, networks, first, `(${serve(22, 'one')}) & ${fetchFrom('algo-2', 22)}; wait`),
      ),
      finished(
        t,
        await placed(t, networks, second, `(${serve(22, 'two')}) & ${fetchFrom('algo-1', 22)}; wait`),
      ),
    ]);
    assert.deepEqual(
      both.map(({ output }) => output),
      ['two\n', 'one\n'],
    );
  });

  it('see the interface that they are told of, with the address that their name has', async (t) => {
    const { networks } = networksOf(t);
    const [, second] = plansOf(isolated);
    const { interfaceName, addresses } = await networks.join(second);
    const text = `tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | sort; getent hosts algo-2 | cut -d' ' -f1; hostname -I`;
    const address = addresses['algo-2'];
    assert.equal(await says(t, networks, second, text), `${interfaceName}\nlo\n${address}\n${address}`);
  });

  it('can not change their network', async (t) => {
    const { networks } = networksOf(t);
    const [first] = plansOf(isolated);
    const text = 'ip link set eth0 down 2>&1; ip addr add 10.9.9.9/32 dev eth0 2>&1; true';
    assert.equal(
      await says(t, networks, first, text),
      'RTNETLINK answers: Operation not permitted\n'.repeat(2).trimEnd(),
    );
  });

  it('have no way out when they are isolated, not to the machine nor to another job', async (t) => {
    const port = await listening(t, '0.0.0.0');
    const { networks } = networksOf(t);
    const [first] = plansOf(isolated);
    const [other] = plansOf(isolated, { jobId: 8 });
    const elsewhere = Object.values((await networks.join(other)).addresses);
    const targets = ['127.0.0.1', ...ownAddresses(), ...elsewhere, '192.0.2.1'];
    const text = targets.map((address) => `${tryToReach(address, port)}; echo`).join('\n');
    for (const line of (await says(t, networks, first, text)).split('\n'))
      assert.match(line, /unreachable|refused/);
  });

  it('add no interface to the machine’s own network', async (t) => {
    const { networks } = networksOf(t);
    const [first, second] = plansOf(isolated);
    const { hub } = networkNames(networksOf(t).prefix, first);
    for (const plan of [first, second]) await networks.join(plan);
    const links = JSON.stringify(await askIp('link', 'show'));
    assert.doesNotMatch(links, new RegExp(`"(algo-\\d|bridge)"|${hub}`));
  });
});

describe('the network of a job', { skip: noNamespaces }, () => {
  it('is made once, whoever asks when', async (t) => {
    const { networks, prefix } = networksOf(t);
    const plans = plansOf(isolated);
    const [first, second] = await Promise.all(plans.map((plan) => networks.join(plan)));
    assert.deepEqual(first?.addresses, second?.addresses);
    assert.notEqual(first?.handle, second?.handle);
    const made = madeBy(prefix);
    assert.equal(made.length, 3);
    assert.deepEqual(await networks.join(plans[0]), first);
    assert.deepEqual(madeBy(prefix), made);
  });

  it('is found by the next server', async (t) => {
    const { networks, prefix } = networksOf(t);
    const [first] = plansOf(isolated);
    const before = await networks.join(first);
    assert.deepEqual(await networksOf(t, { prefix }).networks.join(first), before);
  });

  it('is that of its warm pool, whichever of its jobs asks, and no orphan as long as the pool is', async (t) => {
    const { networks, prefix } = networksOf(t);
    const [first] = plansOf(isolated, { warmPool: 7 });
    const [next] = plansOf(isolated, { jobId: 9, attempt: 2, warmPool: 7 });
    const made = await networks.join(first);
    assert.deepEqual(await networks.join(next), made);
    await networks.removeOrphans((id) => id === 7);
    assert.equal(madeBy(prefix).length, 3);
    await networks.removeOrphans((id) => id === 9);
    assert.deepEqual(madeBy(prefix), []);
  });

  it('stays as it was made when the settings or the machine are others since', async (t) => {
    const { networks, prefix } = networksOf(t);
    const [first] = plansOf(isolated);
    const before = await networks.join(first);
    const unable = { namespaces: 'no', uplink: 'no' };
    const next = networksOf(t, { prefix, abilities: unable, config: { network: 'shared' } }).networks;
    assert.deepEqual(await next.join(first), before);
    await assert.rejects(next.join(plansOf(isolated, { jobId: 8 })[0]), /EnableNetworkIsolation/);
  });

  it('is made anew when a server was killed in the middle of making it', async (t) => {
    const { networks, prefix } = networksOf(t);
    const [first, second] = plansOf(isolated);
    const { hub } = networkNames(prefix, first);
    await ip([`netns add ${hub}`, `netns add ${hub}-algo-2`]);
    await ipWithin(hub, ['link add bridge type bridge']);
    await networks.join(first);
    await started(t, await placed(t, networks, second, serve(700, 'whole')));
    assert.equal(await says(t, networks, first, fetchFrom('algo-2', 700)), 'whole');
  });

  const instants: readonly [string, (made: readonly string[], uplinks: number) => boolean][] = [
    ['has begun', (made) => made.length > 0],
    ['has made the namespaces', (made) => made.length === 3],
    ['has opened an uplink', (_made, uplinks) => uplinks > 0],
    ['is done', (_made, uplinks) => uplinks === 2],
  ];
  for (const [instant, isReached] of instants)
    it(`survives that the server which makes it is killed when it ${instant}`, {
      skip: noUplink,
    }, async (t) => {
      const { networks, prefix } = networksOf(t);
      const [first, second] = plansOf();
      const hub = networkNames(prefix, first).hub;
      const maker = makerOf(prefix, first);
      const ended = once(maker, 'exit');
      await until(() => isReached(madeBy(prefix), uplinksOf(hub).length));
      maker.kill('SIGKILL');
      await ended;
      await started(t, await placed(t, networks, second, serve(700, 'whole')));
      assert.equal(await says(t, networks, first, fetchFrom('algo-2', 700)), 'whole');
      // Those of a network that was not whole are about to go.
      await until(() => uplinksOf(hub).length === 2);
      for (const plan of [first, second]) await networks.leave(plan);
      assert.deepEqual(madeBy(prefix), []);
      await until(() => uplinksOf(hub).length === 0);
    });

  it('is gone when its last instance has left', async (t) => {
    const { networks, prefix } = networksOf(t);
    const [first, second] = plansOf(isolated);
    await networks.join(first);
    await networks.leave(first);
    assert.equal(madeBy(prefix).length, 2);
    await networks.leave(second);
    await networks.leave(second);
    assert.deepEqual(madeBy(prefix), []);
  });

  it('is gone when all leave at once', async (t) => {
    const { networks, prefix } = networksOf(t);
    const plans = plansOf(isolated);
    await networks.join(plans[0]);
    await Promise.all(plans.map((plan) => networks.leave(plan)));
    assert.deepEqual(madeBy(prefix), []);
  });

  it('is removed by the next server when its job holds nothing any more', async (t) => {
    const { networks, prefix } = networksOf(t);
    await networks.join(plansOf(isolated, { jobId: 7 })[0]);
    await networks.join(plansOf(isolated, { jobId: 71 })[0]);
    const next = networksOf(t, { prefix }).networks;
    await next.removeOrphans((job) => job === 71);
    assert.deepEqual(
      madeBy(prefix)
        .map((name) => name.slice(prefix.length))
        .sort(),
      ['-71-1', '-71-1-algo-1', '-71-1-algo-2'],
    );
    await next.removeOrphans(() => false);
    assert.deepEqual(madeBy(prefix), []);
  });

  it('is no concern of another server', async (t) => {
    const { networks, prefix } = networksOf(t);
    await networks.join(plansOf(isolated)[0]);
    await networksOf(t).networks.removeOrphans(() => false);
    assert.equal(madeBy(prefix).length, 3);
  });
});

describe('instances that are not isolated', { skip: noUplink }, () => {
  it('reach the ports of the machine’s loopback that they are told of, and no other', async (t) => {
    const told = await listening(t, '127.0.0.1');
    const hidden = await listening(t, '127.0.0.1');
    const { networks } = networksOf(t, { ports: () => [told] });
    for (const plan of plansOf()) {
      assert.equal(await says(t, networks, plan, tryToReach('127.0.0.1', told)), 'reached');
      assert.match(await says(t, networks, plan, tryToReach('127.0.0.1', hidden)), /refused/);
    }
  });

  it('reach them by IPv6 as well', async (t) => {
    if (!hasLoopbackOfIPv6()) return t.skip('this machine has no loopback of IPv6');
    const port = await listening(t, '::1');
    const { networks } = networksOf(t, { ports: () => [port] });
    const text = `exec 3<> /dev/tcp/::1/${port} && echo reached; tail -n +1 /proc/net/if_inet6 | grep -vw lo; true`;
    assert.equal(await says(t, networks, plansOf()[1], text), 'reached');
  });

  it('reach what the machine reaches', async (t) => {
    const outside = ownAddresses()[0];
    if (outside === undefined) return t.skip('this machine has no address but its loopback');
    const port = await listening(t, outside);
    const { networks } = networksOf(t);
    assert.equal(await says(t, networks, plansOf()[1], tryToReach(outside, port)), 'reached');
  });

  it('reach each other, and no other job', async (t) => {
    const { networks } = networksOf(t);
    const [first, second] = plansOf();
    const [other] = plansOf({}, { jobId: 8 });
    await started(t, await placed(t, networks, second, serve(80, 'here')));
    assert.equal(await says(t, networks, first, fetchFrom('algo-2', 80)), 'here');
    await started(t, await placed(t, networks, other, serve(81, 'never')));
    const address = (await networks.join(other)).addresses['algo-1'] ?? '';
    // Outside, anybody may have that address: what matters is who does not answer.
    const outcome = await says(t, networks, first, `timeout 2 ${fetchFrom(address, 81)}; true`);
    assert.doesNotMatch(outcome, /never/);
  });

  it('go nowhere but to each other and to those ports in a closed subnet, even when they are alone', async (t) => {
    const port = await listening(t, '127.0.0.1');
    const vpc = {
      subnets: { 'subnet-1': { network: 'closed' } },
      securityGroups: { 'sg-1': { allow: 'all' } },
    } as const;
    const { networks } = networksOf(t, { ports: () => [port], vpc });
    const VpcConfig = { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] };
    const alone = planOf({ VpcConfig }, { jobId: 9 });
    for (const plan of [...plansOf({ VpcConfig }), alone]) {
      assert.equal(await says(t, networks, plan, tryToReach('127.0.0.1', port)), 'reached');
      for (const address of [...ownAddresses(), '192.0.2.1'])
        assert.match(await says(t, networks, plan, tryToReach(address, port)), /unreachable/);
    }
    const [first, second] = plansOf({ VpcConfig });
    await started(t, await placed(t, networks, second, serve(80, 'here')));
    assert.equal(await says(t, networks, first, fetchFrom('algo-2', 80)), 'here');
  });

  it('are in the network of their job in a session too', async (t) => {
    const { networks } = networksOf(t);
    const [first] = plansOf();
    const running = await started(t, await placed(t, networks, first, 'sleep 1000; :'));
    assert.ok(running.open);
    const session = await running.open({ command: ['hostname', '-I'] });
    const { addresses } = await networks.join(first);
    assert.equal((await text(session.output)).trim(), addresses['algo-1']);
  });

  it('leave no program behind', async (t) => {
    const { networks, prefix } = networksOf(t);
    const plans = plansOf();
    await networks.join(plans[0]);
    const { hub } = networkNames(prefix, plans[0]);
    assert.equal(uplinksOf(hub).length, 2);
    for (const plan of plans) await networks.leave(plan);
    await until(() => uplinksOf(hub).length === 0);
  });
});

/** The numbers of the processes that serve the uplinks of a network. */
function uplinksOf(hub: string): readonly number[] {
  return processes().filter((pid) =>
    argumentsOf(pid).some((word) => word.startsWith('/') && word.includes(hub)),
  );
}

function hasLoopbackOfIPv6(): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
