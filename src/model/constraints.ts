import { javaPattern } from './java-pattern.ts';
import { type Shape, type ShapeName, shape } from './shapes.ts';
import { lowerFirst, type Path, type Typed } from './wire-json.ts';

/** One rule of a shape, in AWS's words. */
interface Constraint {
  readonly text: string;
  holds(value: Typed): boolean;
}

interface Member {
  readonly name: string;
  readonly pathName: string;
  readonly shape: ShapeName;
  readonly required: boolean;
}

/** A shape with its rules ready to run. */
interface Rules {
  readonly shape: Shape;
  readonly constraints: readonly Constraint[];
  /** Of a structure: in the model's order. */
  readonly members: readonly Member[];
}

const NOT_NULL = 'Member must not be null';

/** All violations of a shape's constraints by a value, each worded as AWS words it (wire API §9), in the model's order. */
export function violations(name: ShapeName, value: Typed): readonly string[] {
  const found: string[] = [];
  check(name, value, [], found);
  return found;
}

function check(name: ShapeName, value: Typed, path: Path, found: string[]): void {
  const rules = rulesOf(name);
  for (const constraint of rules.constraints) {
    if (!constraint.holds(value)) found.push(violation(value, path, constraint.text));
  }
  const of = rules.shape;
  if (of.type === 'structure' && isEntries(value)) checkMembers(rules.members, value, path, found);
  if (of.type === 'list' && isElements(value)) {
    const values = value.slice(0, of.max);
    const steps = (index: number) => `${index + 1}.member`;
    checkElements({ container: value, values, shape: of.member, subject: 'Member', steps }, path, found);
  }
  if (of.type === 'map' && isEntries(value)) {
    const keys = Object.keys(value).slice(0, of.max);
    const values = keys.map((key) => value[key] ?? null);
    const steps = (index: number) => `${keys[index]}.member`;
    checkElements({ container: value, values: keys, shape: of.key, subject: 'Map keys', steps }, path, found);
    checkElements({ container: value, values, shape: of.value, subject: 'Map value', steps }, path, found);
  }
}

function checkMembers(members: readonly Member[], value: Entries, path: Path, found: string[]): void {
  for (const member of members) {
    const given = value[member.name];
    path.push(member.pathName);
    if (given !== undefined) check(member.shape, given, path, found);
    else if (member.required) found.push(violation(null, path, NOT_NULL));
    path.pop();
  }
}

/**
 * The elements of a list, or the keys or the values of a map: at most as many as the container may have. What is beyond is a
 * violation already, and a hostile list must not make a message many times its size.
 */
interface Elements {
  readonly container: Typed;
  readonly values: readonly Typed[];
  readonly shape: ShapeName;
  readonly subject: 'Member' | 'Map keys' | 'Map value';
  readonly steps: (index: number) => string;
}

function checkElements(elements: Elements, path: Path, found: string[]): void {
  const { type } = shape(elements.shape);
  if (type === 'structure' || type === 'list' || type === 'map') checkContainers(elements, path, found);
  else checkScalars(elements, path, found);
}

function checkContainers(elements: Elements, path: Path, found: string[]): void {
  for (const [index, value] of elements.values.entries()) {
    path.push(elements.steps(index));
    if (value === null) found.push(violation(null, path, NOT_NULL));
    else check(elements.shape, value, path, found);
    path.pop();
  }
}

/** AWS reports a scalar's violation at its container, once, with all the rules that an element has. */
function checkScalars({ container, values, shape, subject }: Elements, path: Path, found: string[]): void {
  const { constraints } = rulesOf(shape);
  const withNull = values.includes(null);
  const violated = (value: Typed) =>
    value !== null && constraints.some((constraint) => !constraint.holds(value));
  if (!withNull && !values.some(violated)) return;
  const texts = constraints.map((constraint) => constraint.text);
  if (withNull) texts.push(NOT_NULL);
  found.push(violation(container, path, `${subject} must satisfy constraint: [${texts.join(', ')}]`));
}

const violation = (value: Typed, path: Path, constraint: string) =>
  `Value ${value === null ? 'null' : `'${javaText(value)}'`} at '${path.join('.')}' failed to satisfy constraint: ${constraint}`;

const cache = new Map<ShapeName, Rules>();

function rulesOf(name: ShapeName): Rules {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const of = shape(name);
  const rules: Rules = {
    shape: of,
    constraints: constraintsOf(of),
    members:
      of.type !== 'structure'
        ? []
        : Object.entries(of.members).map(([member, memberShape]) => ({
            name: member,
            pathName: lowerFirst(member),
            shape: memberShape,
            required: of.required?.includes(member) === true,
          })),
  };
  cache.set(name, rules);
  return rules;
}

/** Real messages list a length's maximum, then its minimum, then the pattern (wire API §9: hyperParameters). */
function constraintsOf(of: Shape): readonly Constraint[] {
  switch (of.type) {
    case 'structure':
    case 'boolean':
    case 'timestamp':
      return [];
    case 'string':
      return [...bounds(of, 'length', lengthOf), ...patternOf(of), ...enumOf(of.enum)];
    case 'list':
    case 'map':
      return bounds(of, 'length', lengthOf);
    default:
      return bounds(of, 'value', Number);
  }
}

function bounds(
  { min, max }: { readonly min?: number; readonly max?: number },
  of: 'length' | 'value',
  measure: (value: Typed) => number,
): readonly Constraint[] {
  const constraints: Constraint[] = [];
  if (max !== undefined)
    constraints.push({
      text: `Member must have ${of} less than or equal to ${max}`,
      holds: (value) => measure(value) <= max,
    });
  if (min !== undefined)
    constraints.push({
      text: `Member must have ${of} greater than or equal to ${min}`,
      holds: (value) => measure(value) >= min,
    });
  return constraints;
}

function patternOf({ pattern, max }: { readonly pattern?: string; readonly max?: number }) {
  if (pattern === undefined) return [];
  // Some patterns take time that grows with the square of the length. Text far beyond the greatest length isn't
  // matched: it is refused for its length.
  const longest = max === undefined ? Number.POSITIVE_INFINITY : 2 * max;
  let compiled: RegExp | undefined;
  const matches = (text: string) => {
    compiled ??= javaPattern(pattern);
    return text.length > longest || compiled.test(text);
  };
  return [
    {
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (value: Typed) => typeof value === 'string' && matches(value),
    },
  ];
}

function enumOf(values: readonly string[] | undefined): readonly Constraint[] {
  if (values === undefined) return [];
  const set = new Set<Typed>(values);
  return [
    {
      text: `Member must satisfy enum value set: [${values.join(', ')}]`,
      holds: (value) => set.has(value),
    },
  ];
}

/** Characters (code points, as Smithy counts them), elements or entries. */
function lengthOf(value: Typed): number {
  if (typeof value === 'string') return codePoints(value);
  if (isElements(value)) return value.length;
  return isEntries(value) ? Object.keys(value).length : 0;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xffff) {
      count -= 1;
      index += 1;
    }
  }
  return count;
}

/** A value as Java prints it: `{k=v, k2=v2}`, `[a, b]`. A structure, which AWS prints by its class and address, reads as a map. */
function javaText(value: Typed): string {
  if (isElements(value)) return `[${value.map(javaText).join(', ')}]`;
  if (!isEntries(value)) return String(value);
  const entries = Object.entries(value).map(([key, of]) => `${key}=${javaText(of)}`);
  return `{${entries.join(', ')}}`;
}

type Entries = Readonly<Record<string, Typed>>;

const isElements = (value: Typed): value is readonly Typed[] => Array.isArray(value);
const isEntries = (value: Typed): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
