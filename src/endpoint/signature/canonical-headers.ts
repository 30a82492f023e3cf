import type { IncomingHttpHeaders } from 'node:http';

/** The headers of a request as node:http gives them: joined, and as they were sent. */
export interface RequestHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

const FOLDED = / {2}|\t/;

/** The `name:value` lines of the signed headers. One that the request lacks counts as empty, and so can't match what was signed. */
export function canonicalHeaders(request: RequestHeaders, names: readonly string[]): string {
  const repeated = hasRepeatedHeaders(request);
  let lines = '';
  for (const name of names) {
    const value = repeated ? allValues(request.rawHeaders, name) : singleValue(request.headers, name);
    lines += `${name}:${FOLDED.test(value) ? value.replace(/[ \t]+/g, ' ').trim() : value}\n`;
  }
  return lines;
}

/** node:http drops or joins repeated headers in ways of its own; AWS signs all values, joined by a comma. */
function hasRepeatedHeaders({ headers, rawHeaders }: RequestHeaders): boolean {
  return Object.keys(headers).length * 2 !== rawHeaders.length;
}

function singleValue(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function allValues(rawHeaders: readonly string[], name: string): string {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push((rawHeaders[at + 1] ?? '').trim());
  }
  return values.join(',');
}

/** The first `x-amz-` header that the signature leaves open to tampering, as AWS does not allow. */
export function unsignedAmzHeader({ headers }: RequestHeaders, names: readonly string[]): string | undefined {
  for (const name in headers) {
    if (name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !names.includes(name)) return name;
  }
  return undefined;
}
