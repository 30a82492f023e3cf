const BASIC_FORMAT = /^\d{8}T\d{6}Z$/;

/** Milliseconds since the epoch of `20260131T235959Z` (ISO 8601's basic format), or undefined where it isn't one. */
export function parseAmzDate(text: string): number | undefined {
  if (!BASIC_FORMAT.test(text)) return undefined;
  return Date.UTC(
    Number(text.slice(0, 4)),
    Number(text.slice(4, 6)) - 1,
    Number(text.slice(6, 8)),
    Number(text.slice(9, 11)),
    Number(text.slice(11, 13)),
    Number(text.slice(13, 15)),
  );
}

/** The instant in ISO 8601's basic format, to the second: `20260131T235959Z`. */
export function formatAmzDate(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}
