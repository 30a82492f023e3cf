import { parseS3Uri } from '../../objects/object-storage.ts';
import { downloadFault } from './channel.ts';

/** The objects that a manifest names (training contract §2.2). */
export interface Manifest {
  readonly bucket: string;
  readonly prefix: string;
  /** In the manifest's order, each once. */
  readonly keys: readonly string[];
}

/**
 * Reads a ManifestFile: `[{"prefix": "s3://bucket/some/prefix/"}, "a", "b/c", …]`. `where` names it in the texts of errors, which are
 * ClientErrors. An object that is named twice is in the channel once: the manifest is "the complete set" of its data (API reference,
 * S3DataSource).
 */
export function parseManifest(text: string, where: string): Manifest {
  const [first, ...rest] = entriesOf(text, where);
  const { bucket, prefix } = prefixOf(first, where);
  const keys = rest.map((entry, at) => {
    if (typeof entry === 'string' && entry !== '') return `${prefix}${entry}`;
    throw downloadFault(`${where}: entry ${at + 1} must be the rest of a key, not ${shown(entry)}`);
  });
  if (keys.length === 0) throw downloadFault(`${where} names no objects after its prefix`);
  return { bucket, prefix, keys: [...new Set(keys)] };
}

function entriesOf(text: string, where: string): unknown[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (error) {
    throw downloadFault(`${where} is not JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(entries)) return entries;
  throw downloadFault(`${where} must be a JSON array, not ${shown(entries)}`);
}

function prefixOf(entry: unknown, where: string): { bucket: string; prefix: string } {
  const prefix = isRecord(entry) ? entry.prefix : undefined;
  if (typeof prefix !== 'string' || prefix === '') {
    throw downloadFault(`${where}: entry 0 must be {"prefix": "s3://bucket/…"}, not ${shown(entry)}`);
  }
  try {
    const { bucket, key } = parseS3Uri(prefix);
    return { bucket, prefix: key };
  } catch {
    throw downloadFault(`${where}: entry 0 has a prefix that is not an S3 URI: ${shown(prefix)}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The beginning of a value, as JSON. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
