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
        <NewBucket />
      </div>
      <WhenLoaded of={buckets}>
        {(names) =>
          names.length === 0 ? (
            <Empty>There are no buckets.</Empty>
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

function NewBucket() {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
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
        void create();
      }}
    >
      <label>
        <span class="hidden">Name of a new bucket</span>
        <input
          value={name}
          placeholder="New bucket"
          required
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Create</button>
      {problem && (
        <span class="complaint" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
