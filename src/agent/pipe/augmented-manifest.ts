import { parseS3Uri } from '../../objects/object-storage.ts';
import { downloadFault } from '../channels/channel.ts';

/** A value of an augmented manifest: streamed as it is, or the object that it names. */
export type AugmentedValue = string | { readonly bucket: string; readonly key: string };

/** An attribute whose name ends so names an object of S3. */
const REFERENCE = '-ref';

/**
 * The values of a line of an augmented manifest, in the order of `attributes` (training contract §2.3). A string is its text, without
 * quotes; any other value is its JSON, numbers just as they are written. `where` names the line in the texts of errors.
 */
export function augmentedValues(
  line: string,
  attributes: readonly string[],
  where: string,
): AugmentedValue[] {
  const values = parse(line, where);
  return attributes.map((attribute) => {
    if (!Object.hasOwn(values, attribute)) throw downloadFault(`${where} has no attribute "${attribute}"`);
    const value = values[attribute];
    if (attribute.endsWith(REFERENCE)) return reference(value, `${where}: the attribute "${attribute}"`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** What Node.js has and TypeScript does not know yet: JSON texts that stay as they are written. */
const json = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
};

function parse(line: string, where: string): Record<string, unknown> {
  let values: unknown;
  try {
    values = json.parse(line, asWritten);
  } catch (error) {
    throw downloadFault(`${where} is not JSON: ${(error as Error).message}`);
  }
  if (typeof values === 'object' && values !== null && !Array.isArray(values) && !json.isRawJSON(values)) {
    return values as Record<string, unknown>;
  }
  throw downloadFault(`${where} is not a JSON object`);
}

/** Keeps a number's digits: 1.0 stays 1.0, and a long one does not lose its end. */
function asWritten(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' && context.source !== undefined ? json.rawJSON(context.source) : value;
}

function reference(value: unknown, where: string): AugmentedValue {
  try {
    const { bucket, key } = parseS3Uri(String(value));
    if (typeof value === 'string' && key !== '') return { bucket, key };
  } catch {
    // Told below.
  }
  throw downloadFault(`${where} must be the S3 URI of an object, not ${JSON.stringify(value)}`);
}
