/** Rearranges bytes into pieces: each but the last has the size that `sizeOf` gives for its number (from 0). No bytes make no piece. */
export async function* gather(
  body: AsyncIterable<Uint8Array>,
  sizeOf: (piece: number) => number,
): AsyncGenerator<Buffer> {
  let number = 0;
  let piece: Buffer | undefined;
  let filled = 0;
  for await (const chunk of body) {
    for (let taken = 0; taken < chunk.length; ) {
      piece ??= Buffer.allocUnsafeSlow(sizeOf(number));
      const part = chunk.subarray(taken, taken + piece.length - filled);
      piece.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < piece.length) continue;
      yield piece;
      number++;
      piece = undefined;
      filled = 0;
    }
  }
  if (piece) yield piece.subarray(0, filled);
}
