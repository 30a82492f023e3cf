import { validation } from '../../../model/errors.ts';
import type { Filter, Operator } from '../../../model/types.generated.ts';
import { type Property, property, valuesAt } from './properties.ts';

/** Whether a record is what a search is for. */
export type Test = (record: unknown) => boolean;

type Comparison = (value: unknown, wanted: unknown) => boolean;

const ORDERED: Partial<Record<Operator, (value: number, wanted: number) => boolean>> = {
  GreaterThan: (value, wanted) => value > wanted,
  GreaterThanOrEqualTo: (value, wanted) => value >= wanted,
  LessThan: (value, wanted) => value < wanted,
  LessThanOrEqualTo: (value, wanted) => value <= wanted,
};

/**
 * The test of a filter. Where a property has several values, one that passes is enough; `NotEquals` is the contrary of `Equals`, so a
 * job that lacks the property passes. `within`: the property whose elements are looked at. Throws a `ValidationException`.
 */
export function filterTest({ Name, Operator = 'Equals', Value }: Filter, within?: Property): Test {
  const found = property(Name);
  const path = within ? below(found, within) : found.path;
  if (Operator === 'Exists' || Operator === 'NotExists') {
    if (Value !== undefined)
      throw validation(`The filter of ${Name} must have no Value with the operator ${Operator}.`);
    return (record) => valuesAt(record, path).length > 0 === (Operator === 'Exists');
  }
  if (Value === undefined)
    throw validation(`The filter of ${Name} must have a Value with the operator ${Operator}.`);
  if (found.type === 'structure')
    throw validation(`The property ${Name} is a structure: only Exists and NotExists can be asked of it.`);
  if (Operator === 'NotEquals') {
    const equals = filterTest({ Name, Operator: 'Equals', Value }, within);
    return (record) => !equals(record);
  }
  const compare = comparison(found, Operator);
  const wanted = wantedValue(found, Operator, Value);
  return (record) => valuesAt(record, path).some((value) => compare(value, wanted));
}

function below(found: Property, within: Property): readonly string[] {
  if (!found.name.startsWith(`${within.name}.`))
    throw validation(
      `The nested filter of ${within.name} names the property ${found.name}, which is not in it.`,
    );
  return found.path.slice(within.path.length);
}

function comparison({ name, type }: Property, operator: Operator): Comparison {
  if (operator === 'Equals') return (value, wanted) => value === wanted;
  const ordered = ORDERED[operator];
  if (ordered && type !== 'text' && type !== 'boolean')
    return (value, wanted) => ordered(value as number, wanted as number);
  if (operator === 'Contains' && type === 'text')
    return (value, wanted) => (value as string).includes(wanted as string);
  if (operator === 'In' && type === 'text')
    return (value, wanted) => (wanted as ReadonlySet<unknown>).has(value);
  throw validation(`The operator ${operator} can't be used with ${name}, which is a ${type}.`);
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?$/;

/** The value that a filter's text stands for. A time without a zone is UTC. */
function wantedValue({ name, type }: Property, operator: Operator, text: string): unknown {
  if (operator === 'In') return new Set(text.split(',').map((each) => each.trim()));
  if (type === 'text') return text;
  const value = type === 'boolean' ? booleanOf(text) : type === 'number' ? Number(text) : secondsOf(text);
  if (value === undefined || Number.isNaN(value) || text.trim() === '')
    throw validation(`The value '${text}' of the filter of ${name} is no ${type}.`);
  return value;
}

const booleanOf = (text: string) => ({ true: true, false: false })[text.toLowerCase()];

function secondsOf(text: string): number {
  const [, , zone] = TIME.exec(text) ?? [];
  return TIME.test(text) ? Date.parse(zone === undefined ? `${text}Z` : text) / 1000 : Number.NaN;
}
