/**
 * A log stream is two files. `<path>` holds the bytes just as the algorithm wrote them: the algorithm appends to it itself, so no
 * line waits for us and none is lost with us. `<path>.times` says when: records of two 8-byte little-endian numbers, the size
 * of the file and the time (epoch milliseconds) at which it was seen to have that size. A line's time is that of the first record that covers its end.
 */
export const TIME_RECORD_BYTES = 16;
export const timesPath = (path: string) => `${path}.times`;
