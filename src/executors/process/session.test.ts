import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type SessionPlace, sessionCases, sessionIn, shell } from '../testing/session-cases.fixture.ts';
import { instance, skip, started } from './sandbox-fixture.ts';
import { exportLines } from './session-script.ts';

const place: SessionPlace = {
  async start(t, wanted) {
    const running = await started(t, instance(t, wanted));
    t.after(async () => {
      await running.stop(0);
      await running.ended;
    });
    return running;
  },
  noTerminals: existsSync('/usr/bin/script') ? false : 'there is no script(1)',
};

describe('in a sandbox', { skip }, () => {
  sessionCases(place);

  it('a session has no capability, and no way to gain one', async (t) => {
    const { output } = await sessionIn(place, t, shell('grep -E "^(Cap|NoNew)" /proc/self/status'));
    const said = await text(output);
    assert.deepEqual(said.match(/Cap(Inh|Prm|Eff|Amb):\t0{16}/g)?.length, 4, said);
    if (process.getuid?.() === 0) assert.match(said, /NoNewPrivs:\t1/);
  });
});

it('variables come through a shell as they are', async (t) => {
  const { execFileSync } = await import('node:child_process');
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(value, (text) => {
      const script = `${exportLines({ VALUE: text })}printf %s "$VALUE"`;
      assert.equal(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }), text);
    }),
    { numRuns: 50 },
  );
  assert.equal(exportLines({ 'BASH_FUNC_x%%': 'rm' }), '');
  t.diagnostic('a name that no shell can set is left out');
});
