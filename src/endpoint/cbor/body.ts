import { cbor, tag, tagSymbol } from '@smithy/core/cbor';
import { ServiceError } from '../../model/errors.ts';
import { type ShapeName, shape } from '../../model/shapes.ts';
import { isWellFormed } from './well-formed.ts';

type Entries = Readonly<Record<string, unknown>>;

/** A request's body as the JSON value that the validator takes. Throws SerializationException where it is no CBOR. */
export function readCbor(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  if (!isWellFormed(body)) throw notCbor();
  try {
    return plain(cbor.deserialize(body));
  } catch {
    throw notCbor();
  }
}

const notCbor = () => new ServiceError('SerializationException', "The request's body is not valid CBOR.");

/** Without tags, of which only a timestamp's gets here, and without numbers of another kind. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (tagSymbol in value) return plain((value as unknown as { readonly value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** An answer of that shape, with its timestamps told from other numbers. */
export function writeCbor(name: ShapeName | null, output: unknown): Uint8Array {
  return cbor.serialize(name === null || output === undefined ? {} : tagged(name, output));
}

function tagged(name: ShapeName, value: unknown): unknown {
  const of = shape(name);
  switch (of.type) {
    case 'structure':
      return structure(of.members, value as Entries);
    case 'list':
      return (value as readonly unknown[]).map((element) => tagged(of.member, element));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Entries).map(([key, entry]) => [key, tagged(of.value, entry)]),
      );
    case 'timestamp':
      return tag({ tag: 1, value });
    default:
      return value;
  }
}

function structure(members: Readonly<Record<string, ShapeName>>, value: Entries): Entries {
  const content: Record<string, unknown> = {};
  for (const [member, name] of Object.entries(members)) {
    const given = value[member];
    if (given !== undefined && given !== null) content[member] = tagged(name, given);
  }
  return content;
}
