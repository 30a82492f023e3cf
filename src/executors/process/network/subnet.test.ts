import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { it } from 'node:test';
import fc from 'fast-check';
import { freeSubnet, hostAddress, overlap, type Subnet, subnetOf, subnetText } from './subnet.ts';

const subnet = fc
  .record({ address: fc.ipV4(), bits: fc.integer({ min: 1, max: 32 }) })
  .map(({ address, bits }) => subnetOf(`${address}/${bits}`));

/** Node's own opinion of what is in a subnet. */
function contains(block: Subnet, address: string): boolean {
  const list = new BlockList();
  const [first = '', bits = ''] = subnetText(block).split('/');
  list.addSubnet(first, Number(bits), 'ipv4');
  return list.check(address, 'ipv4');
}

it('a job’s subnet holds none of the machine’s addresses, whatever its routes', () => {
  fc.assert(
    fc.property(fc.array(subnet, { maxLength: 8 }), fc.nat(), (taken, turn) => {
      const free = freeSubnet(taken, turn);
      if (free === undefined) return;
      for (const each of taken) {
        assert.equal(overlap(each, free), false);
        assert.equal(contains(free, hostAddress(each, 0)), false);
        assert.equal(contains(each, hostAddress(free, 1)), false);
      }
    }),
  );
});

it('overlapping is what Node takes for it', () => {
  fc.assert(
    fc.property(subnet, subnet, (a, b) => {
      const shared = contains(a, hostAddress(b, 0)) || contains(b, hostAddress(a, 0));
      assert.equal(overlap(a, b), shared);
    }),
  );
});

it('jobs that run at the same time have different ones', () => {
  const blocks = Array.from({ length: 32 }, (_, turn) => freeSubnet([], turn));
  assert.equal(new Set(blocks.map((block) => block && subnetText(block))).size, 32);
});

it('the ranges that the machine uses are left to it, and where it uses all there is none', () => {
  const taken = ['198.18.0.0/15', '100.64.0.0/10'].map(subnetOf);
  const free = freeSubnet(taken, 0);
  assert.equal(free && subnetText(free), '10.0.0.0/20');
  assert.equal(free && hostAddress(free, 258), '10.0.1.2');
  assert.equal(freeSubnet([subnetOf('0.0.0.0/0')], 3), undefined);
});
