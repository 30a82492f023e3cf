/** Suffixes of the names of marker files (training contract §3.4). */
const UPLOADING = '.sagemaker-uploading';
const UPLOADED = '.sagemaker-uploaded';
/** What ends like this is never uploaded: drafts that are renamed when they are whole. */
const IGNORE = '.sagemaker-ignore';

/** Stands beside a file while it is sent. */
export const uploadingMarker = (path: string): string => path + UPLOADING;

/** Stands beside a file that is safe in S3. */
export const uploadedMarker = (path: string): string => path + UPLOADED;

/** Whether a file of this name goes to S3. */
export const isSyncedName = (name: string): boolean =>
  ![UPLOADING, UPLOADED, IGNORE].some((suffix) => name.endsWith(suffix));

/** The file that is being sent, when this is the path of the marker that says so. */
export const markedAsUploading = (path: string): string | undefined =>
  path.endsWith(UPLOADING) ? path.slice(0, -UPLOADING.length) : undefined;
