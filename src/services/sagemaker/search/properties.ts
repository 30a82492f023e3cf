import { validation } from '../../../model/errors.ts';
import { type Shape, type ShapeName, shape } from '../../../model/shapes.ts';

/** A property of a job, by its name in a search: where it is, and what it is. */
export interface Property {
  readonly name: string;
  /** Members from the record on. A list on the way stands for each of its elements. */
  readonly path: readonly string[];
  readonly type: 'text' | 'number' | 'boolean' | 'timestamp' | 'structure';
}

const RECORD: ShapeName = 'TrainingJob';

/** The property of that name. Throws a `ValidationException` where jobs have none. */
export function property(name: string): Property {
  const special = /^(Metrics|Tags)\.(.+)$/su.exec(name);
  if (special) {
    const [, group = '', key = ''] = special;
    return { name, path: [group, key], type: group === 'Metrics' ? 'number' : 'text' };
  }
  return walk(name, name.split('.'));
}

function walk(name: string, steps: readonly string[]): Property {
  const path: string[] = [];
  let of: Shape = withoutLists(shape(RECORD));
  for (const [index, step] of steps.entries()) {
    if (of.type === 'map') {
      // The name of an entry may have dots in it.
      path.push(steps.slice(index).join('.'));
      of = withoutLists(shape(of.value));
      return { name, path, type: typeOf(of) };
    }
    const member: ShapeName | undefined =
      of.type === 'structure' && Object.hasOwn(of.members, step) ? of.members[step] : undefined;
    if (member === undefined) throw unknownProperty(name);
    path.push(step);
    of = withoutLists(shape(member));
  }
  return { name, path, type: typeOf(of) };
}

function withoutLists(of: Shape): Shape {
  return of.type === 'list' ? withoutLists(shape(of.member)) : of;
}

function typeOf({ type }: Shape): Property['type'] {
  switch (type) {
    case 'string':
      return 'text';
    case 'boolean':
    case 'timestamp':
      return type;
    case 'structure':
    case 'map':
    case 'list':
      return 'structure';
    default:
      return 'number';
  }
}

/** Wire API §9. */
const unknownProperty = (name: string) => validation(`Unknown property name: ${name}`);

/** All values that a record has at a path: none, one, or more where there is a list on the way. */
export function valuesAt(record: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(record)) return record.flatMap((element) => valuesAt(element, path));
  if (record === undefined || record === null) return [];
  const [step, ...rest] = path;
  if (step === undefined) return [record];
  if (typeof record !== 'object' || !Object.hasOwn(record, step)) return [];
  return valuesAt((record as Readonly<Record<string, unknown>>)[step], rest);
}

/** The names of all properties that are no structures and no entries of maps, in order. */
export function propertyNames(of: ShapeName = RECORD, prefix = ''): readonly string[] {
  const found = withoutLists(shape(of));
  if (found.type === 'map') return [];
  if (found.type !== 'structure') return [prefix];
  return Object.entries(found.members)
    .flatMap(([member, name]) => propertyNames(name, prefix === '' ? member : `${prefix}.${member}`))
    .sort();
}
