import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import { type SyncPlace, syncPlace } from './sync-place.fixture.ts';

const names = fc.constantFrom('a', 'b', 'd/c', 'd/e/f', 'g/h', 'draft.sagemaker-ignore');
const folders = fc.constantFrom('d', 'd/e', 'g');
const content = fc.string({ maxLength: 20 });

/** What an algorithm, a store and a machine may do to a synced folder. */
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), path: names, content }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: names }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), path: names, to: names }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: folders }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), path: folders, to: folders }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 150 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), times: fc.nat(8) }) },
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Does to the folder what an action says; what can't be done is not done. */
function act(place: SyncPlace, each: Action): void {
  try {
    if (each.kind === 'write') {
      mkdirSync(dirname(place.path(each.path)), { recursive: true });
      writeFileSync(place.path(each.path), each.content);
    } else if (each.kind === 'remove') {
      rmSync(place.path(each.path), { recursive: true });
    } else if (each.kind === 'rename') {
      mkdirSync(dirname(place.path(each.to)), { recursive: true });
      renameSync(place.path(each.path), place.path(each.to));
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

test('whatever happens, S3 ends as the folder is, and nothing foreign is touched', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const place = syncPlace(t);
      place.storage.put('b', 'ck/d/foreign', 'of another host');
      let failures = 0;
      const mayFail = () => {
        if (failures-- > 0) throw new ObjectStorageError('InternalError', 'as the test wants');
      };
      place.storage.onUpload = mayFail;
      place.storage.onDelete = mayFail;
      let sync = await place.open();
      sync.watch();
      for (const each of actions) {
        if (each.kind === 'wait') await delay(each.ms);
        else if (each.kind === 'fail') failures = each.times;
        else if (each.kind === 'crash') {
          await sync.close();
          sync = await place.open();
          sync.watch();
        } else act(place, each);
      }
      assert.equal(await sync.flush(), undefined);
      await sync.close();
      const here = place.here();
      assert.deepEqual(place.inS3(), { ...here, 'd/foreign': 'of another host' });
      assert.equal(place.storage.get('b', 'outside').toString(), 'not below the prefix');
      for (const path of Object.keys(here)) {
        assert.ok(existsSync(place.path(`${path}.sagemaker-uploaded`)), `${path} has no marker`);
      }
      const files = readdirSync(place.root, { recursive: true, encoding: 'utf8' });
      assert.deepEqual(
        files.filter((path) => path.endsWith('.sagemaker-uploading')),
        [],
      );
    }),
    { numRuns: 25 },
  );
});
