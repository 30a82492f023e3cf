import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Where the page lives on the server. */
export const ROOT = '/_trainyard/';

/** A place of the page. */
export interface Place {
  /** Below the root, without its slashes at the ends, not decoded: `jobs/my-job`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
addEventListener('popstate', tell);

/** The place that the address bar shows now. */
export const here = (): Place => ({
  path: location.pathname.slice(ROOT.length).replace(/^\/+|\/+$/g, ''),
  query: new URLSearchParams(location.search),
});

/** The place that the address bar shows. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const listener = () => setPlace(here());
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return place;
}

/** Goes to a place (`jobs/my-job?tab=log`). `replace`: in the place of this one, which Back then does not lead to. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', ROOT + to);
  else history.pushState(null, '', ROOT + to);
  tell();
}

/** This place with other parameters; those that are undefined are taken away. */
export function withQuery(place: Place, changes: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(place.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  return query.size > 0 ? `${place.path}?${query}` : place.path;
}

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly tabIndex?: number;
  readonly 'aria-current'?: 'page' | undefined;
  readonly 'aria-label'?: string;
}

/** A link within the page. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={ROOT + to} onClick={follow}>
      {children}
    </a>
  );
}

export const jobPlace = (name: string, tab?: string): string =>
  `jobs/${encodeURIComponent(name)}${tab ? `?tab=${tab}` : ''}`;
