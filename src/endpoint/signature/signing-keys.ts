import { createHmac } from 'node:crypto';

/** More keys than this (access keys × services × a day's dates) are not kept; the oldest goes. */
const MOST_KEYS = 4096;

/**
 * Signature 4's derived keys. Deriving one takes four HMACs and it stays the same for a day, so each is kept. Kept by the secret
 * and not by the access key's id, so that a key whose secret changes doesn't go on working with the old one.
 */
export class SigningKeys {
  readonly #keys = new Map<string, Buffer>();

  find(secretAccessKey: string, date: string, region: string, service: string): Buffer {
    const name = `${date}/${region}/${service}/${secretAccessKey}`;
    const known = this.#keys.get(name);
    if (known) return known;
    const key = derive(secretAccessKey, date, region, service);
    if (this.#keys.size >= MOST_KEYS) this.#forgetOldest();
    this.#keys.set(name, key);
    return key;
  }

  #forgetOldest(): void {
    for (const name of this.#keys.keys()) {
      this.#keys.delete(name);
      return;
    }
  }
}

function derive(secretAccessKey: string, date: string, region: string, service: string): Buffer {
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of [date, region, service]) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update('aws4_request').digest();
}
