import { ServiceError, validation } from './errors.ts';
import { MODEL_SOURCE, type NumberShape, type ShapeName, type StructureShape, shape } from './shapes.ts';

/** A value of which all types are those of the model. Elements and map values may still be `null`. */
export type Typed =
  | string
  | number
  | boolean
  | null
  | readonly Typed[]
  | { readonly [member: string]: Typed };

/** Where a value stands in the request: `['inputDataConfig', '1.member', 'channelName']`. */
export type Path = string[];

export const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/**
 * Gives a parsed JSON value the types of a shape: a copy with what AWS coerces coerced (timestamps and booleans sent as text) and
 * without the members that are `null`, which count as absent.
 *
 * Throws a `SerializationException` at a value of another type, worded as AWS's JSON services word it and with the place added;
 * and a `ValidationException` at a member that the model lacks: AWS ignores those, but then a client newer than the model would
 * have its wish dropped without a word.
 */
export function typed(name: ShapeName, value: unknown, path: Path = []): Typed {
  if (path.length > DEEPEST) throw serialization('The request is nested too deeply', path.slice(0, 4));
  const of = shape(name);
  switch (of.type) {
    case 'structure':
      return structure(name, of, value, path);
    case 'list':
      return list(of.member, value, path);
    case 'map':
      return map(of.value, value, path);
    case 'string':
      return typeof value === 'string' ? value : refuse(value, 'String', path);
    case 'boolean':
      return boolean(value, path);
    case 'timestamp':
      return timestamp(value, path);
    default:
      return number(of, value, path);
  }
}

/** Steps of a path: far more than any request has, and far less than would be too much for the stack. A shape may hold itself. */
const DEEPEST = 200;

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function structure(name: ShapeName, of: StructureShape, value: unknown, path: Path): Typed {
  if (Array.isArray(value)) throw serialization(`Unrecognized collection type class ${name}`, path);
  if (!isObject(value)) throw serialization('Unexpected field type', path);
  const members: Record<string, Typed> = {};
  for (const member of Object.keys(value)) {
    const given = value[member];
    if (given === null || given === undefined) continue;
    // `hasOwn`, so that `constructor` and `__proto__` are members as unknown as any other.
    const memberShape = Object.hasOwn(of.members, member) ? of.members[member] : undefined;
    if (memberShape === undefined) throw unknownMember(member, path);
    path.push(lowerFirst(member));
    members[member] = typed(memberShape, given, path);
    path.pop();
  }
  return members;
}

function list(member: ShapeName, value: unknown, path: Path): Typed {
  if (isObject(value)) throw serialization('Start of structure or map found where not expected', path);
  if (!Array.isArray(value)) throw serialization('Unexpected field type', path);
  return value.map((element: unknown, index) => within(`${index + 1}.member`, member, element, path));
}

function map(of: ShapeName, value: unknown, path: Path): Typed {
  if (Array.isArray(value))
    throw serialization(
      'Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>',
      path,
    );
  if (!isObject(value)) throw serialization('Unexpected field type', path);
  // `fromEntries` defines its keys: an entry named `__proto__` stays an entry.
  return Object.fromEntries(Object.keys(value).map((key) => [key, within(key, of, value[key], path)]));
}

function within(step: string, name: ShapeName, value: unknown, path: Path): Typed {
  if (value === null) return null;
  path.push(step);
  const result = typed(name, value, path);
  path.pop();
  return result;
}

// dynalite, which is checked against AWS: these texts convert, others don't.
const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['TRUE', true],
  ['1', true],
  ['YES', true],
  ['FALSE', false],
  ['0', false],
  ['NO', false],
]);

function boolean(value: unknown, path: Path): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return refuse(value, 'Boolean', path);
  const converted = BOOLEANS.get(value.toUpperCase());
  if (converted === undefined) throw serialization('Unexpected token received from parser', path);
  return converted;
}

const JAVA_NAMES = { integer: 'Integer', long: 'Long', float: 'Float', double: 'Double' } as const;
const MAX_INTEGER = 2 ** 31 - 1;

/** A number that would have to be rounded to fit its type is refused: a changed value is not the client's. */
function number(of: NumberShape, value: unknown, path: Path): number {
  const fits =
    typeof value === 'number' &&
    (of.type === 'integer'
      ? Number.isInteger(value) && value >= -MAX_INTEGER - 1 && value <= MAX_INTEGER
      : of.type === 'long'
        ? Number.isSafeInteger(value)
        : Number.isFinite(value));
  return fits ? value : refuse(value, JAVA_NAMES[of.type], path);
}

const EPOCH_SECONDS = /^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:?\d{2})$/;
/** The last second a JavaScript date, and so any client's, can stand for. */
const MAX_SECONDS = 8.64e12;

/** Epoch seconds. Perl's client types timestamps as text and sends what its user wrote: seconds or ISO 8601 (wire API §1). */
function timestamp(value: unknown, path: Path): number {
  const seconds = typeof value === 'string' ? secondsOf(value) : value;
  if (typeof seconds === 'number' && Math.abs(seconds) <= MAX_SECONDS) return seconds;
  return refuse(value, 'milliseconds since epoch', path);
}

function secondsOf(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text);
  const seconds = ISO_8601.test(text) ? Date.parse(text) / 1000 : Number.NaN;
  if (Number.isNaN(seconds)) return undefined;
  // JavaScript reads February 30 as March 2.
  const day = text.slice(0, 'YYYY-MM-DD'.length);
  return new Date(day).toISOString().startsWith(day) ? seconds : undefined;
}

function refuse(value: unknown, wanted: string, path: Path): never {
  if (Array.isArray(value))
    throw serialization(`Unrecognized collection type class java.lang.${wanted}`, path);
  if (typeof value === 'object')
    throw serialization('Start of structure or map found where not expected', path);
  const article = wanted === 'milliseconds since epoch' ? '' : wanted === 'Integer' ? 'an ' : 'a ';
  throw serialization(`${token(value)} can not be converted to ${article}${wanted}`, path);
}

/** The name AWS's parser has for a value that isn't what it wanted. */
function token(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    case 'number':
      return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
    default:
      return 'STRING_VALUE';
  }
}

function serialization(message: string, path: Path): ServiceError {
  const place = path.length === 0 ? '' : ` (at '${path.join('.')}')`;
  return new ServiceError('SerializationException', message + place);
}

function unknownMember(member: string, path: Path): ServiceError {
  const place = path.length === 0 ? 'in the request' : `at '${path.join('.')}'`;
  return validation(
    `Unknown member '${member}' ${place}: the API model of this server (${MODEL_SOURCE}) has no such member, so it can't be honoured. Remove it, or update the server.`,
  );
}
