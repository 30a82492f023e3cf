import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { writePrivateFile } from '../../store/private-file.ts';
import { ObjectStorageError } from '../object-storage.ts';
import type { BlobKey } from './blob-cipher.ts';
import type { Blob, Encryption } from './embedded-store.ts';
import { type KeyRingContent, type KmsKey, readKeyRing } from './key-ring-file.ts';

/** The KMS key that is used where a request asks for aws:kms and names none. */
export const DEFAULT_KMS_KEY = 'alias/aws/s3';

export interface KeyRingOptions {
  /** Where new keys are said to live: their ARNs carry it. */
  readonly region: string;
  readonly account: string;
  /** The KMS keys that the configuration names: a key id or name, `alias/…`, a key ARN or an alias ARN. */
  readonly keys?: readonly string[];
}

type Cipher = NonNullable<Blob['cipher']>;

/** AES-256-GCM: a 12-byte nonce, the data key, a 16-byte tag. */
const WRAPPING = { algorithm: 'aes-256-gcm', nonceBytes: 12, tagBytes: 16 } as const;
const DATA_KEY_BYTES = 32;
const COUNTER_BYTES = 16;

/**
 * The master keys of the embedded store, in a file that only its owner reads. Each blob is encrypted with a data key of its own,
 * which a master key wraps. A key that was in use is never removed: what it protects could not be read any more.
 */
export class KeyRing {
  readonly #content: KeyRingContent;
  readonly #options: KeyRingOptions;

  private constructor(content: KeyRingContent, options: KeyRingOptions) {
    this.#content = content;
    this.#options = options;
  }

  /** Opens the ring at `path`, making the file and the keys that are not there yet. */
  static open(path: string, options: KeyRingOptions): KeyRing {
    const before = readKeyRing(path);
    const content: KeyRingContent = before ?? {
      version: 1,
      s3: { id: randomUUID(), material: randomBytes(DATA_KEY_BYTES).toString('base64') },
      kms: [],
    };
    const ring = new KeyRing({ ...content, kms: [...content.kms] }, options);
    for (const name of [DEFAULT_KMS_KEY, ...(options.keys ?? [])]) ring.#provide(name);
    if (!before || ring.#content.kms.length > before.kms.length) writePrivateFile(path, ring.#content);
    return ring;
  }

  /** Whether there is a KMS key of this id, alias, key ARN or alias ARN. */
  has(keyId: string): boolean {
    return this.#find(keyId) !== undefined;
  }

  /** The ARN of the KMS key of this id, alias, key ARN or alias ARN. Throws `KMS.NotFoundException`. */
  resolve(keyId: string): string {
    const key = this.#find(keyId);
    if (!key) throw this.#notFound(keyId);
    return key.arn;
  }

  /** A new data key for the blob of this id, and how the blob's row is to remember it. */
  seal(encryption: Encryption, blobId: string): { readonly key: BlobKey; readonly cipher: Cipher } {
    const master = this.#masterOf(encryption);
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const nonce = randomBytes(COUNTER_BYTES);
    const wrappedKey = wrap(dataKey, master.material, blobId).toString('base64');
    return {
      key: { key: dataKey, nonce },
      cipher: { keyId: master.id, wrappedKey, nonce: nonce.toString('base64') },
    };
  }

  /** The data key of a blob. */
  unseal(cipher: Cipher, blobId: string): BlobKey {
    const { s3, kms } = this.#content;
    const master = cipher.keyId === s3.id ? s3 : kms.find((key) => key.arn === cipher.keyId);
    if (!master) throw this.#notFound(cipher.keyId);
    const key = unwrap(Buffer.from(cipher.wrappedKey, 'base64'), master.material, blobId);
    return { key, nonce: Buffer.from(cipher.nonce, 'base64') };
  }

  #masterOf(encryption: Encryption): { readonly id: string; readonly material: string } {
    if (encryption.kind === 'AES256') return this.#content.s3;
    const key = this.#find(encryption.keyId);
    if (!key) throw this.#notFound(encryption.keyId);
    return { id: key.arn, material: key.material };
  }

  #find(keyId: string): KmsKey | undefined {
    const wanted = parseReference(keyId);
    return wanted && this.#content.kms.find((key) => matches(key, wanted));
  }

  /** Adds the key that the configuration names, unless it is there. */
  #provide(name: string): void {
    const wanted = parseReference(name);
    if (!wanted) throw new Error(`not the name of a KMS key: ${name}`);
    if (this.#content.kms.some((key) => matches(key, wanted))) return;
    const byAlias = wanted.resource.startsWith('alias/');
    const id = byAlias ? randomUUID() : wanted.resource.replace(/^key\//, '');
    const alias = byAlias ? wanted.resource : `alias/${id}`;
    const home = wanted.home ?? `arn:aws:kms:${this.#options.region}:${this.#options.account}`;
    const material = randomBytes(DATA_KEY_BYTES).toString('base64');
    this.#content.kms.push({ id, alias, arn: `${home}:key/${id}`, material });
  }

  #notFound(keyId: string): ObjectStorageError {
    const wanted = parseReference(keyId);
    const home = wanted?.home ?? `arn:aws:kms:${this.#options.region}:${this.#options.account}`;
    if (!wanted) return new ObjectStorageError('KMS.NotFoundException', `Invalid keyId '${keyId}'`);
    const message = wanted.resource.startsWith('alias/')
      ? `Alias ${home}:${wanted.resource} is not found.`
      : `Key '${home}:${wanted.resource}' does not exist`;
    return new ObjectStorageError('KMS.NotFoundException', message);
  }
}

/** A key as a request names it. */
interface KeyReference {
  /** `arn:aws:kms:<region>:<account>`; absent when the request left it out. */
  readonly home?: string;
  /** `key/<id>` or `alias/<name>`. */
  readonly resource: string;
}

function parseReference(text: string): KeyReference | undefined {
  const match =
    /^(?:(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}):(?=key\/|alias\/))?((?:alias\/)[\w/-]+|(?:key\/)?[\w-]+)$/.exec(
      text,
    );
  const name = match?.[2];
  if (!name) return undefined;
  const resource = /^(?:key|alias)\//.test(name) ? name : `key/${name}`;
  return { resource, ...(match?.[1] === undefined ? {} : { home: match[1] }) };
}

function matches(key: KmsKey, wanted: KeyReference): boolean {
  const here = wanted.home === undefined || key.arn === `${wanted.home}:key/${key.id}`;
  return here && (wanted.resource === `key/${key.id}` || wanted.resource === key.alias);
}

/** The blob's id is authenticated with it, so a wrapped key serves no other blob. */
function wrap(dataKey: Buffer, material: string, blobId: string): Buffer {
  const nonce = randomBytes(WRAPPING.nonceBytes);
  const cipher = createCipheriv(WRAPPING.algorithm, Buffer.from(material, 'base64'), nonce);
  cipher.setAAD(Buffer.from(blobId));
  return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(wrapped: Buffer, material: string, blobId: string): Buffer {
  const { algorithm, nonceBytes, tagBytes } = WRAPPING;
  const decipher = createDecipheriv(
    algorithm,
    Buffer.from(material, 'base64'),
    wrapped.subarray(0, nonceBytes),
  );
  decipher.setAAD(Buffer.from(blobId));
  decipher.setAuthTag(wrapped.subarray(-tagBytes));
  return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}
