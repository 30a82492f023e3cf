import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interruption } from './interruption.ts';

function recorded(delayMs: number) {
  const said: string[] = [];
  const say = (what: string) => () => void said.push(what);
  const options = { delayMs, onFirst: say('first'), onStop: say('stop'), onLeave: say('leave') };
  return { said, interruption: new Interruption(options) };
}

test('one Ctrl-C stops the job when its time is over, a later one leaves it', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { said, interruption } = recorded(2000);
  interruption.press(0);
  t.mock.timers.tick(1999);
  assert.deepEqual(said, ['first']);
  t.mock.timers.tick(1);
  assert.deepEqual(said, ['first', 'stop']);
  interruption.press(5000);
  assert.deepEqual(said, ['first', 'stop', 'leave']);
});

test('two leave the job running', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { said, interruption } = recorded(2000);
  interruption.press(0);
  interruption.press(500);
  t.mock.timers.tick(5000);
  assert.deepEqual(said, ['first', 'leave']);
});

test('a press that comes twice is one', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { said, interruption } = recorded(2000);
  interruption.press(0);
  interruption.press(3);
  t.mock.timers.tick(2000);
  assert.deepEqual(said, ['first', 'stop']);
});
