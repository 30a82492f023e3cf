import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import type { Clock } from '../clock/clock.ts';

/** A certificate authority: what can be kept of it, and brought back. */
export interface AuthorityFile {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** A certificate for one host, with its key and the certificate of the authority behind it. */
export interface Leaf {
  readonly key: string;
  readonly cert: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The only names that the authority may vouch for: whoever steals its key gains nothing elsewhere. */
export const AUTHORITY_DOMAIN = 'amazonaws.com';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY = 24 * 3600 * 1000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 90;
/** Clocks of clients may be behind. */
const BACKDATED = DAY;

/** Loaded when it is needed: a server without a proxy's client never pays for it. */
async function library(): Promise<typeof X509> {
  // It asks for this before it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** Makes a certificate authority, good for ten years and for names in `AUTHORITY_DOMAIN`. */
export async function makeAuthority(clock: Clock): Promise<AuthorityFile> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(clock.now(), AUTHORITY_DAYS),
    serialNumber: serialNumber(),
    name: 'CN=Trainyard local authority',
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension('2.5.29.30', true, nameConstraints(AUTHORITY_DOMAIN)),
    ],
  });
  return {
    keyPem: String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })),
    certificatePem: `${certificate.toString('pem')}\n`,
  };
}

/** Makes certificates of hosts, each once until it is about to expire. */
export class Authority {
  readonly #file: AuthorityFile;
  readonly #clock: Clock;
  readonly #leaves = new Map<string, Promise<Leaf>>();
  /** All leaves have one key, which dies with the process. */
  #keys: Promise<webcrypto.CryptoKeyPair> | undefined;

  constructor(file: AuthorityFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  async leaf(host: string): Promise<Leaf> {
    const known = await this.#leaves.get(host);
    if (known && known.expiresAt - DAY > this.#clock.now()) return known;
    if (this.#leaves.size >= MOST_LEAVES) this.#leaves.clear();
    const made = this.#make(host);
    this.#leaves.set(host, made);
    made.catch(() => this.#leaves.delete(host));
    return made;
  }

  async #make(host: string): Promise<Leaf> {
    const x509 = await library();
    this.#keys ??= webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const keys = await this.#keys;
    const issuer = new x509.X509Certificate(this.#file.certificatePem);
    const period = validity(this.#clock.now(), LEAF_DAYS);
    const certificate = await x509.X509CertificateGenerator.create({
      ...period,
      serialNumber: serialNumber(),
      subject: 'CN=Trainyard',
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await this.#signingKey(),
      signingAlgorithm: SIGNING,
      extensions: await leafExtensions(x509, host, keys.publicKey, issuer),
    });
    return {
      key: String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })),
      cert: `${certificate.toString('pem')}\n${this.#file.certificatePem}`,
      expiresAt: period.notAfter.getTime(),
    };
  }

  #signingKey(): Promise<webcrypto.CryptoKey> {
    const der = createPrivateKey(this.#file.keyPem).export({ type: 'pkcs8', format: 'der' });
    return webcrypto.subtle.importKey('pkcs8', der, CURVE, false, ['sign']);
  }
}

/** Names are made up by clients: nobody may fill the memory with them. */
const MOST_LEAVES = 1000;

async function leafExtensions(
  x509: typeof X509,
  host: string,
  key: webcrypto.CryptoKey,
  issuer: X509.X509Certificate,
): Promise<X509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
    await x509.SubjectKeyIdentifierExtension.create(key),
    await x509.AuthorityKeyIdentifierExtension.create(issuer),
  ];
}

const validity = (now: number, days: number) => ({
  notBefore: new Date(now - BACKDATED),
  notAfter: new Date(now + days * DAY),
});

/** Positive, as a certificate's must be. */
const serialNumber = () => `4${randomBytes(15).toString('hex').slice(1)}`;

/** The extension that permits only names in one domain (RFC 5280, 4.2.1.10), in DER. */
function nameConstraints(domain: string): Uint8Array<ArrayBuffer> {
  const element = (tag: number, content: Uint8Array) =>
    Buffer.concat([Buffer.from([tag, content.length]), content]);
  const dnsName = element(0x82, Buffer.from(domain, 'ascii'));
  return new Uint8Array(element(0x30, element(0xa0, element(0x30, dnsName))));
}
