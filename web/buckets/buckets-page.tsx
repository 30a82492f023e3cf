import { useState } from 'preact/hooks';
import { go, Link } from '../router.tsx';
import { useLoaded } from '../server/use-loaded.ts';
import { Empty, WhenLoaded } from '../ui/states.tsx';
import { Folder } from './folder.tsx';
import { bucketPlace, createBucket, listBuckets } from './s3.ts';

/** The buckets, or what is in a folder of one. `place`: `bucket/folder`. */
export function BucketsPage({ place }: { readonly place: string }) {
  const [bucket = '', ...path] = place.split('/');
  const folder = path.filter((step) => step !== '').join('/');
  return bucket ? <Folder key={place} bucket={bucket} prefix={folder && `${folder}/`} /> : <Buckets />;
}

function Buckets() {
  const buckets = useLoaded(listBuckets, []);
  return (
    <>
      <div class="bar">
        <h1>Buckets</h1>
        <span class="space" />
        <BucketByName />
      </div>
      <WhenLoaded of={buckets}>
        {(names) =>
          names.length === 0 ? (
            <Empty>There are no buckets. Type a name above to make one.</Empty>
          ) : (
            <ul class="plain-list">
              {names.map((name) => (
                <li key={name}>
                  <Link to={bucketPlace(name)}>{name}</Link>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </>
  );
}

/** Opens a bucket by its name, also where the store does not tell which there are, or makes it. */
function BucketByName() {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const open = () => go(bucketPlace(...placeOf(name)));
  const create = () =>
    createBucket(name).then(
      () => go(bucketPlace(name)),
      (error: Error) => setProblem(error.message),
    );
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        open();
      }}
    >
      <label>
        <span class="hidden">Name of a bucket, or s3://bucket/folder</span>
        <input
          value={name}
          placeholder="Bucket or s3://…"
          required
          onInput={(event) => setName(event.currentTarget.value.trim())}
        />
      </label>
      <button type="submit">Open</button>
      <button type="button" disabled={name === ''} onClick={create}>
        Create
      </button>
      {problem && (
        <span class="complaint" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}

/** `s3://bucket/folder`, or a bucket's name alone. */
function placeOf(text: string): [bucket: string, folder: string] {
  const [bucket = '', ...folder] = text.replace(/^s3:\/\//, '').split('/');
  return [bucket, folder.join('/')];
}
