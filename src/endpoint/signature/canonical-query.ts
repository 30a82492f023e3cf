import { canonicalComponent } from './percent-encoding.ts';

const SIGNATURE_PARAMETER = 'X-Amz-Signature';

/**
 * The canonical query string: every pair but the signature itself, encoded anew, ordered by name and then by value. A plus sign
 * is a space, as S3 reads it.
 */
export function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = canonicalPart(equals < 0 ? part : part.slice(0, equals));
    if (name !== SIGNATURE_PARAMETER)
      pairs.push([name, equals < 0 ? '' : canonicalPart(part.slice(equals + 1))]);
  }
  return pairs
    .sort(byNameThenValue)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const canonicalPart = (text: string) =>
  canonicalComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);

function byNameThenValue(a: [string, string], b: [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] === b[1]) return 0;
  return a[1] < b[1] ? -1 : 1;
}
