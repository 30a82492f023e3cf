import assert from 'node:assert/strict';
import { it } from 'node:test';
import { enterNetwork, resolverWithin } from './enter-network.ts';

const LOCAL = '# made by a resolver\nnameserver 127.0.0.53\noptions edns0\nsearch example.org\n';
const REMOTE = 'nameserver 10.0.0.2\nnameserver 10.0.0.3\n';
const own = { network: '/run/netns/x', networkIsolation: false };

it('an instance asks the machine’s resolver, at an address that it can reach', () => {
  const text = 'nameserver 169.254.77.53\n# made by a resolver\noptions edns0\nsearch example.org\n';
  assert.equal(resolverWithin(own, LOCAL), text);
});

it('an instance has the machine’s own list where that can be reached, or there is nobody to ask', () => {
  assert.equal(resolverWithin(own, REMOTE), undefined);
  assert.equal(resolverWithin({ ...own, networkIsolation: true }, LOCAL), undefined);
  assert.equal(resolverWithin({ networkIsolation: false }, LOCAL), undefined);
});

it('a network that is gone is a fault of ours that names it', () => {
  assert.deepEqual(enterNetwork(undefined), []);
  assert.throws(() => enterNetwork('/run/netns/trainyard-no-such'), /trainyard-no-such is gone/);
});
