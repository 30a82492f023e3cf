import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type BenchServer, withServer } from './bench-server.ts';
import { create, ended, jobRequest } from './job.ts';
import { type Benchmark, milliseconds, perSecond, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const TRAINYARD = fileURLToPath(new URL('../bin/trainyard.js', import.meta.url));
const LINES = 1_000_000;
const WRITE = ['/usr/bin/seq', '-f', 'epoch %.0f: the loss is small', '1', String(LINES)];
const RUNS = 3;
const LEAST_RATE = 100_000;
const MOST_MEMORY = 256 * 2 ** 20;
const TICKS = 24;
const LIMIT_MS = 300;

type Printing = ChildProcessByStdio<null, Readable, null>;

/** What a person waits for who reads a log in the terminal: all of a long one, and a new line of one that is followed. */
export const terminal: Benchmark = {
  name: 'terminal',
  run: (progress) =>
    withServer({ instances: 1 }, async (server) => {
      const name = await create(server.sagemaker, jobRequest(server, WRITE));
      await ended(server.sagemaker, name);
      const path = logFile(server);
      const runs = [];
      for (let run = 0; run < RUNS; run++) {
        const bare = await read(spawn('cat', [path], PIPED));
        runs.push({ bare, ours: await read(trainyard(server, 'logs', name)) });
        progress(`${run + 1} of ${RUNS} times ${LINES.toLocaleString('en')} lines`);
      }
      const rate = LINES / (median(runs.map(({ ours }) => ours.ms)) / 1000);
      const bareRate = LINES / (median(runs.map(({ bare }) => bare.ms)) / 1000);
      const memory = Math.max(...runs.map(({ ours }) => ours.memory));
      return [
        {
          name: `trainyard logs, ${LINES.toLocaleString('en')} lines`,
          measured: perSecond(rate),
          baseline: `${perSecond(bareRate)} (cat)`,
          ratio: times(rate / bareRate),
          target: `at least ${perSecond(LEAST_RATE)}`,
          met: rate >= LEAST_RATE,
        },
        limited(
          'trainyard logs, the most memory it has meanwhile',
          memory / 2 ** 20,
          MOST_MEMORY / 2 ** 20,
          mebibytes,
        ),
        limited(
          'trainyard logs -f, line written → on the terminal',
          median(await delays(server)),
          LIMIT_MS,
          milliseconds,
        ),
      ];
    }),
};

const PIPED = { stdio: ['ignore', 'pipe', 'inherit'] } satisfies { stdio: ['ignore', 'pipe', 'inherit'] };
const mebibytes = (value: number): string => `${Math.round(value)} MiB`;

/** A result that has a limit and no baseline. */
const limited = (
  name: string,
  measured: number,
  limit: number,
  words: (value: number) => string,
): Result => ({
  ...{ name, measured: words(measured), baseline: `${words(limit)} (limit)` },
  ratio: times(measured / limit),
  target: `at most ${words(limit)}`,
  met: measured <= limit,
});

function trainyard({ dataDir }: BenchServer, ...words: readonly string[]): Printing {
  return spawn(process.execPath, [TRAINYARD, ...words, '--data-dir', dataDir], PIPED);
}

/** The file that the algorithm has written. */
function logFile({ dataDir }: BenchServer): string {
  const root = join(dataDir, 'logs');
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sized = files.map(({ parentPath, name }) => ({
    path: join(parentPath, name),
    size: readFileSync(join(parentPath, name)).length,
  }));
  const [largest] = sized.sort((a, b) => b.size - a.size);
  if (!largest) throw new Error(`there is no log in ${root}`);
  return largest.path;
}

/** Reads all that a command prints. How long it took, and the most memory that the command had, in bytes. */
async function read(child: Printing): Promise<{ readonly ms: number; readonly memory: number }> {
  const started = performance.now();
  const exited = once(child, 'exit');
  let [lines, memory] = [0, 0];
  for await (const chunk of child.stdout) {
    lines += lineFeedsIn(chunk);
    memory = Math.max(memory, peakOf(child.pid));
  }
  const [code] = await exited;
  if (code !== 0 || lines !== LINES)
    throw new Error(`${lines} lines were printed, with the exit code ${code}`);
  return { ms: performance.now() - started, memory };
}

function lineFeedsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // It has ended.
  }
}

/** Milliseconds from the time that a line tells to when a terminal has it. */
async function delays(server: BenchServer): Promise<number[]> {
  const script = `for i in $(seq ${TICKS}); do echo at $(date +%s%3N); sleep 0.37; done`;
  const name = await create(server.sagemaker, jobRequest(server, ['/bin/sh', '-c', script]));
  const line = `'${process.execPath}' '${TRAINYARD}' logs -f ${name} --data-dir '${server.dataDir}'`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], PIPED);
  const found: number[] = [];
  let rest = '';
  for await (const chunk of child.stdout) {
    const now = Date.now();
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    const told = lines.flatMap((each) => /^at (\d+)/.exec(each)?.[1] ?? []);
    // What was written before the command was there has not waited for it.
    if (found.length > 0 || told.length === 1) found.push(...told.map((at) => now - Number(at)));
  }
  return found.slice(1);
}
