import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { EmbeddedStorage } from '../../objects/embedded/embedded-storage.ts';
import {
  bodyOf,
  named,
  patternBytes,
  plain,
  temporaryStore,
} from '../../objects/embedded/temporary-store.fixture.ts';
import { channel, never, planOf } from '../testing/test-instance.fixture.ts';
import { MIB, pipeJob, pipePlace } from './testing/pipe-place.fixture.ts';
import { PipeReader, readEpoch, until } from './testing/pipe-reader.fixture.ts';
import { readRecords } from './testing/recordio-reader.fixture.ts';

describe('what a reader gets', () => {
  test('the objects in the order of their keys, in as many epochs as it opens', async (t) => {
    const place = await pipePlace(t, pipeJob());
    place.storage.put('data', 'p/', '');
    for (const key of ['c', 'a', 'b/x']) place.storage.put('data', `p/${key}`, `<${key}>`);
    const epochs: string[] = [];
    await place.run(async () => {
      for (let epoch = 0; epoch < 3; epoch++) {
        if (epoch === 0) assert.ok((await stat(place.fifo(0))).isFIFO());
        else await until('the next FIFO is there', () => existsSync(place.fifo(epoch)));
        assert.equal(existsSync(place.fifo(epoch + 1)), false, 'a FIFO before its time');
        epochs.push(String(await readEpoch(place.fifo(epoch))));
      }
    });
    assert.deepEqual(epochs, ['<a><b/x><c>', '<a><b/x><c>', '<a><b/x><c>']);
  });

  test('a FIFO and no folder, and Pipe in inputdataconfig.json', async (t) => {
    const plan = pipeJob();
    const place = await pipePlace(t, plan);
    place.storage.put('data', 'p/a', 'a');
    await place.agent().prepare(never());
    assert.deepEqual(await readdir(place.ml(plan, 'input', 'data')), ['train_0']);
    const config = await readFile(place.ml(plan, 'input', 'config', 'inputdataconfig.json'), 'utf8');
    assert.equal(JSON.parse(config).train.TrainingInputMode, 'Pipe');
  });

  test('the mode of the job, and beside it a channel in File mode', async (t) => {
    const plan = planOf({
      AlgorithmSpecification: { TrainingImage: 'toy:latest', TrainingInputMode: 'Pipe' },
      InputDataConfig: [
        channel('train', 's3://data/p/'),
        { ...channel('code', 's3://data/c/'), InputMode: 'File' },
      ],
    });
    const place = await pipePlace(t, plan);
    place.storage.put('data', 'p/a', 'piped');
    place.storage.put('data', 'c/f', 'file');
    await place.run(async () => assert.equal(String(await readEpoch(place.fifo(0))), 'piped'));
    assert.equal(await readFile(place.ml(plan, 'input', 'data', 'code', 'f'), 'utf8'), 'file');
    assert.equal(existsSync(place.ml(plan, 'input', 'data', 'train')), false);
  });

  test('the whole next epoch, after it closed one early, and while it still reads one', async (t) => {
    const place = await pipePlace(t, pipeJob());
    const content = patternBytes(5 * MIB);
    place.storage.put('data', 'p/a', content);
    await place.run(async () => {
      const early = await PipeReader.open(place.fifo(0));
      await early.next();
      await early.close();
      const slow = await PipeReader.open(place.fifo(1));
      const first = await slow.next();
      assert.ok((await readEpoch(place.fifo(2))).equals(content));
      assert.ok(Buffer.concat([first ?? Buffer.of(), await slow.rest()]).equals(content));
    });
  });

  test('what Gzip objects hold, several members and an empty object included', async (t) => {
    const place = await pipePlace(t, pipeJob({ CompressionType: 'Gzip' }));
    const content = patternBytes(3 * MIB);
    place.storage.put('data', 'p/a', Buffer.concat([gzipSync('one, '), gzipSync('two, ')]));
    place.storage.put('data', 'p/b', '');
    place.storage.put('data', 'p/c', gzipSync(content));
    await place.run(async () => {
      const expected = Buffer.concat([Buffer.from('one, two, '), content]);
      assert.ok((await readEpoch(place.fifo(0))).equals(expected));
    });
  });

  for (const CompressionType of ['None', 'Gzip'] as const) {
    test(`a RecordIO record for each object, compressed as ${CompressionType}`, async (t) => {
      const place = await pipePlace(t, pipeJob({ CompressionType, RecordWrapperType: 'RecordIO' }));
      const magic = Buffer.from('0a23d7ce', 'hex');
      const records = [
        Buffer.from('small'),
        Buffer.of(),
        Buffer.concat([patternBytes(3 * MIB), magic, magic]),
      ];
      for (const [at, record] of records.entries()) {
        place.storage.put('data', `p/${at}`, CompressionType === 'Gzip' ? gzipSync(record) : record);
      }
      await place.run(async () => {
        const read = readRecords(await readEpoch(place.fifo(0)));
        assert.deepEqual(
          read.records.map((record, at) => record.equals(records[at] ?? magic)),
          [true, true, true],
        );
      });
    });
  }

  test('the values of an augmented manifest, references as their objects', async (t) => {
    const s3 = {
      S3DataType: 'AugmentedManifestFile',
      S3Uri: 's3://data/manifest.jsonl',
      AttributeNames: ['image-ref', 'label'],
    } as const;
    for (const RecordWrapperType of ['None', 'RecordIO'] as const) {
      const place = await pipePlace(t, pipeJob({ DataSource: { S3DataSource: s3 }, RecordWrapperType }));
      place.storage.put('data', 'i/1', 'image 1');
      place.storage.put('elsewhere', '2', 'image 2');
      place.storage.put(
        'data',
        'manifest.jsonl',
        '{"label": 1, "image-ref": "s3://data/i/1"}\n\n{"image-ref": "s3://elsewhere/2", "label": 0}\n',
      );
      await place.run(async () => {
        const read = await readEpoch(place.fifo(0));
        if (RecordWrapperType === 'None') assert.equal(String(read), 'image 11image 20');
        else assert.deepEqual(readRecords(read).records.map(String), ['image 1', '1', 'image 2', '0']);
      });
    }
  });

  test('an order of its own in each epoch, the same for the same seed', async (t) => {
    const runs: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const place = await pipePlace(t, pipeJob({ ShuffleConfig: { Seed: 3 } }));
      for (let n = 0; n < 20; n++) place.storage.put('data', `p/${n}`, `${n};`);
      await place.run(async () => {
        const epochs: string[] = [];
        for (let epoch = 0; epoch < 3; epoch++) epochs.push(String(await readEpoch(place.fifo(epoch))));
        runs.push(epochs);
      });
    }
    assert.deepEqual(runs[0], runs[1]);
    assert.equal(new Set(runs[0]).size, 3);
    for (const epoch of runs[0] ?? []) assert.equal(new Set(epoch.split(';')).size, 21);
  });
});

