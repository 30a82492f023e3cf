import type { ComponentChildren } from 'preact';
import { ServerError } from '../server/ask.ts';
import type { Loaded } from '../server/use-loaded.ts';

export const Loading = ({ what = 'Loading' }: { readonly what?: string }) => (
  <p class="quiet state" role="status">
    {what} …
  </p>
);

export const Empty = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="empty state">{children}</div>
);

export const Failure = ({ error, retry }: { readonly error: Error; readonly retry?: () => void }) => (
  <div class="complaint state" role="alert">
    <p>{error.message}</p>
    {retry && (
      <button type="button" onClick={retry}>
        Try again
      </button>
    )}
  </div>
);

interface WhenLoadedProps<Value> {
  readonly of: Loaded<Value>;
  /** In the place of an error that says that there is no such thing. */
  readonly missing?: ComponentChildren;
  readonly children: (value: Value) => ComponentChildren;
}

/** What was loaded, or that it is being loaded, or why it can't be. What came before an error stays. */
export function WhenLoaded<Value>({ of, missing, children }: WhenLoadedProps<Value>) {
  const { value, error, reload } = of;
  if (missing !== undefined && error instanceof ServerError && error.isOfNothing) return <>{missing}</>;
  return (
    <>
      {error && <Failure error={error} retry={reload} />}
      {value !== undefined ? children(value) : !error && <Loading />}
    </>
  );
}
