import { decodePageToken } from '../sagemaker/page-token.ts';
import { INVALID_TOKEN } from './errors.ts';

type Cursor = readonly (string | number)[];

/** The place that a NextToken names in the list of a request; undefined for the first page. */
export function cursorOf<Of extends Cursor>(token: string | undefined, request: unknown): Of | undefined {
  if (token === undefined) return undefined;
  try {
    return decodePageToken<Of>(token, request);
  } catch {
    throw INVALID_TOKEN;
  }
}
