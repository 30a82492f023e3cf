/** A metric definition's regular expression that can't be used, with a cause that a client can read. */
export class MetricRegexError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MetricRegexError';
  }
}
