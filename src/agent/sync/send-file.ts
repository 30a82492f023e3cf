import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ObjectLocation, ObjectStorage } from '../../objects/object-storage.ts';
import { JobFault } from '../../training/fault.ts';
import { abortable } from '../abortable.ts';
import { isGone, LeadsElsewhere, openInside } from './inside.ts';
import { type Signature, signatureOf } from './signature.ts';

/** Bytes that are read at a time. */
const CHUNK_BYTES = 256 * 1024;

/** The file is not the one any more that was to be sent. It must be looked at again. */
export class FileChanged extends Error {
  constructor() {
    super('the file changed while it was sent');
    this.name = 'FileChanged';
  }
}

export interface Sending {
  readonly storage: ObjectStorage;
  /** The real path of the folder that the file is in. */
  readonly root: string;
  readonly path: string;
  /** What the file must be, before and after it is read. */
  readonly signature: Signature;
  /** It may become longer meanwhile: then what was there at first is sent. */
  readonly mayGrow: boolean;
  readonly target: ObjectLocation;
  readonly signal: AbortSignal;
  /** Nobody waits any more, not even for a store that does not heed the other signal. */
  readonly ended: AbortSignal;
  /** An upload that takes no byte for so long, in milliseconds, has failed. */
  readonly stallMs: number;
  /** Just before the first byte is sent: the file is there, and is what it was. */
  before(): Promise<void>;
  /** So many bytes of it are on their way. */
  onBytes(sent: number): void;
}

/**
 * Stores a file as an object, which appears whole or not at all. Rejects with `FileChanged` when the file changes meanwhile: what is
 * stored is never half of one content and half of another.
 */
export async function sendFile(sending: Sending): Promise<void> {
  const file = await opened(sending);
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile() || signatureOf(stats) !== sending.signature) throw new FileChanged();
    await sending.before();
    await send(file, stats, sending);
  } finally {
    await file.close();
  }
}

async function send(file: FileHandle, stats: BigIntStats, sending: Sending): Promise<void> {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`no byte was taken for ${sending.stallMs / 1000} s`));
  const timer = setTimeout(stall, sending.stallMs).unref();
  const signal = AbortSignal.any([sending.signal, stalled.signal]);
  // What the file did wrong is told as such, however the store words it.
  const trouble: { error?: unknown } = {};
  const onBytes = (sent: number) => {
    timer.refresh();
    sending.onBytes(sent);
  };
  try {
    const body = bytes(file, stats, { ...sending, onBytes }, trouble);
    await abortable(sending.storage.upload(sending.target, body, { signal }), sending.ended);
  } catch (error) {
    throw trouble.error ?? error;
  } finally {
    clearTimeout(timer);
  }
}

async function* bytes(
  file: FileHandle,
  stats: BigIntStats,
  sending: Sending,
  trouble: { error?: unknown },
): AsyncGenerator<Buffer> {
  const size = Number(stats.size);
  let sent = 0;
  try {
    while (sent < size) {
      const buffer = Buffer.allocUnsafe(Math.min(size - sent, CHUNK_BYTES));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, sent);
      if (bytesRead === 0) throw new FileChanged();
      sent += bytesRead;
      if (sent === size) await assertUnchanged(file, sending);
      sending.onBytes(sent);
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    trouble.error = error;
    throw error;
  }
}

/** Before the last bytes are handed over: without them there is no object. */
async function assertUnchanged(file: FileHandle, { mayGrow, signature }: Sending): Promise<void> {
  if (!mayGrow && signatureOf(await file.stat({ bigint: true })) !== signature) throw new FileChanged();
}

async function opened({ root, path }: Sending): Promise<FileHandle> {
  try {
    return await openInside(root, path);
  } catch (error) {
    // ELOOP: a link is in its place.
    if (isGone(error) || error instanceof LeadsElsewhere || codeOf(error) === 'ELOOP')
      throw new FileChanged();
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') {
      throw new JobFault('ClientError', `it can't be read (${codeOf(error)})`);
    }
    throw error;
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
