import { CERTIFICATES_SEEN_AT } from '../agent/bring-certificates.ts';
import type { Settings } from '../config/settings.ts';
import type { JobAccessKey } from './access-keys.ts';
import type { DataLayout, ServerKeys } from './data-folder.ts';

/** The variables that point AWS clients at the server. With another S3, its address and its key, which this server knows too. */
export function clientVariables(
  { region, s3 }: Settings,
  url: string,
  keys: ServerKeys,
): Record<string, string> {
  const key = (s3.kind === 's3' && s3.credentials) || keys;
  return {
    AWS_ENDPOINT_URL: url,
    ...s3Variables(s3),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

/** The variables that lead clients to the server's proxy, whichever of AWS's hosts they go to, and have them trust it. */
export function proxyVariables(
  url: string,
  { certificates: all, authorityCertificate }: Pick<DataLayout, 'certificates' | 'authorityCertificate'>,
): Record<string, string> {
  const here = 'localhost,127.0.0.1,::1';
  return {
    ...{ HTTPS_PROXY: url, https_proxy: url, NO_PROXY: here, no_proxy: here },
    // boto3 and the AWS CLI; requests and pip; curl; OpenSSL and Python's own; Node.js.
    ...{ AWS_CA_BUNDLE: all, REQUESTS_CA_BUNDLE: all, CURL_CA_BUNDLE: all, SSL_CERT_FILE: all },
    ...{ NODE_EXTRA_CA_CERTS: authorityCertificate, NODE_USE_ENV_PROXY: '1' },
  };
}

/** What a job's algorithm finds in its environment, so that AWS clients in it speak to this server with the job's own key. */
export function containerEnvironment(
  { s3, proxy }: Settings,
  url: string,
  key: JobAccessKey,
): Record<string, string> {
  const trust = { certificates: CERTIFICATES_SEEN_AT, authorityCertificate: CERTIFICATES_SEEN_AT };
  // S3_ENDPOINT_URL is read by the SageMaker training toolkit (training contract §1.5).
  const endpoints = {
    ...{ AWS_ENDPOINT_URL: url, S3_ENDPOINT_URL: url, ...s3Variables(s3) },
    ...(proxy.jobs && proxyVariables(url, trust)),
  };
  if (s3.kind === 's3') {
    // The job's own key means nothing to another S3: that store's key is good for both.
    const credentials = s3.credentials;
    if (!credentials) return endpoints;
    return {
      ...endpoints,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  }
  return {
    ...endpoints,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_SESSION_TOKEN: key.sessionToken,
  };
}

/** The ports of this machine's own loopback at which a job's algorithm finds what it is told of. */
export function loopbackPorts({ s3 }: Settings, url: string): readonly number[] {
  const urls = [url, ...Object.values(s3Variables(s3))].map((each) => new URL(each));
  const loopback = urls.filter(({ hostname }) => /^(localhost|127\..*|\[::1\])$/.test(hostname));
  return [
    ...new Set(loopback.map(({ port, protocol }) => Number(port) || (protocol === 'https:' ? 443 : 80))),
  ];
}

function s3Variables(s3: Settings['s3']): Record<string, string> {
  if (s3.kind !== 's3' || !s3.endpoint) return {};
  return { AWS_ENDPOINT_URL_S3: s3.endpoint, S3_ENDPOINT_URL: s3.endpoint };
}
