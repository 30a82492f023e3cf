import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { JobDetails, LogStream } from '../../src/web/api/job-details.ts';
import type { Found } from '../../src/web/logs/log-view.ts';
import { go, jobPlace, Link, usePlace, withQuery } from '../router.tsx';
import { ask } from '../server/ask.ts';
import { formatBytes, formatCount, formatPrecise } from '../ui/format.ts';
import { Empty, Loading } from '../ui/states.tsx';
import { type RowsHandle, VirtualRows } from '../ui/virtual-rows.tsx';
import { Coloured } from './coloured.tsx';
import { useLogLines } from './log-lines.ts';

const LINE_PX = 19;

/** The address of a line, counted from 0. */
export const linePlace = (job: string, stream: string, line: number): string =>
  `${jobPlace(job, 'log')}&${new URLSearchParams({ stream, line: String(line + 1) })}`;

/** The logs of a job's hosts. */
export function LogPanel({ job }: { readonly job: JobDetails }) {
  const place = usePlace();
  const named = place.query.get('stream');
  const stream = job.streams.find(({ name }) => name === named) ?? defaultStream(job);
  if (!stream)
    return (
      <Empty>{job.row.endedAt === undefined ? 'Nothing was written yet.' : 'The job wrote nothing.'}</Empty>
    );
  return (
    <div class="log-panel">
      {job.streams.length > 1 && (
        <label>
          <span class="hidden">Host</span>
          <select
            value={stream.name}
            onChange={(event) =>
              go(withQuery(place, { stream: event.currentTarget.value, line: undefined }), { replace: true })
            }
          >
            {job.streams.map((each) => (
              <option key={each.name} value={each.name}>
                {each.host} · {each.name.split('-').at(-1)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Log key={stream.name} job={job.row.name} stream={stream} />
    </div>
  );
}

/** The newest of the first host. */
const defaultStream = ({ streams }: JobDetails): LogStream | undefined =>
  streams.findLast(({ host }) => host === 'algo-1') ?? streams.at(-1);

function Log({ job, stream }: { readonly job: string; readonly stream: LogStream }) {
  const place = usePlace();
  const line = Number(place.query.get('line') ?? 0);
  const { total, isLive, at, want } = useLogLines(stream.name);
  const [follows, setFollows] = useState(line === 0);
  const [mark, setMark] = useState('');
  const rows = useRef<RowsHandle>(null);
  const isReady = total !== undefined;

  useEffect(() => {
    if (isReady && line > 0) rows.current?.show(line - 1);
  }, [line, isReady]);

  const goToLine = useCallback(
    (index: number) => {
      setFollows(false);
      go(withQuery(place, { stream: stream.name, line: String(index + 1) }), { replace: true });
    },
    [place, stream.name],
  );
  return (
    <>
      <div class="bar">
        <LogSearch stream={stream.name} from={line > 0 ? line : 0} onMark={setMark} onFound={goToLine} />
        <span class="space" />
        <span class="quiet" role="status">
          {total === undefined ? '' : `${formatCount(total)} lines`} {isLive ? '· live' : ''}
        </span>
        <label class="check">
          <input
            type="checkbox"
            checked={follows}
            onChange={(event) => setFollows(event.currentTarget.checked)}
          />
          Follow
        </label>
      </div>
      {total === undefined ? (
        <Loading />
      ) : (
        <VirtualRows
          count={total}
          rowHeight={LINE_PX}
          handle={rows}
          onRange={want}
          follow={follows}
          onFollow={(atEnd) => setFollows((before) => (line > 0 && !before ? false : atEnd))}
          class="log"
          minWidth="max-content"
          label={`Log of ${stream.host}`}
          row={(index) => {
            const shown = at(index);
            return (
              <div key={index} class={`log-line ${index + 1 === line ? 'chosen' : ''}`}>
                <Link
                  to={linePlace(job, stream.name, index)}
                  class="line-number"
                  tabIndex={-1}
                  aria-label={`Line ${index + 1}`}
                >
                  {index + 1}
                </Link>
                {shown && (
                  <>
                    <span class="quiet time">{formatPrecise(shown[0])}</span>
                    <Coloured text={shown[1]} mark={mark} />
                    {shown[2] > 0 && <span class="quiet"> … {formatBytes(shown[2])} more</span>}
                  </>
                )}
              </div>
            );
          }}
        />
      )}
    </>
  );
}

interface LogSearchProps {
  readonly stream: string;
  /** Where the next search begins. */
  readonly from: number;
  readonly onMark: (text: string) => void;
  readonly onFound: (line: number) => void;
}

/** Looks for a text in the whole log, on the server. Enter leads to the next line that has it, from the end to the beginning. */
function LogSearch({ stream, from, onMark, onFound }: LogSearchProps) {
  const [text, setText] = useState('');
  const [told, setTold] = useState('');
  const search = async () => {
    onMark(text);
    if (text === '') return setTold('');
    setTold('Searching …');
    const next = (await firstFrom(stream, text, from)) ?? (await firstFrom(stream, text, 0));
    setTold(next === undefined ? 'Nowhere in this log' : '');
    if (next !== undefined) onFound(next);
  };
  return (
    <search class="log-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void search().catch((error: Error) => setTold(error.message));
        }}
      >
        <label>
          <span class="hidden">Search in the log</span>
          <input
            type="search"
            value={text}
            placeholder="Search, Enter for the next"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Next</button>
        <span class="quiet" role="status">
          {told}
        </span>
      </form>
    </search>
  );
}

/** The first line from one on that has the text. A search of a large log comes in parts. */
async function firstFrom(stream: string, text: string, from: number): Promise<number | undefined> {
  for (let first: number | undefined = from; first !== undefined; ) {
    const found: Found = await ask<Found>('log/search', { stream, q: text, first, most: 1 });
    if (found.lines[0] !== undefined) return found.lines[0];
    first = found.next;
  }
  return undefined;
}
