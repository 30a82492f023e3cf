import { ServiceError } from '../../model/errors.ts';

/** The request's JSON. An operation without input may be called with no body at all. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ServiceError('SerializationException', "The request's body is not valid JSON.");
  }
}
