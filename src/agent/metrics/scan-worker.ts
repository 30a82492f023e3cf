import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { LONGEST_EVENT_BYTES } from '../../logs/event-bounds.ts';
import { compileMetricRegex, type MetricRegex } from '../../metrics/metric-regex.ts';
import { scanLines } from './scan-lines.ts';
import { NO_DEFINITION, type ScanReply, type ScanRequest } from './scan-protocol.ts';

/** Searched at once: more than the longest line, so that each batch gets on. */
const BATCH_BYTES = 2 * LONGEST_EVENT_BYTES;
const MOST_COMPILED = 1_000;

const progress = new Int32Array(workerData as SharedArrayBuffer);
const batch = Buffer.alloc(BATCH_BYTES);
const compiled = new Map<string, MetricRegex>();

parentPort?.on('message', (request: ScanRequest) => {
  const reply = scan(request);
  parentPort?.postMessage(reply, [reply.found.buffer as ArrayBuffer]);
});

function scan(request: ScanRequest): ScanReply {
  let current = NO_DEFINITION;
  const enter = (definition: number) => {
    current = definition;
    Atomics.store(progress, 0, definition);
  };
  try {
    const bytes = read(request);
    const definitions = request.definitions.map((regex) => (regex === null ? undefined : compile(regex)));
    const { length, found } = scanLines(bytes, definitions, enter);
    const triples = found.flatMap(({ definition, value, end }) => [definition, value, request.from + end]);
    return { end: request.from + length, found: Float64Array.from(triples) };
  } catch (error) {
    // A regular expression may need more stack than there is. What fails before any is searched for is no definition's fault.
    const failure = { definition: current, message: error instanceof Error ? error.message : String(error) };
    return { end: request.from, found: new Float64Array(), failure };
  } finally {
    enter(NO_DEFINITION);
  }
}

function read({ path, from, to }: ScanRequest): Buffer {
  const file = openSync(path, 'r');
  try {
    const wanted = Math.min(BATCH_BYTES, to - from);
    let length = 0;
    while (length < wanted) {
      const count = readSync(file, batch, length, wanted - length, from + length);
      if (count === 0) break;
      length += count;
    }
    return batch.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function compile(regex: string): MetricRegex {
  let metricRegex = compiled.get(regex);
  if (!metricRegex) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    metricRegex = compileMetricRegex(regex);
    compiled.set(regex, metricRegex);
  }
  return metricRegex;
}
