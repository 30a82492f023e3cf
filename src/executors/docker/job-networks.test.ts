import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { InstancePlan } from '../../agent/instance-agent.ts';
import type { InstanceNetwork } from '../../agent/instance-network.ts';
import { planOf } from '../../agent/testing/test-instance.fixture.ts';
import type { Algorithm } from '../runtime.ts';
import { dockerSettings } from './config.ts';
import { openEngine } from './engine.ts';
import { JobNetworks, nthAddress } from './job-networks.ts';
import {
  exited,
  finished,
  instance,
  outputOf,
  podmanWithShell,
  runtimeOn,
  script,
  skip,
  started,
  until,
} from './testing/containers.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

const HOSTS = ['algo-1', 'algo-2'];

/** A port of the machine that something listens on, whatever its address. */
async function listening(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy()).listen(0);
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

it('counts addresses over the bytes of a subnet', () => {
  assert.equal(nthAddress('10.1.0.0/24', 2), '10.1.0.2');
  assert.equal(nthAddress('10.1.0.0/16', 300), '10.1.1.44');
});

describe('the network of a job in containers', { skip }, () => {
  let podman: PrivatePodman;

  before(async () => {
    podman = await podmanWithShell();
  });
  after(() => podman.remove());

  const networksOf = async (owner = 'test') =>
    new JobNetworks(await openEngine(podman.socket), dockerSettings(2).parse({}), owner);
  let jobs = 0;
  const plansOf = (more: object = {}): InstancePlan[] => {
    jobs += 1;
    return HOSTS.map((host) => planOf(more, { jobId: jobs, host, hosts: HOSTS }));
  };
  const names = () => podman.command('network', 'ls', '--format', '{{.Name}}');

  /** An instance that is in a network, as the agent tells the runtime of it. */
  function member(t: TestContext, plan: InstancePlan, network: InstanceNetwork, text: string): Algorithm {
    const hosts = Object.entries(network.addresses).map(([name, address]) => ({ name, address }));
    return instance(t, {
      ...script(text),
      hostname: plan.host,
      hosts,
      networkIsolation: plan.request.EnableNetworkIsolation ?? false,
      ...(network.handle !== undefined && { network: network.handle }),
    });
  }

  it('is made once for all of its instances, and found again', async () => {
    const [one, two] = plansOf();
    assert.ok(one && two);
    const networks = await networksOf();
    const [first, second, ...more] = await Promise.all(
      [one, two, ...Array.from({ length: 8 }, () => two)].map((plan) => networks.join(plan)),
    );
    assert.ok(first);
    for (const each of more) assert.deepEqual(each, first);
    const found = await (await networksOf()).join(two);
    assert.deepEqual(second, first);
    assert.deepEqual(found, first);
    assert.deepEqual(Object.keys(first.addresses), HOSTS);
    assert.doesNotMatch(await names(), /probe/);
    await networks.leave(one);
    await networks.leave(two);
    assert.doesNotMatch(await names(), /trainyard/);
  });

  for (const EnableNetworkIsolation of [false, true]) {
    const kind = EnableNetworkIsolation ? 'in isolation too, in which nobody else is reached' : 'by name';
    it(`lets its instances reach each other ${kind}`, async (t) => {
      const plans = plansOf({ EnableNetworkIsolation });
      const [one, two] = plans;
      assert.ok(one && two);
      const networks = await networksOf();
      const network = await networks.join(one);
      const runtime = await runtimeOn(podman);
      const machine = await listening(t);
      const listen =
        'import socket;s=socket.create_server(("",5000));open("/opt/ml/model/ready","w");c,a=s.accept();print(c.recv(9).decode(),flush=True)';
      const listener = member(t, one, network, '');
      const server = await started(t, { ...listener, entrypoint: ['python3', '-c', listen] }, runtime);
      await until(() => existsSync(join(listener.mlRoot, 'model/ready')));
      const speak = `cat /proc/net/route | wc -l; ${EnableNetworkIsolation ? '' : `exec 4<>/dev/tcp/host.containers.internal/${machine}; `}exec 3<>/dev/tcp/algo-1/5000; echo hello >&3; test -e /sys/class/net/${network.interfaceName}`;
      const { exit, output } = await finished(t, member(t, two, await networks.join(two), speak), runtime);
      assert.deepEqual(exit, exited(0));
      await server.ended;
      assert.equal(outputOf(listener), 'hello\n\n');
      await networks.leave(one);
      assert.match(await names(), /trainyard-test/, 'its containers are still in it');
      const routes = Number(output);
      assert.equal(routes, EnableNetworkIsolation ? 2 : 3, 'a heading, the network, and the way out of it');
    });
  }

  it('is removed at the next start of the server when its instances are gone', async () => {
    const [one] = plansOf();
    assert.ok(one);
    await (await networksOf('gone')).join(one);
    const next = await networksOf('gone');
    await next.removeOrphans((attempt) => attempt === `${one.jobId}-${one.attempt}`);
    assert.match(await names(), /trainyard-gone/);
    await next.removeOrphans(() => false);
    assert.doesNotMatch(await names(), /trainyard-gone/);
  });
});
