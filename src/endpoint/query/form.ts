import { ServiceError } from '../../model/errors.ts';
import { type ShapeName, shape } from '../../model/shapes.ts';

/** The fields of a request in the query protocol: a form's, or those of the query string. */
export type Fields = ReadonlyMap<string, string>;

/** More fields than any operation of the query services takes. */
const MOST_FIELDS = 2000;

/** Throws MalformedInput where there are more fields than any operation takes. */
export function readFields(form: string): Fields {
  const fields = new Map(new URLSearchParams(form));
  if (fields.size <= MOST_FIELDS) return fields;
  throw new ServiceError('MalformedInput', `The request has more than ${MOST_FIELDS} fields.`);
}

/**
 * The input that a request's fields spell out, as the JSON value that the validator takes: members as `Name`, their members as
 * `Name.Member`, elements as `Name.member.1`, entries as `Name.entry.1.key` and `….value`.
 */
export function readInput(name: ShapeName, fields: Fields): unknown {
  return value(name, '', fields) ?? {};
}

function value(name: ShapeName, path: string, fields: Fields): unknown {
  const of = shape(name);
  switch (of.type) {
    case 'structure':
      return structure(of.members, path, fields);
    case 'list':
      return elements(`${path}.member`, fields, (element) => value(of.member, element, fields));
    case 'map': {
      const entries = elements(`${path}.entry`, fields, (entry) => [
        fields.get(`${entry}.key`),
        value(of.value, `${entry}.value`, fields),
      ]);
      return entries && Object.fromEntries(entries);
    }
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return number(fields.get(path));
    default:
      // Text, and what the validator reads from text: booleans and timestamps.
      return fields.get(path);
  }
}

function structure(members: Readonly<Record<string, ShapeName>>, path: string, fields: Fields): unknown {
  const found: [string, unknown][] = [];
  for (const [member, name] of Object.entries(members)) {
    const at = path === '' ? member : `${path}.${member}`;
    if (!isPresent(at, fields)) continue;
    found.push([member, value(name, at, fields)]);
  }
  return found.length === 0 && path !== '' ? undefined : Object.fromEntries(found);
}

function elements<Element>(
  path: string,
  fields: Fields,
  read: (at: string) => Element,
): Element[] | undefined {
  const found: Element[] = [];
  for (let index = 1; isPresent(`${path}.${index}`, fields); index++) {
    found.push(read(`${path}.${index}`));
  }
  return found.length === 0 ? undefined : found;
}

/** Whether any field is `path` itself or stands below it. */
function isPresent(path: string, fields: Fields): boolean {
  if (fields.has(path)) return true;
  for (const name of fields.keys()) if (name.startsWith(`${path}.`)) return true;
  return false;
}

/** What is no number stays text, which the validator refuses in AWS's words. */
function number(text: string | undefined): number | string | undefined {
  if (text === undefined || text.trim() === '') return text;
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}
