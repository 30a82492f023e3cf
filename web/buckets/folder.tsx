import { useRef, useState } from 'preact/hooks';
import { Link } from '../router.tsx';
import { useLoaded } from '../server/use-loaded.ts';
import { Confirm } from '../ui/confirm.tsx';
import { formatBytes, formatTime } from '../ui/format.ts';
import { Empty, WhenLoaded } from '../ui/states.tsx';
import { type DroppedFile, droppedFiles } from './dropped-files.ts';
import { bucketPlace, deleteObject, downloadUrl, type Listing, listFolder } from './s3.ts';
import { uploads, useStored } from './uploads.ts';

interface FolderProps {
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
}

/** What is in a folder of a bucket, and the place to drop more. */
export function Folder({ bucket, prefix }: FolderProps) {
  const [pages, setPages] = useState<readonly string[]>([]);
  const listing = useLoaded(async (): Promise<Listing> => {
    const parts: Listing[] = [await listFolder(bucket, prefix)];
    for (const after of pages) parts.push(await listFolder(bucket, prefix, after));
    const last = parts.at(-1);
    return {
      folders: parts.flatMap(({ folders }) => folders),
      objects: parts.flatMap(({ objects }) => objects),
      ...(last?.next !== undefined && { next: last.next }),
    };
  }, [bucket, prefix, pages]);
  const add = (files: readonly DroppedFile[]) => uploads.add(bucket, prefix, files);
  useStored(bucket, prefix, listing.reload);
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(add);
  };
  return (
    <section
      class={`folder ${isOver ? 'dropping' : ''}`}
      aria-label="Folder"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setOver(false);
      }}
      onDrop={drop}
    >
      <div class="bar">
        <Crumbs bucket={bucket} prefix={prefix} />
        <span class="space" />
        {listing.value && <Pick onFiles={add} />}
      </div>
      <WhenLoaded
        of={listing}
        missing={
          <Empty>
            There is no bucket of this name. <Link to="buckets">All buckets</Link>
          </Empty>
        }
      >
        {({ folders, objects, next }) => (
          <>
            {folders.length + objects.length === 0 ? (
              <Empty>Nothing is here. Drop files or folders to upload them.</Empty>
            ) : (
              <>
                <Contents {...{ bucket, prefix, folders, objects }} reload={listing.reload} />
                <p class="quiet">Files and folders that are dropped here are uploaded to this folder.</p>
              </>
            )}
            {next !== undefined && (
              <button type="button" onClick={() => setPages([...pages, next])}>
                More
              </button>
            )}
          </>
        )}
      </WhenLoaded>
    </section>
  );
}

function Crumbs({ bucket, prefix }: FolderProps) {
  const steps = prefix.split('/').filter((step) => step !== '');
  return (
    <nav class="crumbs" aria-label="Place">
      <Link to="buckets">Buckets</Link> /{' '}
      <h1>
        <Link to={bucketPlace(bucket)}>{bucket}</Link>
      </h1>
      {steps.map((step, index) => (
        <span key={steps.slice(0, index + 1).join('/')}>
          {' '}
          / <Link to={bucketPlace(bucket, `${steps.slice(0, index + 1).join('/')}/`)}>{step}</Link>
        </span>
      ))}
    </nav>
  );
}

/** The same as dropping, for the keyboard. */
function Pick({ onFiles }: { readonly onFiles: (files: readonly DroppedFile[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])].map((file) => ({ path: file.name, file })));
          // The same file may be chosen once more.
          currentTarget.value = '';
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>
        Upload files
      </button>
    </>
  );
}

interface ContentsProps extends FolderProps, Pick_<Listing, 'folders' | 'objects'> {
  readonly reload: () => void;
}
type Pick_<Of, Names extends keyof Of> = { readonly [Name in Names]: Of[Name] };

const Contents = ({ bucket, prefix, folders, objects, reload }: ContentsProps) => (
  <table class="listing">
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col" class="number">
          Size
        </th>
        <th scope="col">Changed</th>
        <th scope="col">
          <span class="hidden">Delete</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {folders.map((folder) => (
        <tr key={folder}>
          <td colSpan={4} class="breaks">
            <Link to={bucketPlace(bucket, folder)}>{folder.slice(prefix.length)}</Link>
          </td>
        </tr>
      ))}
      {objects.map(({ key, size, changed }) => (
        <tr key={key}>
          <td class="breaks">
            <a href={downloadUrl(bucket, key)} download="">
              {key.slice(prefix.length) || key}
            </a>
          </td>
          <td class="number">{formatBytes(size)}</td>
          <td class="quiet when">{formatTime(Date.parse(changed))}</td>
          <td class="number">
            <Confirm
              action="Delete"
              question={`Delete ${key}?`}
              run={() => deleteObject(bucket, key).then(reload)}
            />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
