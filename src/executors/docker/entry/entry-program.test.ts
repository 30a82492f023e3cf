import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { entryProgram, isEntryKind } from './entry-program.ts';
import { SOURCE_DIGEST } from './programs.generated.ts';

/** What stands in an ELF header, as container engines call the processors. */
const MACHINES = { amd64: 62, arm64: 183 } as const;

test('the programs are made of the source as it is', () => {
  const source = readFileSync(new URL('entry.c', import.meta.url));
  const digest = createHash('sha256').update(source).digest('hex');
  assert.equal(digest, SOURCE_DIGEST, 'entry.c has changed: run scripts/container-entry.ts');
});

for (const kind of ['amd64', 'arm64'] as const) {
  test(`the program for ${kind} is one, and needs no library`, () => {
    const program = entryProgram(kind);
    assert.equal(program.toString('latin1', 0, 4), '\x7fELF');
    const EXECUTABLE = 2;
    assert.equal(program.readUInt16LE(16), EXECUTABLE);
    assert.equal(program.readUInt16LE(18), MACHINES[kind]);
    const PROGRAM_INTERPRETER = 3;
    const [at, size, count] = [
      Number(program.readBigUInt64LE(32)),
      program.readUInt16LE(54),
      program.readUInt16LE(56),
    ];
    const segments = Array.from({ length: count }, (_, i) => program.readUInt32LE(at + i * size));
    assert.equal(segments.includes(PROGRAM_INTERPRETER), false);
  });
}

test('there is none for other processors', () => {
  assert.equal(isEntryKind('riscv64'), false);
  assert.equal(isEntryKind('toString'), false);
});
