import { validation } from '../../../model/errors.ts';
import type { NestedFilters, SearchExpression } from '../../../model/types.generated.ts';
import { filterTest, type Test } from './filter.ts';
import { property, valuesAt } from './properties.ts';

/** Deeper than anybody writes an expression. */
const DEEPEST = 20;

/** The test of an expression: of its filters, nested filters and expressions, all or any. Throws a `ValidationException`. */
export function expressionTest(expression: SearchExpression, depth = 0): Test {
  if (depth > DEEPEST) throw validation(`SubExpressions must not be nested more than ${DEEPEST} times.`);
  const { Filters = [], NestedFilters = [], SubExpressions = [], Operator = 'And' } = expression;
  const tests = [
    ...Filters.map((filter) => filterTest(filter)),
    ...NestedFilters.map(nestedTest),
    ...SubExpressions.map((each) => expressionTest(each, depth + 1)),
  ];
  if (tests.length === 0) return () => true;
  return Operator === 'Or'
    ? (record) => tests.some((test) => test(record))
    : (record) => tests.every((test) => test(record));
}

/** Whether one element has all that the filters ask for. */
function nestedTest({ NestedPropertyName, Filters }: NestedFilters): Test {
  const within = property(NestedPropertyName);
  if (within.type !== 'structure')
    throw validation(`The property ${NestedPropertyName} is a ${within.type}: it has nothing nested in it.`);
  const tests = Filters.map((filter) => filterTest(filter, within));
  return (record) => valuesAt(record, within.path).some((element) => tests.every((test) => test(element)));
}
