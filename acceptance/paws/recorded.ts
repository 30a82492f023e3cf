import { createHmac, hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ClientEnvironment } from '../../examples/demo/server.ts';

/** What Paws, the AWS SDK for Perl, was seen to send. */
interface Recording {
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: string;
  /** The text JOB in a body stands for a job's name, DATA for a prefix. */
  readonly requests: Readonly<Record<string, { readonly operation: string; readonly body: string }>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

const recording = JSON.parse(await readFile(new URL('requests.json', import.meta.url), 'utf8')) as Recording;

export type Names = Readonly<Record<'JOB' | 'DATA', string>>;

/** Sends a recorded request with a signature of now, over the headers that Paws signs and in the form of theirs. */
export async function replayed(
  environment: ClientEnvironment,
  request: string,
  names: Names,
): Promise<Answer> {
  const recorded = recording.requests[request];
  if (!recorded) throw new Error(`no request ${request} was recorded`);
  const body = recorded.body.replace(/\b(JOB|DATA)\b/g, (key) => names[key as keyof Names]);
  // Paws writes the date in AWS's form in both headers.
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = {
    ...lowercased(recording.headers),
    ...{ host: new URL(environment.AWS_ENDPOINT_URL).host, date, 'x-amz-date': date },
    'x-amz-content-sha256': hash('sha256', body),
    'x-amz-target': `SageMaker.${recorded.operation}`,
  };
  const authorization = authorizationOf(environment, headers, body);
  return post(environment.AWS_ENDPOINT_URL, { ...headers, authorization }, body);
}

const lowercased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** By hand: AWS's own signers leave Date out, which Paws signs. */
function authorizationOf(
  { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: region }: ClientEnvironment,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const { signedHeaders } = recording;
  const lines = signedHeaders.split(';').map((name) => `${name}:${headers[name]}`);
  const canonical = ['POST', '/', '', ...lines, '', signedHeaders, hash('sha256', body)].join('\n');
  const date = headers['x-amz-date'] ?? '';
  const scope = [date.slice(0, 8), region, 'sagemaker', 'aws4_request'];
  const key = scope.reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${secret}`);
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), hash('sha256', canonical)].join('\n');
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** By Node's own client: `fetch` sets some of these headers itself. */
async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(url, { method: 'POST', headers }, resolve).on('error', reject).end(body);
  });
  const said = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: said === '' ? {} : JSON.parse(said),
  };
}
