import { formatWord } from './format.ts';

/** What a status means for whoever looks at it. */
const TONES: Readonly<Record<string, string>> = {
  Completed: 'good',
  Failed: 'bad',
  Stopped: 'still',
  MaxRuntimeExceeded: 'still',
  MaxWaitTimeExceeded: 'still',
  Pending: 'waiting',
  Interrupted: 'waiting',
  Stopping: 'waiting',
};

/** A status: its colour, and its word, as not everybody sees the colour. */
export const Status = ({ status }: { readonly status: string }) => (
  <span class={`status ${TONES[status] ?? 'busy'}`}>
    <span class="dot" aria-hidden="true" />
    {formatWord(status)}
  </span>
);
