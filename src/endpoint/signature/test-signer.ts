import type { IncomingHttpHeaders } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { Sha256 } from '../../client/sha256.ts';
import { decodeQueryComponent } from './percent-encoding.ts';
import type { SignedRequest } from './verifier.ts';

export interface TestRequest {
  readonly method?: string;
  /** As on the wire. */
  readonly path?: string;
  /** As on the wire, without its question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface TestSignerOptions {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly service: string;
  readonly region?: string;
}

/** Signs requests as AWS's own client does, for tests of whoever checks them. */
export class TestSigner {
  readonly #signer: SignatureV4;
  readonly #isS3: boolean;

  constructor({ accessKeyId = 'AKIDEXAMPLE', secretAccessKey = 'secret', ...options }: TestSignerOptions) {
    const { sessionToken, service, region = 'eu-west-1' } = options;
    this.#isS3 = service === 's3';
    this.#signer = new SignatureV4({
      service,
      region,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
      sha256: Sha256,
      uriEscapePath: service !== 's3',
      applyChecksum: service === 's3',
    });
  }

  /** The request with its signature in the header. */
  async sign(request: TestRequest, at: number): Promise<SignedRequest> {
    return received(await this.#signer.sign(toSmithy(request), { signingDate: new Date(at) }), request);
  }

  /** The request as a presigned URL, good for so many seconds. S3's leave the body open. */
  async presign(request: TestRequest, at: number, expiresIn: number): Promise<SignedRequest> {
    const unsigned = this.#isS3 ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {};
    const toSign = toSmithy({ ...request, headers: { ...request.headers, ...unsigned } });
    const signed = await this.#signer.presign(toSign, { signingDate: new Date(at), expiresIn });
    return received(signed, request);
  }
}

function toSmithy({ method = 'POST', path = '/', query = '', headers = {}, body }: TestRequest): HttpRequest {
  return {
    method,
    protocol: 'http:',
    hostname: 'trainyard',
    path,
    query: Object.fromEntries(
      query
        .split('&')
        .filter((pair) => pair !== '')
        .map((pair) => pair.split('=').map(decodeQueryComponent) as [string, string]),
    ),
    headers: { host: 'trainyard:8080', ...headers },
    body,
  };
}

/** The request as a server receives it. */
function received(
  { headers, query = {} }: HttpRequest,
  { method = 'POST', path = '/' }: TestRequest,
): SignedRequest {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value ?? ''))}`,
  );
  return withHeaders({ method, path, query: pairs.join('&') }, Object.entries(headers));
}

/** A request with these headers, as node:http gives them. */
export function withHeaders(
  request: Pick<SignedRequest, 'method' | 'path' | 'query'>,
  sent: readonly (readonly [string, string])[],
): SignedRequest {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of sent) {
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`;
  }
  return { ...request, headers, rawHeaders: sent.flat() };
}
