import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

type Changes = Readonly<Record<string, string | undefined>>;

interface FiltersProps {
  readonly search: RefObject<HTMLInputElement | null>;
  readonly query: URLSearchParams;
  readonly change: (changes: Changes) => void;
}

/** How long a pause in typing begins a search. */
const PAUSE_MS = 200;

const STATUSES: readonly (readonly [string, string, Changes])[] = [
  ['', 'Any status', {}],
  ['InProgress', 'In progress', { status: 'InProgress' }],
  ['Pending', 'Pending', { status: 'InProgress', secondary: 'Pending' }],
  ['Training', 'Training', { status: 'InProgress', secondary: 'Training' }],
  ['Stopping', 'Stopping', { status: 'Stopping' }],
  ['Completed', 'Completed', { status: 'Completed' }],
  ['Failed', 'Failed', { status: 'Failed' }],
  ['Stopped', 'Stopped', { status: 'Stopped' }],
];

/** What is looked for. All of it stands in the address, so that it can be kept and sent. */
export function Filters({ search, query, change }: FiltersProps) {
  const status = query.get('secondary') ?? query.get('status') ?? '';
  const choose = (value: string) => {
    const chosen = STATUSES.find(([name]) => name === value)?.[2] ?? {};
    change({ status: undefined, secondary: undefined, ...chosen });
  };
  return (
    <search class="filters">
      <SearchField input={search} value={query.get('q') ?? ''} onSearch={(q) => change({ q })} />
      <label>
        <span class="hidden">Status</span>
        <select value={status} onChange={(event) => choose(event.currentTarget.value)}>
          {STATUSES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="hidden">Spot</span>
        <select
          value={query.get('spot') ?? ''}
          onChange={(event) => change({ spot: event.currentTarget.value })}
        >
          <option value="">Spot or not</option>
          <option value="true">Spot</option>
          <option value="false">On demand</option>
        </select>
      </label>
      <label>
        <span class="hidden">Order</span>
        <select
          value={`${query.get('order') ?? ''} ${query.get('direction') ?? ''}`.trim()}
          onChange={(event) => {
            const [order, direction] = event.currentTarget.value.split(' ');
            change(order === 'name' ? { order, direction } : { order: undefined, direction: order });
          }}
        >
          <option value="">Newest first</option>
          <option value="ascending">Oldest first</option>
          <option value="name ascending">By name</option>
        </select>
      </label>
      {query.get('type') && (
        <button type="button" onClick={() => change({ type: undefined })} title="Take this filter away">
          {query.get('type')} ✕
        </button>
      )}
    </search>
  );
}

interface SearchFieldProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

function SearchField({ input, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (typed: string) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(typed), PAUSE_MS);
  };
  return (
    <label class="grow">
      <span class="hidden">Search by name, tag or hyperparameter</span>
      <input
        ref={input}
        type="search"
        value={text}
        placeholder="Name, tag or hyperparameter · tag:team=vision · hp:lr=0.1"
        onInput={(event) => type(event.currentTarget.value)}
        spellcheck={false}
      />
    </label>
  );
}
