import { canonicalComponent } from './percent-encoding.ts';

/** The path as every service but S3 signs it: empty and dot segments resolved, then what is on the wire encoded once more. */
export function normalisedPath(path: string): string {
  if (path === '/' || path === '') return '/';
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encodeAgain(segment));
  }
  if (segments.length === 0) return '/';
  return `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

const encodeAgain = (segment: string) => canonicalComponent(segment.replaceAll('%', '%25'));

/**
 * The path as S3 computes it from the object's key: encoded once, nothing resolved. It differs from the path on the wire where a
 * client signs more characters encoded than its HTTP library sends.
 */
export const reencodedPath = (path: string): string => canonicalComponent(path, '/');
