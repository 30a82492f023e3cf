import type { IncomingHttpHeaders } from 'node:http';

/** A header that only our own script sets: another site's would have to be allowed it first, which nobody is. */
export const PAGE_HEADER = 'x-trainyard-page';

/** Where a request comes from, as far as the browser says so. */
export interface Sent {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** Whether a request comes from a page of this very server, or from the person who typed its address. */
export function isSameOrigin({ headers }: Sent): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  return origin === undefined || (host !== undefined && hostOf(origin) === host);
}

/** Whether a request that may change something was made by our own script. */
export const isFromPage = (sent: Sent): boolean =>
  isSameOrigin(sent) && sent.headers[PAGE_HEADER] !== undefined;

/** Whether a form was sent by a page of ours. Browsers name the origin of every form that is posted. */
export const isFromForm = (sent: Sent): boolean => sent.headers.origin !== undefined && isSameOrigin(sent);

/** Whether another site's link led here: the browser then keeps the session's cookie back. */
export const isForeignLink = ({ headers }: Sent): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && /^(cross|same)-site$/.test(String(headers['sec-fetch-site']));

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
