const MAGIC = 0xced7230a;

/**
 * Reads RecordIO, and checks each frame. The magic word is put back between two parts, but where the first one ends for want of
 * room: it has the longest length there is.
 */
export function readRecords(
  stream: Buffer,
  longestPart = 2 ** 29 - 1,
): { readonly records: Buffer[]; readonly parts: number } {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  const records: Buffer[] = [];
  let parts = 0;
  let record: Buffer[] | undefined;
  for (let at = 0; at < stream.length; parts++) {
    if (stream.readUInt32LE(at) !== MAGIC) throw new Error(`no magic word at ${at}`);
    const word = stream.readUInt32LE(at + 4);
    const kind = word >>> 29;
    const length = word % 2 ** 29;
    const begins = kind === 0 || kind === 1;
    if (begins !== (record === undefined)) throw new Error(`a part of kind ${kind} at ${at}`);
    const payload = stream.subarray(at + 8, at + 8 + length);
    const padding = stream.subarray(at + 8 + length, at + 8 + Math.ceil(length / 4) * 4);
    if (payload.length < length || padding.some((byte) => byte !== 0)) throw new Error(`bad part at ${at}`);
    record = [...(record ?? []), payload];
    if (kind === 0 || kind === 3) {
      records.push(Buffer.concat(record));
      record = undefined;
    } else if (length < longestPart) {
      record.push(magic);
    }
    at += 8 + Math.ceil(length / 4) * 4;
  }
  if (record) throw new Error('the last record has no end');
  return { records, parts };
}
