import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveLine } from './live-line.ts';
import { progressText } from './progress.ts';

test('the bar fills with what is done, and is full when there is nothing to do', () => {
  assert.equal(
    progressText('uploading x', { done: 1_200_000, total: 3_600_000 }),
    'uploading x  [########················]   33%  1.2 MB of 3.6 MB',
  );
  assert.match(progressText('x', { done: 0, total: 0 }), /\[#{24}\] {2}100%/);
  assert.match(progressText('x', { done: 9, total: 6 }), /\[#{24}\] {2}100%/);
});

test('a live line is cut, gives way to lines above it, and comes back', () => {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const line = new LiveLine({ isTTY: true, columns: 8, write: write as typeof process.stdout.write });
  line.show('Training 12s');
  line.above(() => write('log\n'));
  line.remove();
  line.above(() => write('end\n'));
  assert.equal(written, '\r\x1b[2KTraini…\r\x1b[2Klog\nTraini…\r\x1b[2Kend\n');
});

test('there is no live line where there is no terminal', () => {
  const line = new LiveLine({ write: () => assert.fail('nothing is written') });
  line.show('Training');
  line.remove();
  assert.equal(line.isShown, false);
});
