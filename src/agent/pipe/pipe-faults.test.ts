import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { patternBytes } from '../../objects/embedded/temporary-store.fixture.ts';
import { JobFault } from '../../training/fault.ts';
import { never } from '../testing/test-instance.fixture.ts';
import { feederOf, left, MIB, pipeJob, pipePlace } from './testing/pipe-place.fixture.ts';
import { PipeReader, readEpoch } from './testing/pipe-reader.fixture.ts';

const fault =
  (kind: string, ...words: string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof JobFault, String(error));
    assert.equal(error.kind, kind, error.message);
    for (const word of words) assert.ok(error.message.includes(word), error.message);
    return true;
  };

describe('a server that is killed', () => {
  test('while an epoch is being read: not a byte is lost or doubled, and the next epoch follows', async (t) => {
    const place = await pipePlace(t, pipeJob());
    // More than is asked for ahead of the reader.
    const pattern = patternBytes(20 * MIB);
    const contents = Array.from({ length: 5 }, (_, n) => Buffer.concat([Buffer.of(n), pattern]));
    for (const [n, content] of contents.entries()) place.storage.put('data', `p/${n}`, content);
    const whole = Buffer.concat(contents);
    const afterCrash = Promise.withResolvers<void>();
    const readSome = Promise.withResolvers<void>();
    const trained = place.run(async () => {
      const reader = await PipeReader.open(place.fifo(0));
      const first = await reader.next();
      readSome.resolve();
      await afterCrash.promise;
      assert.ok(Buffer.concat([first ?? Buffer.of(), await reader.rest()]).equals(whole));
      assert.ok((await readEpoch(place.fifo(1))).equals(whole));
    });
    trained.catch(() => {});
    await readSome.promise;
    const next = place.crash();
    const feeder = feederOf(place.home);
    const end = next.train();
    afterCrash.resolve();
    assert.equal((await end).exit.kind, 'exited');
    assert.equal(feederOf(place.home), feeder, 'a second feeder');
  });

  test('after the algorithm’s end: the feeder that we ended is not taken for one that was killed', async (t) => {
    const place = await pipePlace(t, pipeJob());
    place.storage.put('data', 'p/a', 'a');
    await place.run(async () => {
      await readEpoch(place.fifo(0));
    });
    assert.deepEqual(left(place.folder), []);
    assert.equal((await place.crash().train()).exit.kind, 'exited');
  });
});

describe('what can not be delivered', () => {
  /** Reads the epoch until the algorithm is asked to end. Whatever happens, it must not look as if the epoch had an end. */
  async function readUntilStopped(place: Awaited<ReturnType<typeof pipePlace>>, then: () => void = () => {}) {
    const stopped = Promise.withResolvers<PipeReader>();
    place.runtime.script = async ({ stopped: asked }) => {
      const reader = await PipeReader.open(place.fifo(0));
      await reader.next();
      then();
      void reader.rest();
      await asked;
      stopped.resolve(reader);
      return 143;
    };
    await place.agent().prepare(never());
    const trained = place.agent().train();
    trained.catch(() => {});
    const reader = await stopped.promise;
    assert.equal(reader.ended, false, 'the reader was told that the epoch is over');
    return { trained, reader };
  }

  test('an object that has changed fails the job with its key, and its reader waits to be ended', async (t) => {
    const place = await pipePlace(t, pipeJob());
    place.storage.put('data', 'p/a', patternBytes(2 * MIB));
    place.storage.put('data', 'p/b', 'old');
    place.storage.onDownload = (key) => {
      if (key === 'p/b') place.storage.put('data', 'p/b', 'new');
    };
    const { trained, reader } = await readUntilStopped(place);
    await assert.rejects(
      trained,
      fault('ClientError', 'Data download failed:', 's3://data/p/b', 'PreconditionFailed'),
    );
    await reader.close();
    assert.ok(place.telemetry.calls.includes('finish'), 'the log was not finished');
  });

  test('an object that is not Gzip fails the job with its key', async (t) => {
    const place = await pipePlace(t, pipeJob({ CompressionType: 'Gzip' }));
    place.storage.put('data', 'p/a', gzipSync(patternBytes(2 * MIB)));
    place.storage.put('data', 'p/b', 'plain text');
    const { trained, reader } = await readUntilStopped(place);
    await assert.rejects(trained, fault('ClientError', 'Data download failed:', 's3://data/p/b', 'Gzip'));
    await reader.close();
  });

  test('a Gzip object that ends too early fails the job with its key', async (t) => {
    const place = await pipePlace(t, pipeJob({ CompressionType: 'Gzip' }));
    place.storage.put('data', 'p/a', gzipSync(patternBytes(4 * MIB)).subarray(0, 2 * MIB));
    const { trained, reader } = await readUntilStopped(place);
    await assert.rejects(trained, fault('ClientError', 's3://data/p/a', 'unexpected end of file'));
    await reader.close();
  });

  test('a feeder that is killed fails the job, and its reader does not see an end', async (t) => {
    const place = await pipePlace(t, pipeJob());
    place.storage.put('data', 'p/a', patternBytes(8 * MIB));
    const kill = () => process.kill(feederOf(place.home), 'SIGKILL');
    const { trained, reader } = await readUntilStopped(place, kill);
    await assert.rejects(
      trained,
      fault('InternalServerError', 'algo-1: the feeder of the channels was killed'),
    );
    await reader.close();
  });

  test('a reference to an object that is not there fails before the algorithm starts', async (t) => {
    const S3DataSource = {
      S3DataType: 'AugmentedManifestFile',
      S3Uri: 's3://data/m',
      AttributeNames: ['x-ref'],
    } as const;
    const place = await pipePlace(t, pipeJob({ DataSource: { S3DataSource } }));
    place.storage.put('data', 'm', '{"x-ref": "s3://data/gone"}');
    await assert.rejects(
      place.agent().prepare(never()),
      fault('ClientError', 'Data download failed:', 's3://data/gone', 'does not exist'),
    );
  });
});

test('a release leaves no process behind, whatever it was doing and whoever asks', async (t) => {
  const place = await pipePlace(t, pipeJob());
  place.storage.put('data', 'p/a', patternBytes(8 * MIB));
  const reading = Promise.withResolvers<void>();
  place.runtime.script = async ({ stopped }) => {
    const reader = await PipeReader.open(place.fifo(0));
    await reader.next();
    reading.resolve();
    await stopped;
    await reader.close();
    return 137;
  };
  await place.agent().prepare(never());
  place
    .agent()
    .train()
    .catch(() => {});
  await reading.promise;
  assert.notDeepEqual(left(place.folder), []);
  await place.crash().release();
  assert.deepEqual(left(place.folder), []);
  assert.equal(existsSync(place.home), false);
});
