import type { ServiceError } from '../../model/errors.ts';
import type { Exchange } from '../exchange.ts';

/** Codes that the query protocol has another name for (the model's `error.code`). */
const QUERY_CODES: ReadonlyMap<string, string> = new Map([
  ['ValidationException', 'ValidationError'],
  ['SerializationException', 'MalformedInput'],
  ['InvalidParameterValueException', 'InvalidParameterValue'],
  ['InvalidParameterCombinationException', 'InvalidParameterCombination'],
  ['MissingRequiredParameterException', 'MissingParameter'],
]);

/** The code that an error travels under in the query protocol. */
export const queryCode = (code: string): string => QUERY_CODES.get(code) ?? code;

/**
 * What tells clients of a service that had the query protocol first the code that their users know (`awsQueryCompatible`): header
 * names and values. Only those that ask for it are told.
 */
export function queryErrorHeader({ headers }: Exchange, { code, status }: ServiceError): readonly string[] {
  if (headers['x-amzn-query-mode'] !== 'true') return [];
  return ['x-amzn-query-error', `${queryCode(code)};${status < 500 ? 'Sender' : 'Receiver'}`];
}
