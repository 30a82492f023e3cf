import { fullNameOrText } from './image-reference.ts';

/** `*` stands for any text, also for none. */
const WILDCARD = '*';

/**
 * Which image is meant by the names that jobs use: names to names, exactly or by pattern. In a pattern each `*` stands for any
 * text, which `$1`, `$2`… of the target repeat. An exact name goes before all patterns, and of these the first that fits counts.
 * A name is compared as it is written, and in full: `docker.io/*` fits `busybox`.
 */
export type NameMap = Readonly<Record<string, string>>;

/** The image that a job means by a name. A name that nothing fits means itself; a target is not looked up again. */
export function meantImage(names: NameMap, name: string): string {
  const full = fullNameOrText(name);
  return exactTarget(names, name, full) ?? patternTarget(names, name, full) ?? name;
}

/** Why an entry can't be used, in one sentence; undefined when it can. */
export function nameMapComplaint(pattern: string, target: string): string | undefined {
  const wildcards = pattern.split(WILDCARD).length - 1;
  const highest = Math.max(0, ...[...target.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  if (target === '') return `'${pattern}' has no image to stand for`;
  if (/\$(?![1-9])/.test(target)) return `a $ in '${target}' has to be followed by the number of a *`;
  if (highest > wildcards) return `'${target}' repeats $${highest}, and '${pattern}' has ${wildcards} *`;
  if (target.includes(WILDCARD)) return `'${target}' has a *: what one stands for is repeated by $1`;
  return undefined;
}

function exactTarget(names: NameMap, name: string, full: string): string | undefined {
  if (Object.hasOwn(names, name)) return names[name];
  return Object.entries(names).find(([key]) => !key.includes(WILDCARD) && fullNameOrText(key) === full)?.[1];
}

function patternTarget(names: NameMap, name: string, full: string): string | undefined {
  for (const [pattern, target] of Object.entries(names)) {
    if (!pattern.includes(WILDCARD)) continue;
    const found = match(pattern, name) ?? match(pattern, full);
    if (found) return target.replace(/\$(\d+)/g, (_, number) => found[Number(number) - 1] ?? '');
  }
  return undefined;
}

/** What each `*` stands for, or undefined where the pattern does not fit. */
function match(pattern: string, text: string): readonly string[] | undefined {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const expression = new RegExp(`^${pattern.split(WILDCARD).map(literal).join('(.*?)')}$`, 's');
  return expression.exec(text)?.slice(1);
}
