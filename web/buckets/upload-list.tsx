import { Link } from '../router.tsx';
import { formatBytes } from '../ui/format.ts';
import type { FileUpload } from './file-upload.ts';
import { bucketPlace } from './s3.ts';
import { uploads, useUploads } from './uploads.ts';

/** What is being uploaded, on every view of the page: it goes on wherever one goes. */
export function UploadList() {
  const all = useUploads();
  if (all.length === 0) return null;
  const open = all.filter(({ isOpen }) => isOpen);
  return (
    <section class="uploads" aria-label="Uploads">
      <h2>
        Uploads <span class="quiet">{open.length > 0 ? `${open.length} under way` : 'none under way'}</span>
      </h2>
      <ul>
        {all.map((upload) => (
          <Upload key={`${upload.target.bucket}/${upload.target.key}`} upload={upload} />
        ))}
      </ul>
    </section>
  );
}

function Upload({ upload }: { readonly upload: FileUpload }) {
  const { target, size, sent, stage, problem } = upload;
  const name = target.key.split('/').at(-1) ?? target.key;
  const folder = target.key.slice(0, target.key.length - name.length);
  return (
    <li>
      <span class="upload-name breaks">
        {name}{' '}
        <span class="quiet">
          in <Link to={bucketPlace(target.bucket, folder)}>{`${target.bucket}/${folder}`}</Link>
        </span>
      </span>
      {stage !== 'failed' && (
        <>
          <progress
            max={Math.max(1, size)}
            value={sent}
            aria-label={`${name}: ${formatBytes(sent)} of ${formatBytes(size)}`}
          />
          <span class="quiet figures">
            {stage === 'finishing' ? 'Finishing …' : `${formatBytes(sent)} of ${formatBytes(size)}`}
            {stage === 'paused' && ' · paused'}
          </span>
        </>
      )}
      {problem && (
        <span class="complaint" role="alert">
          {problem}
        </span>
      )}
      <span class="actions">
        <Actions upload={upload} name={name} />
      </span>
    </li>
  );
}

function Actions({ upload, name }: { readonly upload: FileUpload; readonly name: string }) {
  const button = (label: string, run: () => void) => (
    <button type="button" aria-label={`${label} ${name}`} onClick={run}>
      {label}
    </button>
  );
  switch (upload.stage) {
    case 'sending':
      return (
        <>
          {upload.isInParts && button('Pause', () => upload.pause())}
          {button('Cancel', () => uploads.remove(upload))}
        </>
      );
    case 'paused':
      return (
        <>
          {button('Resume', () => upload.resume())}
          {button('Cancel', () => uploads.remove(upload))}
        </>
      );
    case 'failed':
      return (
        <>
          {button('Try again', () => upload.retry())}
          {button('Dismiss', () => uploads.remove(upload))}
        </>
      );
    default:
      return null;
  }
}
