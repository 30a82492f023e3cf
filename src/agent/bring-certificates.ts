import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hook } from './hook.ts';

const PLACE = ['input', 'config', 'certificates.pem'];

/** Where an algorithm finds the certificates that it is to trust. */
export const CERTIFICATES_SEEN_AT = ['/opt/ml', ...PLACE].join('/');

/** Brings the certificates for the server's proxy, where jobs get it. */
export const bringCertificates: Hook = {
  name: 'bring certificates',
  async run({ plan, environment, folder }) {
    if (environment.certificates === undefined || plan.request.EnableNetworkIsolation) return;
    await copyFile(environment.certificates, join(folder.ml, ...PLACE));
  },
};
