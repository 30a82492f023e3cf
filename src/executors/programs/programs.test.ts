import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as entry from '../docker/entry/programs.generated.ts';
import * as launcher from '../process/launcher/programs.generated.ts';

/** What stands in an ELF header, as container engines call the processors. */
const MACHINES = { amd64: 62, arm64: 183 } as const;
const MADE = { '../docker/entry/entry.c': entry, '../process/launcher/launcher.c': launcher };

for (const [source, { SOURCE_DIGEST, PROGRAMS }] of Object.entries(MADE)) {
  describe(`the programs made of ${source}`, () => {
    test('are made of it as it is', () => {
      const digest = createHash('sha256');
      for (const file of ['kernel.h', source]) digest.update(readFileSync(new URL(file, import.meta.url)));
      assert.equal(
        digest.digest('hex'),
        SOURCE_DIGEST,
        `${source} has changed: run scripts/small-programs.ts`,
      );
    });

    for (const kind of ['amd64', 'arm64'] as const) {
      test(`need no library on ${kind}`, () => {
        const program = Buffer.from(PROGRAMS[kind], 'base64');
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
  });
}