describe('objects of the embedded store', () => {
  test('are read from its own files, though they were replaced meanwhile, or are in parts; encrypted ones come too', async (t) => {
    const { store } = temporaryStore(t);
    const place = await pipePlace(t, pipeJob(), { storage: new EmbeddedStorage(store) });
    const [part, last] = [patternBytes(5 * MIB), Buffer.from('the end of it')];
    const upload = store.createUpload({ bucket: 'data', key: 'p/parts' }, plain);
    const stored = [
      named(await store.putPart(upload, 1, bodyOf(part), plain)),
      named(await store.putPart(upload, 2, bodyOf(last), plain)),
    ];
    await store.completeUpload(upload, stored, {});
    await store.put({ bucket: 'data', key: 'p/plain' }, bodyOf('plain'), plain);
    await store.put({ bucket: 'data', key: 'p/secret' }, bodyOf('secret'), {
      ...plain,
      encryption: { kind: 'aws:kms', keyId: 'alias/training' },
    });
    await place.run(async () => {
      assert.equal((await readdir(join(place.home, 'pipe', 'pins'))).length, 3);
      await store.put({ bucket: 'data', key: 'p/plain' }, bodyOf('other'), plain);
      store.delete({ bucket: 'data', key: 'p/parts' });
      const expected = Buffer.concat([part, last, Buffer.from('plainsecret')]);
      assert.ok((await readEpoch(place.fifo(0))).equals(expected));
    });
  });
});
