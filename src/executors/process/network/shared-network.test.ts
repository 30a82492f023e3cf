import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { skip, started } from '../sandbox-fixture.ts';
import { fetchFrom, networksOf, placed, plansOf, says, serveAt } from './network-fixture.ts';

const shared = { config: { network: 'shared' } } as const;

describe('the instances of a job that share the machine’s network', () => {
  it('have an address of its loopback each, which no other job has', async (t) => {
    const { networks } = networksOf(t, shared);
    const [first, second] = plansOf();
    const [other] = plansOf({}, { jobId: 8 });
    const joined = await Promise.all([first, second, other].map((plan) => networks.join(plan)));
    assert.deepEqual(joined[0], joined[1]);
    assert.equal(joined[0]?.interfaceName, 'lo');
    assert.equal(joined[0]?.handle, undefined);
    const addresses = [joined[0], joined[2]].flatMap((network) => Object.values(network?.addresses ?? {}));
    assert.equal(new Set(addresses).size, 4);
    for (const address of addresses) assert.match(address, /^127\.(?!0\.)/);
    await networks.leave(first);
  });

  it('reach each other by name, each with the same port at its own address', { skip }, async (t) => {
    const { networks } = networksOf(t, shared);
    const plans = plansOf();
    const port = await freePort((await networks.join(plans[0])).addresses['algo-1']);
    for (const plan of plans)
      await started(t, await placed(t, networks, plan, serveAt(plan.host, port, `from ${plan.host}`)));
    assert.equal(await says(t, networks, plans[0], fetchFrom('algo-2', port)), 'from algo-2');
    assert.equal(await says(t, networks, plans[1], fetchFrom('algo-1', port)), 'from algo-1');
  });
});

/** A port that nobody has at an address which hardly anybody uses. */
async function freePort(address: string | undefined): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
