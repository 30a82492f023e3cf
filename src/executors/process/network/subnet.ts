/** A block of IPv4 addresses: its first one as a number, and how many of the 32 bits all of them share. */
export interface Subnet {
  readonly first: number;
  readonly bits: number;
}

/** Where jobs' addresses come from: ranges that no route of the internet leads to, those that hardly anybody uses first. */
const POOLS = ['198.18.0.0/15', '100.64.0.0/10', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** One job's block: room for 4,094 instances. */
const BITS = 20;

/**
 * A block that overlaps with none of those taken. `turn` says which of the free ones, so that jobs that run at the same time have
 * different ones as long as there are enough. Undefined: there is none.
 */
export function freeSubnet(taken: readonly Subnet[], turn: number): Subnet | undefined {
  for (const pool of POOLS.map((text) => subnetOf(text))) {
    const blocks = blocksOf(pool);
    for (let index = 0; index < blocks; index++) {
      const block = { first: pool.first + ((turn + index) % blocks) * sizeOf(BITS), bits: BITS };
      if (!taken.some((each) => overlap(each, block))) return block;
    }
  }
  return undefined;
}

/** Reads `10.0.0.0/8`; an address without a length is a block of its own. */
export function subnetOf(text: string): Subnet {
  const [address = '', bits = '32'] = text.split('/');
  const length = Number(bits);
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first: number - (number % sizeOf(length)), bits: length };
}

/** `10.0.0.0/8`. */
export function subnetText({ first, bits }: Subnet): string {
  return `${dotted(first)}/${bits}`;
}

/** The address of a subnet's host: 1 is the first. */
export function hostAddress({ first }: Subnet, host: number): string {
  return dotted(first + host);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  const wider = sizeOf(Math.min(a.bits, b.bits));
  return Math.floor(a.first / wider) === Math.floor(b.first / wider);
}

const sizeOf = (bits: number) => 2 ** (32 - bits);

const blocksOf = (pool: Subnet) => 2 ** (BITS - pool.bits);

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
