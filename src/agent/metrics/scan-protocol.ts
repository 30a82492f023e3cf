/** What is asked of the scan worker: to search the whole lines of a file from `from` on, but nothing behind `to`. */
export interface ScanRequest {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** The regular expressions by the index of their definition; `null` where one isn't to be searched for. */
  readonly definitions: readonly (string | null)[];
}

/** What it answers: how far it got, and what it found, as triples of definition, value and end of the line. */
export interface ScanReply {
  readonly end: number;
  readonly found: Float64Array;
  /** Searching failed, for this definition or for `NO_DEFINITION` in particular; then nothing else here counts. */
  readonly failure?: { readonly definition: number; readonly message: string };
}

/** The memory shared with the worker holds the index of the definition that is being searched for right now, or this. */
export const NO_DEFINITION = -1;
export const WORDS_OF_A_TRIPLE = 3;
