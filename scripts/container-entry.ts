/**
 * Compiles the first program of containers for each kind of processor, and writes the programs with the digest of their source
 * into one file of TypeScript. Run it when `entry.c` changes; it needs gcc and gcc-aarch64-linux-gnu.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILERS = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };
const OPTIONS = [
  ...['-Os', '-Wall', '-Wextra', '-Werror', '-std=gnu11', '-ffreestanding', '-fno-stack-protector'],
  ...['-fno-asynchronous-unwind-tables', '-fno-pic', '-fno-tree-loop-distribute-patterns'],
  ...['-nostdlib', '-static', '-no-pie', '-s', '-Wl,--build-id=none', '-Wl,-z,noseparate-code'],
];

const folder = fileURLToPath(new URL('../src/executors/docker/entry/', import.meta.url));
const source = join(folder, 'entry.c');

function compiled(compiler: string): string {
  const scratch = mkdtempSync(join(tmpdir(), 'trainyard-entry-'));
  try {
    const program = join(scratch, 'entry');
    execFileSync(compiler, [...OPTIONS, '-o', program, source], { stdio: 'inherit' });
    return readFileSync(program).toString('base64');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const digest = createHash('sha256').update(readFileSync(source)).digest('hex');
const programs = Object.entries(COMPILERS).map(
  ([kind, compiler]) => `  ${kind}:\n    '${compiled(compiler)}',\n`,
);
writeFileSync(
  join(folder, 'programs.generated.ts'),
  `// Made of entry.c by scripts/container-entry.ts.

/** The SHA-256 of the source that the programs were made of. */
export const SOURCE_DIGEST = '${digest}';

/** ELF programs in base64, by the processor's name as the container engines have it. */
export const PROGRAMS = {
${programs.join('')}} as const;
`,
);
