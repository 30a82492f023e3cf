import { createHash } from 'node:crypto';

/**
 * The numbers below `count` in an order that depends on nothing but the seed of a `ShuffleConfig` and the epoch: SageMaker's own
 * generator is not known (training contract §2.4).
 */
export function shuffled(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = generator(`${seed}:${epoch}`);
  for (let last = count - 1; last > 0; last--) {
    const other = random(last + 1);
    const swapped = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = swapped;
  }
  return order;
}

/** A generator of numbers below a limit: sfc32, which passes the usual tests of randomness. */
function generator(seed: string): (limit: number) => number {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  return (limit) => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return Math.floor(((sum >>> 0) / 2 ** 32) * limit);
  };
}
