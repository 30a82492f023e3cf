import { downloadFault } from './channel.ts';

/** What the API calls a GB of a volume. */
const BYTES_PER_GB = 1024 ** 3;

export interface SpaceNeed {
  readonly channel: string;
  /** Bytes of all its objects. */
  readonly total: number;
  /** Bytes of those that are not on the disk yet. */
  readonly missing: number;
}

/**
 * Throws a ClientError for the first channel that does not fit, before anything is downloaded: on the machine's disk, of which
 * `free` bytes are left, or on the volume that the job asked for (`ResourceConfig.VolumeSizeInGB`; 0: as large as the disk).
 */
export function checkSpace(needs: readonly SpaceNeed[], free: number, volumeSizeInGB: number): void {
  let onDisk = free;
  let onVolume = volumeSizeInGB > 0 ? volumeSizeInGB * BYTES_PER_GB : Number.POSITIVE_INFINITY;
  for (const { channel, total, missing } of needs) {
    if (total > onVolume) {
      throw tooSmall(
        channel,
        total,
        onVolume,
        `of the ${volumeSizeInGB} GB of ResourceConfig.VolumeSizeInGB`,
      );
    }
    if (missing > onDisk) throw tooSmall(channel, missing, onDisk, "on the instance's disk");
    onVolume -= total;
    onDisk -= missing;
  }
}

const tooSmall = (channel: string, needed: number, available: number, where: string) =>
  downloadFault(`channel "${channel}" needs ${needed} bytes, and ${available} bytes are available ${where}`);
