import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { systemClock } from '../../../clock/system-clock.ts';
import { TestClock } from '../../../clock/test-clock.ts';
// biome-ignore lint/style/noRestrictedImports: these tests go through the real endpoint and its signatures
import { createEndpoint } from '../../../endpoint/server.ts';
import type { EmbeddedStore } from '../../../objects/embedded/embedded-store.ts';
import { FolderStore } from '../../../objects/embedded/folder-store.ts';
import { KeyRing } from '../../../objects/embedded/key-ring.ts';
import { Database } from '../../../store/database.ts';
import { type AllowedPrefixes, limitedTo, UNLIMITED } from '../../access/permissions.ts';
import { createS3Service, type S3ServiceOptions } from '../service.ts';

const ACCOUNT = '123456789012';
const CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' };
/** The key of a job whose role is limited. */
export const LIMITED_CREDENTIALS = { accessKeyId: 'ASIALIMITED', secretAccessKey: 'secret of the job' };
const LIMITED = { callerArn: `arn:aws:sts::${ACCOUNT}:assumed-role/limited/SageMaker` };
const KEYS: ReadonlyMap<string, { secretAccessKey: string; callerArn: string }> = new Map([
  [
    CREDENTIALS.accessKeyId,
    { secretAccessKey: CREDENTIALS.secretAccessKey, callerArn: `arn:aws:iam::${ACCOUNT}:root` },
  ],
  [LIMITED_CREDENTIALS.accessKeyId, { secretAccessKey: LIMITED_CREDENTIALS.secretAccessKey, ...LIMITED }],
]);
export const SIGNING = { ...CREDENTIALS, account: ACCOUNT };

/** The instant at which the store's clock stands until a test moves it. */
export const NOON = Date.UTC(2026, 0, 2, 12, 0, 0, 500);

export interface S3ServerOptions {
  readonly region?: string;
  readonly silence?: number;
  /** What `LIMITED_CREDENTIALS` may use. */
  readonly limits?: AllowedPrefixes;
  /** Puts something between the service and the real store. */
  readonly wrap?: (store: EmbeddedStore) => EmbeddedStore;
}

export interface RawRequest {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** `x-amz-content-sha256`; the body's own unless told. */
  readonly payload?: string;
}

export interface RawResponse {
  readonly status: number;
  readonly message: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The real service over the real store behind the real endpoint, with clients that sign. */
export class S3Server {
  readonly client: S3Client;
  readonly clock: TestClock;
  readonly store: EmbeddedStore;
  readonly port: number;
  readonly region: string;
  /** What the endpoint logged: the faults of the server. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
  readonly #clients: S3Client[] = [];

  private constructor(parts: Pick<S3Server, 'clock' | 'store' | 'port' | 'region' | 'faults' | 'close'>) {
    this.clock = parts.clock;
    this.store = parts.store;
    this.port = parts.port;
    this.region = parts.region;
    this.faults = parts.faults;
    this.client = this.connect();
    this.close = async () => {
      for (const client of this.#clients) client.destroy();
      await parts.close();
    };
  }

  static async start(options: S3ServerOptions = {}): Promise<S3Server> {
    const { region = 'us-west-2' } = options;
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-s3-'));
    const database = new Database(join(folder, 'database'));
    const clock = new TestClock(NOON);
    const keys = KeyRing.open(join(folder, 'keys'), { region, account: ACCOUNT, keys: ['alias/mine'] });
    const folderStore = new FolderStore({ folder: join(folder, 'objects'), database, keys, clock });
    const store = options.wrap?.(folderStore) ?? folderStore;
    const serviceOptions: S3ServiceOptions = {
      store,
      account: ACCOUNT,
      region,
      permissionsOf: (arn) => (arn === LIMITED.callerArn ? limitedTo(options.limits ?? {}) : UNLIMITED),
      ...(options.silence !== undefined && { silence: options.silence }),
    };
    const faults: string[] = [];
    const endpoint = createEndpoint({
      account: ACCOUNT,
      region,
      clock: systemClock,
      credentials: {
        find: (id) => KEYS.get(id),
      },
      services: {},
      objects: createS3Service(serviceOptions),
      log: (message) => faults.push(message),
    });
    const { port } = await endpoint.listen(0, '127.0.0.1');
    const close = async () => {
      await endpoint.close();
      await folderStore.close();
      database.close();
      rmSync(folder, { recursive: true });
    };
    return new S3Server({ clock, store, port, region, faults, close });
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  connect(config: Partial<S3ClientConfig> = {}): S3Client {
    const client = new S3Client({
      endpoint: `http://${this.host}`,
      region: this.region,
      credentials: CREDENTIALS,
      forcePathStyle: true,
      maxAttempts: 1,
      ...config,
    });
    this.#clients.push(client);
    return client;
  }

  /** Sends a request as it stands, signed. `target` is the raw path with its query. */
  async raw(method: string, target: string, options: RawRequest = {}): Promise<RawResponse> {
    const { headers } = await this.sign(method, target, options);
    const length = Buffer.byteLength(options.body ?? '');
    if (length > 0 || method === 'PUT') headers['content-length'] = String(length);
    // Node puts a text's encoding on the headers before it: bytes have none.
    return this.send(method, target, headers, (request) => request.end(Buffer.from(options.body ?? '')));
  }

  /** A request's headers with their signature, which doesn't cover its length. */
  async sign(method: string, target: string, { headers = {}, body = '', payload }: RawRequest) {
    const signer = new SignatureV4({
      service: 's3',
      region: this.region,
      credentials: CREDENTIALS,
      sha256: NodeSha256,
      uriEscapePath: false,
      applyChecksum: false,
    });
    const [path = '/', query = ''] = target.split('?');
    const { headers: signed } = await signer.sign({
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: this.port,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: {
        host: this.host,
        'x-amz-content-sha256': payload ?? createHash('sha256').update(body).digest('hex'),
        ...headers,
      },
    });
    return { headers: signed };
  }

  /** Sends headers as UTF-8, lets `write` send the body, and reads the whole answer. */
  send(
    method: string,
    path: string,
    headers: Record<string, string>,
    write: (request: ClientRequest) => void,
  ): Promise<RawResponse> {
    return new Promise((resolve, reject) => {
      const bytes = Object.entries(headers).map(([name, value]) => [
        name,
        Buffer.from(value).toString('latin1'),
      ]);
      const options = {
        host: '127.0.0.1',
        port: this.port,
        headers: Object.fromEntries(bytes),
        agent: false,
      };
      const request = httpRequest({ ...options, method, path });
      request.once('error', reject);
      request.once('response', (response) => {
        text(response).then(
          (body) =>
            resolve({
              status: response.statusCode ?? 0,
              message: response.statusMessage,
              headers: response.headers,
              body,
            }),
          reject,
        );
      });
      write(request);
    });
  }
}

/** SHA-256 and HMAC-SHA-256 in the form that the signer takes. */
class NodeSha256 {
  readonly #key: string | ArrayBuffer | ArrayBufferView | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = key;
  }

  update(data: Uint8Array | string): void {
    this.#chunks.push(Buffer.from(data));
  }

  async digest(): Promise<Uint8Array> {
    const bytes = Buffer.concat(this.#chunks);
    if (this.#key === undefined) return createHash('sha256').update(bytes).digest();
    return createHmac('sha256', this.#key as Buffer)
      .update(bytes)
      .digest();
  }
}

/** The `<Code>` of an error. */
export const codeOf = ({ body }: RawResponse): string | undefined => /<Code>(.*?)<\/Code>/.exec(body)?.[1];
