import { execFileSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Whoever is behind a webhook: it keeps what it is sent, and answers what it is told to. */
export class Receiver {
  readonly received: Received[] = [];
  /** The status that a request is answered with; `hang`: none. */
  answer: (request: Received) => number | 'hang' = () => 200;
  readonly #server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const received = { headers: request.headers, body };
    const status = this.answer(received);
    this.received.push(received);
    if (status !== 'hang') response.writeHead(status).end();
  });

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Checks a signature of Standard Webhooks as its specification tells it, in another language than that which made it. */
const VERIFIER = `
import base64, hashlib, hmac, json, sys
message = json.load(sys.stdin)
headers = message["headers"]
signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{message["body"]}'.encode()
secret = base64.b64decode(message["secret"].removeprefix("whsec_"))
expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
version, given = headers["webhook-signature"].split(",", 1)
print("valid" if version == "v1" and hmac.compare_digest(given, expected) else "forged")
`;

export const isSigned = (received: Received, secret: string): boolean =>
  execFileSync('python3', ['-c', VERIFIER], {
    input: JSON.stringify({ ...received, secret }),
    encoding: 'utf8',
  }).trim() === 'valid';
