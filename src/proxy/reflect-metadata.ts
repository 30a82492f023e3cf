/**
 * The part of the Reflect Metadata API that `@peculiar/x509` is built with: it asks for a polyfill to be loaded before it. The
 * decorators of its classes write what its container reads.
 */
type Target = object;

const metadata = new WeakMap<Target, Map<unknown, unknown>>();

function defineMetadata(key: unknown, value: unknown, target: Target): void {
  const known = metadata.get(target) ?? new Map();
  metadata.set(target, known.set(key, value));
}

const getOwnMetadata = (key: unknown, target: Target): unknown => metadata.get(target)?.get(key);

/** Also what a class inherits. */
function getMetadata(key: unknown, target: Target): unknown {
  for (let each: Target | null = target; each !== null; each = Object.getPrototypeOf(each)) {
    if (metadata.get(each)?.has(key)) return getOwnMetadata(key, each);
  }
  return undefined;
}

/** Puts it into the global `Reflect`, where nobody else has put theirs. */
export function provideReflectMetadata(): void {
  if ('getMetadata' in Reflect) return;
  Object.assign(Reflect, { defineMetadata, getOwnMetadata, getMetadata });
}
