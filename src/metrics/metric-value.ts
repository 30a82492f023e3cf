/** What Python's `float` takes, as far as it is a finite number. */
const NUMBER = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;

/**
 * The value that a regular expression found, as the 32-bit float in which SageMaker keeps it (training contract §5.1). `undefined`
 * for what isn't a number, is not finite, or is too large.
 */
export function metricValue(text: string): number | undefined {
  const number = text.trim();
  if (!NUMBER.test(number)) return undefined;
  const value = Math.fround(Number(number.replaceAll('_', '')));
  return Number.isFinite(value) ? value : undefined;
}
