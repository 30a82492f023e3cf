import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../src/client/sha256.ts';
import type { BenchServer } from './bench-server.ts';
import type { WireRequest } from './http-load.ts';

/** A signed SageMaker request, ready to be written to a socket. Good for 15 minutes. */
export async function signedRequest(
  server: Pick<BenchServer, 'url' | 'region' | 'accessKeyId' | 'secretAccessKey'>,
  operation: string,
  input: unknown,
): Promise<WireRequest> {
  const url = new URL(server.url);
  const body = JSON.stringify(input);
  const signer = new SignatureV4({
    service: 'sagemaker',
    region: server.region,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: '/',
    query: {},
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `SageMaker.${operation}`,
    },
    body,
  });
  return wireRequest({ ...signed.headers, 'content-length': String(Buffer.byteLength(body)) }, body);
}

function wireRequest(headers: Readonly<Record<string, string>>, body: string): WireRequest {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
