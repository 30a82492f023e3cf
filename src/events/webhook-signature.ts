import { createHmac } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';

/** The headers that prove where a webhook's message comes from (Standard Webhooks 1.0). `secret` is `whsec_` and base64. */
export function signatureHeaders(
  secret: string,
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Record<string, string> {
  const timestamp = Math.floor(at / 1000);
  const signature = createHmac('sha256', Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
