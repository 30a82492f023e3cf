import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../src/clock/system-clock.ts';
import { registrySource } from '../src/executors/process/images/image-source.ts';
import { UnpackedImages } from '../src/executors/process/images/unpacked-images.ts';
import { imageSettings } from '../src/images/image-settings.ts';
import { BenchServer, withFolder } from './bench-server.ts';
import { jobRequest, startOf } from './job.ts';
import { type Benchmark, mebibytesPerSecond, milliseconds, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const STARTS = 25;
const PULLS = 5;
const MiB = 1024 * 1024;
/** What a usual image holds, small: a few large libraries and many small files. */
const LARGE_FILES = 16;
const LARGE_FILE = 16 * MiB;
const SMALL_FILES = 10_000;
const SMALL_FILE = 8 * 1024;
const MOST_ADDED_MS = 60;
/** The time, in seconds since the epoch. By its path: the shell of busybox prefers a date of its own. */
const COMMAND = ['/bin/sh', '-c', '/bin/date +%s.%N'];

/** An image from a registry against this machine itself as the image, and its pull against Podman's. */
export const images: Benchmark = {
  name: 'images',
  run: (progress) =>
    withFolder(async (folder) => {
      const registry = await startRegistry(folder);
      try {
        const small = push(folder, registry.host, 'small', 0, 0);
        const start = await startOfJobs(folder, small);
        progress('starts measured');
        const large = push(folder, registry.host, 'large', LARGE_FILES, SMALL_FILES);
        return [start, await pulls(folder, large)];
      } finally {
        registry.stop();
      }
    }),
};

/** The image stands unpacked; what is left is to look its tag up, and to mount its root. */
async function startOfJobs(folder: string, image: string): Promise<Result> {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const server = await BenchServer.start({ dataDir, instances: 2 });
  try {
    const startIn = (TrainingImage = 'trainyard/host:latest') =>
      startOf(
        server,
        jobRequest(server, [], {
          AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File', ContainerEntrypoint: COMMAND },
        }),
      );
    const inImage: number[] = [];
    const onHost: number[] = [];
    await startIn(image);
    await startIn();
    for (let run = 0; run < STARTS; run++) {
      inImage.push(await startIn(image));
      onHost.push(await startIn());
    }
    const [measured, baseline] = [median(inImage), median(onHost)];
    return {
      name: 'Create → first line, in an image of a registry',
      measured: milliseconds(measured),
      baseline: `${milliseconds(baseline)} (trainyard/host)`,
      ratio: `+${milliseconds(measured - baseline)}`,
      target: `at most +${MOST_ADDED_MS} ms`,
      met: measured - baseline <= MOST_ADDED_MS,
    };
  } finally {
    await server.stop();
  }
}

async function pulls(folder: string, image: string): Promise<Result> {
  const ours: number[] = [];
  const podman: number[] = [];
  for (let run = 0; run < PULLS; run++) {
    ours.push(await ourPull(join(folder, `ours-${run}`), image));
    podman.push(podmanPull(join(folder, `podman-${run}`), image));
  }
  const bytes = LARGE_FILES * LARGE_FILE + SMALL_FILES * SMALL_FILE;
  const [measured, baseline] = [median(ours), median(podman)];
  return {
    name: `Pull of an image, ${Math.round(bytes / MiB)} MiB`,
    measured: mebibytesPerSecond(bytes, measured),
    baseline: `${mebibytesPerSecond(bytes, baseline)} (podman pull)`,
    ratio: times(baseline / measured),
    target: 'at least 0.9×',
    met: baseline / measured >= 0.9,
  };
}

async function ourPull(folder: string, image: string): Promise<number> {
  const settings = imageSettings.parse({});
  const unpacked = new UnpackedImages({ folder, settings, clock: systemClock, log: console.error });
  unpacked.open();
  const started = performance.now();
  await unpacked.bring({
    source: registrySource(image, settings),
    user: folder,
    take: () => {},
    signal: new AbortController().signal,
    downloading: () => {},
  });
  const took = performance.now() - started;
  await unpacked.close();
  rmSync(folder, { recursive: true, force: true });
  return took;
}

function podmanPull(folder: string, image: string): number {
  const store = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
  mkdirSync(folder);
  const started = performance.now();
  execFileSync('podman', [...store, 'pull', '--quiet', '--tls-verify=false', image], { stdio: 'pipe' });
  const took = performance.now() - started;
  execFileSync('podman', [...store, 'system', 'reset', '--force'], { stdio: 'pipe' });
  return took;
}

/** Makes an image and puts it into the registry. Returns its name. */
function push(folder: string, host: string, name: string, largeFiles: number, smallFiles: number): string {
  const layout = join(folder, `${name}.layout`);
  const files = join(folder, `${name}.files`);
  mkdirSync(join(files, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(files, 'bin/busybox'));
  symlinkSync('busybox', join(files, 'bin/sh'));
  bringProgram('/bin/date', files);
  for (let i = 0; i < largeFiles; i++) writeFileSync(join(files, `large-${i}`), compressible(LARGE_FILE));
  for (let i = 0; i < smallFiles; i++) {
    const place = join(files, 'lib', String(i % 100));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, String(i)), compressible(SMALL_FILE));
  }
  const image = `${layout}:it`;
  const run = (program: string, ...words: string[]) => execFileSync(program, words, { stdio: 'pipe' });
  run('umoci', 'init', '--layout', layout);
  run('umoci', 'new', '--image', image);
  run('umoci', 'insert', '--rootless', '--image', image, files, '/');
  const target = `${host}/${name}:1`;
  run(
    'skopeo',
    '--insecure-policy',
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `oci:${image}`,
    `docker://${target}`,
  );
  for (const made of [layout, files]) rmSync(made, { recursive: true, force: true });
  return target;
}

/** A program of this machine with its libraries: busybox's own `date` knows no nanoseconds. */
function bringProgram(program: string, files: string): void {
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  for (const path of [program, ...[...libraries].map(([, library = '']) => library)]) {
    mkdirSync(join(files, dirname(path)), { recursive: true });
    copyFileSync(path, join(files, path));
  }
}

/** Bytes of which half can be compressed away, as of programs. */
function compressible(size: number): Buffer {
  return Buffer.from(randomBytes(size / 2).toString('hex'), 'latin1');
}

async function startRegistry(folder: string): Promise<{ host: string; stop(): void }> {
  const file = join(folder, 'registry.yml');
  writeFileSync(
    file,
    `version: 0.1\nlog: { level: info }\nstorage: { filesystem: { rootdirectory: ${join(folder, 'registry')} } }\nhttp: { addr: "127.0.0.1:0" }\n`,
  );
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    createInterface(child.stderr).on('line', (line) => {
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { host: `127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') };
}
