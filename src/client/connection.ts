import { Sha256 } from './sha256.ts';

/** A server, and the key to it. */
export interface Connection {
  /** Its address, without a path. */
  readonly url: string;
  /** Where its objects are, when they are in another S3. */
  readonly objectsUrl?: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The server that the variables of `trainyard env` point to; undefined when they name none. */
export function connectionFrom(
  variables: Readonly<Record<string, string | undefined>>,
): Connection | undefined {
  const {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: objectsUrl,
    AWS_REGION: region = variables.AWS_DEFAULT_REGION ?? 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = variables;
  if (!url || !accessKeyId || !secretAccessKey) return undefined;
  return {
    url: new URL(url).origin,
    ...(objectsUrl && { objectsUrl }),
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
  };
}

/** A request to the server's own API, or to one of the services it speaks for. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The address of a request. */
export function urlOf({ url }: Connection, { path, parameters = [] }: ApiRequest): string {
  const query = parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return `${url}${path}${query && `?${query}`}`;
}

/** The headers of a request, its signature among them. `service` is the one that it is signed for. */
export async function signedHeaders(
  connection: Connection,
  request: ApiRequest,
  service: string,
): Promise<Record<string, string>> {
  const { host, hostname, port, protocol } = new URL(connection.url);
  const { accessKeyId, secretAccessKey, sessionToken, region } = connection;
  // Loaded here: it is large, and a server and many commands sign nothing.
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({
    ...{ service, region, sha256: Sha256, applyChecksum: false },
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
  });
  const { headers } = await signer.sign({
    ...{ method: request.method, protocol, hostname, path: request.path },
    ...(port && { port: Number(port) }),
    query: queryOf(request.parameters ?? []),
    headers: { host, ...request.headers },
    body: request.body ?? '',
  });
  return headers;
}

function queryOf(parameters: readonly (readonly [string, string])[]): Record<string, string[]> {
  const query: Record<string, string[]> = {};
  for (const [name, value] of parameters) query[name] = [...(query[name] ?? []), value];
  return query;
}

/** As AWS's signer encodes, so that what is sent is what is signed. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
