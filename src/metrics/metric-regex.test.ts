import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileMetricRegex } from './metric-regex.ts';
import { MetricRegexError } from './metric-regex-error.ts';

const valueIn = (regex: string, text: string, escaped?: string) =>
  compileMetricRegex(regex).valueIn({ text, escaped, isAscii: /^[\0-\x7f]*$/.test(text) });

/** Pattern, line, value. What Python's `re.search` finds; tried with CPython. */
const FOUND: readonly (readonly [string, string, number])[] = [
  ['loss: ([0-9\\.]+)', 'epoch 1 loss: 0.5', 0.5],
  ['.*\\[loss=(\\S+)\\].*', 'x [loss=1] [loss=2]', 2],
  ['.*?\\[loss=(\\S+?)\\].*', 'x [loss=1] [loss=2]', 1],
  ['.+=(\\d)', 'a=1 b=2', 2],
  ['.*b=(\\d)|c=(\\d)', 'c=5 b=7', 7],
  ['(?P<value>-?\\d+)', 'at -12', -12],
  ['(?P<q>["\'])(?:x)(?P=q)|([a-z])', '"x"', Number.NaN],
  ['(?i)LOSS=(\\d+)', 'loss=3', 3],
  ['(?i:LOSS)=(\\d+)', 'Loss=3', 3],
  ['1(?i:A)x|a=(\\d)', 'A=1 a=2', 2],
  ['(?i)[a-fÜ]=(\\d)', 'D=1', 1],
  ['(?i)[^a-f]=(\\d)', 'D=1 ü=2', 2],
  ['(?i)a(?-i:B)=(\\d)', 'AB=3', 3],
  ['(?x) loss \\s* = \\s* (\\d+)  # the value', 'loss = 4', 4],
  ['(?#note)n=(\\d)', 'n=4', 4],
  ['\\Aloss (\\d)\\Z', 'loss 1', 1],
  ['^loss (\\d)$', 'loss 1', 1],
  ['{"loss": (\\d+)}', '{"loss": 12}', 12],
  ['a{,2}b=(\\d)', 'aab=1', 1],
  ['a{x=(\\d)', 'a{x=1', 1],
  ['[]x-]=(\\d)', ']=1', 1],
  ['[^]]=(\\d)', 'y=1', 1],
  ['[\\d.e+-]+;([\\W\\d]+)z', '1;-2z', -2],
  ['(\\d++)x', '12x', 12],
  ['(?>a|ab)c(\\d)', 'ac1', 1],
  ['(a)?b(?:x)\\b', 'abx', Number.NaN],
  ['\\bacc\\b (\\d)', 'my-acc 1', 1],
  ['(?<=acc=)(\\d)', 'acc=1', 1],
  ['\\x41\\u0042\\103=(\\d)', 'ABC=1', 1],
  ['v\\.s=(\\d)\\/', 'v.s=1/', 1],
  ['Genauigkeit für \\w+: (\\d)', 'Genauigkeit für Größe: 8', 8],
  ['ü.(\\d)', 'ü😀5', 5],
  ['x\\s(\\d)', 'x\u00a06', 6],
  ['a.b=(\\d)', 'a\rb=1', 1],
];

describe('a metric regular expression', () => {
  for (const [regex, line, value] of FOUND) {
    test(`${regex} in ${JSON.stringify(line)}`, () => {
      assert.equal(valueIn(regex, line), Number.isNaN(value) ? undefined : value);
    });
  }

  for (const [regex, line] of [
    ['loss: ([0-9]+)', 'loss: none'],
    ['(?>a|ab)c(\\d)', 'abc1'],
    ['(a*+)a=(\\d)', 'aa=1'],
    ['\\bacc (\\d)', 'my_acc 1'],
    ['\\bacc (\\d)', 'éacc 1'],
    ['(?a)x\\s(\\d)', 'x\u00a06'],
    ['LOSS=(\\d)', 'loss=1'],
  ] as const) {
    test(`${regex} not in ${line}`, () => assert.equal(valueIn(regex, line), undefined));
  }

  test('the line is searched as it is, and then as the log stream shows it', () => {
    assert.equal(valueIn('#011loss=(\\d)', 'a\tloss=1', 'a#011loss=1'), 1);
    assert.equal(valueIn('\\tloss=(\\d)', 'a\tloss=1', 'a#011loss=1'), 1);
    assert.equal(valueIn('#011loss=(\\d)|\\tloss=(?:\\d)', 'a\tloss=1', 'a#011loss=1'), undefined);
  });

  test('it tells a text that each matching line has', () => {
    const texts = ['loss: ([0-9.]+)', 'ab+cd=(\\d)', 'x*y=(\\d)', 'a|b(\\d)', '(?i)loss=(\\d)', '(\\d)'];
    assert.deepEqual(
      texts.map((regex) => compileMetricRegex(regex).requiredText),
      ['loss: ', 'cd=', 'y=', '', '=', ''],
    );
  });

  for (const [regex, cause] of [
    ['loss', /no group/],
    ['(?:loss)', /no group/],
    ['(loss', /not closed \(at character 6\)/],
    ['loss)(a)', /closed that was not opened/],
    ['*(a)', /nothing to repeat/],
    ['(a)**', /repetition is repeated/],
    ['(a){2}{3}', /repetition is repeated/],
    ['(a){3,2}', /wrong way round/],
    ['^*(a)', /nothing to repeat/],
    ['(a)\\2', /no group 2/],
    ['(a\\1)', /refers back to itself/],
    ['[z-a](b)', /runs backwards/],
    ['[\\d-z](b)', /set at its end/],
    ['[ab', /ends where/],
    ['\\q(a)', /no escape/],
    ['(a)\\', /ends where/],
    ['x(?i)(a)', /beginning/],
    ['(?L)(a)', /"L"/],
    ['(a)?(?(1)b|c)', /conditional/],
    ['\\N{DASH}(a)', /named characters/],
    ['(?P<a>.)(?P<a>.)', /used twice/],
    ['(?i)(a)\\1', /without regard to case/],
    ['(?P=x)(a)', /no group "x"/],
    ['(?y)(a)', /no kind of group/],
    ['(\\xg)', /hexadecimal/],
  ] as const) {
    test(`${regex} is refused`, () => {
      assert.throws(
        () => compileMetricRegex(regex),
        (error) => error instanceof MetricRegexError && cause.test(error.message),
      );
    });
  }
});
