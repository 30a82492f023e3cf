import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

/** 32 bytes in base64. */
const material = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes');

const keyRingSchema = z.strictObject({
  version: z.literal(1),
  /** SSE-S3's own key. */
  s3: z.strictObject({ id: z.string().min(1), material }),
  /** The KMS keys; `alias` includes `alias/`. */
  kms: z.array(
    z.strictObject({ id: z.string().min(1), arn: z.string().min(1), alias: z.string().min(1), material }),
  ),
});

export type KeyRingContent = z.infer<typeof keyRingSchema>;
export type KmsKey = KeyRingContent['kms'][number];

/** The key ring at `path`, absent when there is none yet. Throws on one that others may read or that makes no sense. */
export function readKeyRing(path: string): KeyRingContent | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return undefined;
  if (mode & 0o077) throw new Error(`the key ring ${path} is open to others: its mode must be 0600`);
  const content = keyRingSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!content.success) throw new Error(`the key ring ${path} is damaged: ${z.prettifyError(content.error)}`);
  return content.data;
}
