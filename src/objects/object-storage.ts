/** What the service itself does with S3, whichever store stands behind it: the embedded one, or another by the AWS SDK. */
export interface ObjectStorage {
  bucketExists(bucket: string): Promise<boolean>;
  /** The objects whose keys start with `prefix`, in key order (UTF-8 bytes), page by page behind the scenes. */
  list(bucket: string, prefix: string, options?: { readonly limit?: number }): AsyncIterable<ObjectSummary>;
  /** One object; undefined when there is none. */
  find(object: ObjectLocation): Promise<ObjectSummary | undefined>;
  /** Brings one object to a new file at `path`, whose folder exists. Rejects when it is not the one that was listed. */
  download(object: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void>;
  /** Brings some of an object's bytes to a new file at `path`; else as `download`. */
  downloadRange(
    object: ObjectLocation & ObjectSummary,
    range: ByteRange,
    path: string,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Gives an object's own files further names, `<path>.0`, `<path>.1`, …, for reading only: together, in order, they are its bytes,
   * and stay when the object goes. Resolves with their number; undefined where its bytes are not in plain files on the same file
   * system as `path`. Rejects when it is not the one that was listed. Absent: no object is in files of this machine.
   */
  link?(object: ObjectLocation & ObjectSummary, path: string): Promise<number | undefined>;
  /** The objects as files of this machine. Absent: they are elsewhere. */
  readonly files?: ObjectFiles;
  /** Stores what `body` yields. The object appears whole or not at all. */
  upload(target: ObjectLocation, body: AsyncIterable<Uint8Array>, options?: UploadOptions): Promise<void>;
  /** Removes one object. One that is not there is as good as removed. */
  delete(target: ObjectLocation): Promise<void>;
}

export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectSummary {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

/** Bytes. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** A store's objects as files of this machine. */
export interface ObjectFiles {
  /** As the storage's `list`, in pages. */
  list(bucket: string, prefix: string): AsyncIterable<readonly ObjectFile[]>;
  readonly folders: SharedFolders;
}

/**
 * Folders that show objects as files, on the file system of the store. One is made once, never changes, and is shared by all who want
 * one of its name. It stays for as long as it has a reader, also over a crash; whoever reads it must not be able to write to it.
 */
export interface SharedFolders {
  /** The path of the folder of this name, for this reader; undefined where there is none. */
  take(name: string, reader: string): string | undefined;
  /**
   * As `take`; where there is none, it is made by `fill`, which is given a new, empty folder, and tells what becomes of it when the last
   * reader lets go: whether it may be kept for the next one. Rejects with what `fill` rejects with, and leaves nothing then.
   */
  make(name: string, reader: string, fill: (folder: string) => Promise<{ keep: boolean }>): Promise<string>;
  /** The reader needs none of its folders any more. */
  letGo(reader: string): void;
}

/** An object whose bytes may be in a file of this machine. */
export interface ObjectFile extends ObjectSummary {
  /**
   * Makes the store's own file visible at `path`, a new name, where nobody may be able to change it. It stays what it is, whatever
   * becomes of the object. False: the object is not one plain file there (encrypted, in parts, on another file system, gone).
   */
  link(path: string): boolean;
  /** As `link`, of an object in parts: the store joins them to one file first, for good. Rejects when the object was replaced. */
  linkJoined(path: string, signal: AbortSignal): Promise<boolean>;
}

export interface UploadOptions {
  readonly contentType?: string;
  /** Encrypt with this key (SSE-KMS) instead of the bucket's default. */
  readonly kmsKeyId?: string;
  readonly signal?: AbortSignal;
  /** Nobody else writes this key: what an upload of it that was killed left in the store is removed. */
  readonly sole?: boolean;
  /** Told what is left in the store that should not be there, and why it could not be removed. */
  readonly onLeftover?: (complaint: string) => void;
}

/** A store's refusal or failure. `code` is S3's own: NoSuchBucket, NoSuchKey, PreconditionFailed, … */
export class ObjectStorageError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ObjectStorageError';
    this.code = code;
  }
}

/** The parts of `s3://bucket/key` (also `https://bucket/key`, as the API's pattern allows). The key may be empty. */
export function parseS3Uri(uri: string): ObjectLocation {
  const match = /^(?:https|s3):\/\/([^/]+)\/?(.*)$/s.exec(uri);
  if (!match?.[1]) throw new ObjectStorageError('InvalidURI', `not an S3 URI: ${uri}`);
  return { bucket: match[1], key: match[2] ?? '' };
}
