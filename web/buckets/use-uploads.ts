import { useCallback, useState } from 'preact/hooks';
import type { DroppedFile } from './dropped-files.ts';
import { upload } from './s3.ts';

export interface Upload {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sent: number;
  readonly problem?: string;
}

/** S3 takes no more in one piece. */
const LARGEST_BYTES = 5 * 1024 ** 3;
/** At a time. */
const SIDE_BY_SIDE = 4;

/** Uploads files to a folder of a bucket, a few at a time. */
export function useUploads(bucket: string, prefix: string, onStored: () => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const change = useCallback((path: string, of: Partial<Upload>) => {
    setUploads((all) => all.map((each) => (each.path === path ? { ...each, ...of } : each)));
  }, []);

  const add = useCallback(
    async (files: readonly DroppedFile[]) => {
      setUploads((all) => [
        ...all.filter(({ path }) => !files.some((file) => file.path === path)),
        ...files.map(({ path, file }) => ({ path, size: file.size, sent: 0 })),
      ]);
      const left = [...files];
      const work = async () => {
        for (let next = left.shift(); next; next = left.shift()) {
          const { path, file } = next;
          try {
            if (file.size > LARGEST_BYTES)
              throw new Error('Larger than 5 GiB: use aws s3 cp, which uploads in parts.');
            await upload(bucket, prefix + path, file, (sent) => change(path, { sent }));
            setUploads((all) => all.filter((each) => each.path !== path));
            onStored();
          } catch (error) {
            change(path, { problem: error instanceof Error ? error.message : String(error) });
          }
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    },
    [bucket, prefix, onStored, change],
  );
  return { uploads, add };
}
