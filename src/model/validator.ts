import { violations } from './constraints.ts';
import { validation } from './errors.ts';
import type { ShapeName } from './shapes.ts';
import type { ShapeTypes } from './types.generated.ts';
import { typed } from './wire-json.ts';

/**
 * Checks a parsed JSON value against a shape and returns it with the shape's type: a copy that holds only members of the model,
 * none of them `null`, with timestamps as epoch seconds.
 *
 * Throws a `ServiceError`: `SerializationException` when a value has another type than the model's, `ValidationException` for an
 * unknown member or, in one message, for all constraints that are violated.
 */
export function parse<Name extends ShapeName>(name: Name, value: unknown): ShapeTypes[Name] {
  const request = typed(name, value);
  const found = violations(name, request);
  if (found.length > 0) {
    const errors = found.length === 1 ? 'error' : 'errors';
    throw validation(`${found.length} validation ${errors} detected: ${found.join('; ')}`);
  }
  // The two lines above are the proof of it.
  return request as ShapeTypes[Name];
}
