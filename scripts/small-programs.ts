/**
 * Compiles the programs that need no library, the first of containers and the one that launches sandboxes, for each kind of processor.
 * Each is written into a file of TypeScript beside its source, with the digest of that. Run it when one of them changes, or
 * `src/executors/programs/kernel.h`; it needs gcc and gcc-aarch64-linux-gnu.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILERS = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };
const OPTIONS = [
  ...['-Os', '-Wall', '-Wextra', '-Werror', '-std=gnu11', '-ffreestanding', '-fno-stack-protector'],
  ...['-fno-asynchronous-unwind-tables', '-fno-pic', '-fno-tree-loop-distribute-patterns'],
  ...['-nostdlib', '-static', '-no-pie', '-s', '-Wl,--build-id=none', '-Wl,-z,noseparate-code'],
];

const SOURCES = ['docker/entry/entry.c', 'process/launcher/launcher.c'];

const executors = fileURLToPath(new URL('../src/executors/', import.meta.url));
const kernel = readFileSync(join(executors, 'programs/kernel.h'));

function compiled(compiler: string, source: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'trainyard-programs-'));
  try {
    const program = join(scratch, 'program');
    execFileSync(compiler, [...OPTIONS, '-o', program, source], { stdio: 'inherit' });
    return readFileSync(program).toString('base64');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

for (const name of SOURCES) {
  const source = join(executors, name);
  const digest = createHash('sha256').update(kernel).update(readFileSync(source)).digest('hex');
  const programs = Object.entries(COMPILERS).map(
    ([kind, compiler]) => `  ${kind}:\n    '${compiled(compiler, source)}',\n`,
  );
  writeFileSync(
    join(dirname(source), 'programs.generated.ts'),
    `// Made of ${basename(source)} by scripts/small-programs.ts.

/** The SHA-256 of the sources that the programs were made of: kernel.h and that file. */
export const SOURCE_DIGEST = '${digest}';

/** ELF programs in base64, by the processor's name as the container engines have it. */
export const PROGRAMS = {
${programs.join('')}} as const;
`,
  );
}
