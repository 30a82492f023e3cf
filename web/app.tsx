import { useEffect } from 'preact/hooks';
import { BucketsPage } from './buckets/buckets-page.tsx';
import { UploadList } from './buckets/upload-list.tsx';
import { ComparePage } from './compare/compare-page.tsx';
import { CreatePage } from './create/create-page.tsx';
import { JobPage } from './job/job-page.tsx';
import { JobsPage } from './jobs/jobs-page.tsx';
import { Link, ROOT, usePlace } from './router.tsx';
import { send } from './server/ask.ts';
import { Empty } from './ui/states.tsx';

/** The page: where one can go, and where one is. */
export function App() {
  const { path } = usePlace();
  const [section = '', ...rest] = path.split('/').map(decodeURIComponent);
  const name = rest.join('/');
  useEffect(() => {
    document.title = [...(name ? [name] : section ? [section] : []), 'Trainyard'].join(' · ');
  }, [section, name]);
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="top">
        <nav aria-label="Main">
          <Link to="" class="home">
            Trainyard
          </Link>
          <Link to="" aria-current={section === '' || section === 'jobs' ? 'page' : undefined}>
            Jobs
          </Link>
          <Link to="create" aria-current={section === 'create' ? 'page' : undefined}>
            Create
          </Link>
          <Link to="buckets" aria-current={section === 'buckets' ? 'page' : undefined}>
            Buckets
          </Link>
        </nav>
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <Section section={section} name={name} />
      </main>
      <UploadList />
    </>
  );
}

function Section({ section, name }: { readonly section: string; readonly name: string }) {
  switch (section) {
    case '':
      return <JobsPage />;
    case 'jobs':
      return name ? <JobPage key={name} name={name} /> : <JobsPage />;
    case 'compare':
      return <ComparePage />;
    case 'create':
      return <CreatePage />;
    case 'buckets':
      return <BucketsPage place={name} />;
    default:
      return (
        <>
          <h1>There is no such page</h1>
          <Empty>
            <Link to="">All jobs</Link>
          </Empty>
        </>
      );
  }
}

async function signOut(): Promise<void> {
  await send('sign-out', { method: 'POST' });
  location.assign(`${ROOT}sign-in`);
}
