import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';

const folder = new URL('../cases/', import.meta.url);

/** The facts of the service that stand in every case. */
export const service: Readonly<Record<'account' | 'region' | 'bucket' | 'role', string>> = JSON.parse(
  readFileSync(new URL('service.json', folder), 'utf8'),
);

/** A tree of JSON, as a case describes a request or an answer. */
export type Json = string | number | boolean | null | Json[] | { [member: string]: Json };
type JsonObject = { [member: string]: Json };

export interface Change {
  readonly set?: Readonly<Record<string, Json>>;
  readonly remove?: readonly string[];
}

export interface FailureCase extends Change {
  readonly name: string;
  readonly request?: BaseRequest;
  readonly reason?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
  readonly mentions?: readonly string[];
}

export interface BadInputCase extends Change {
  readonly name: string;
  readonly operation: string;
  readonly request?: BaseRequest;
  readonly code: string;
  readonly message?: string;
  readonly mentions?: readonly string[];
}

export interface DescribedCase {
  readonly included: JsonObject;
  readonly absent: readonly string[];
  readonly statuses: readonly { readonly Status: string; readonly StatusMessage: string }[];
}

export type BaseRequest = 'minimal' | 'cluster' | 'profiled' | 'stoppable' | 'training' | 'measured';

interface CaseFiles {
  readonly requests: Readonly<Record<BaseRequest, JsonObject>>;
  readonly described: DescribedCase;
  readonly failures: readonly FailureCase[];
  readonly 'bad-inputs': readonly BadInputCase[];
}

/** A file of cases with `{placeholder}` replaced wherever it stands. */
export function load<File extends keyof CaseFiles>(
  file: File,
  values: Readonly<Record<string, string>> = {},
): CaseFiles[File] {
  // One more character than a hyperparameter may have.
  const long = 'x'.repeat(2501);
  let text = readFileSync(new URL(`${file}.json`, folder), 'utf8');
  for (const [placeholder, value] of Object.entries({ ...service, long, ...values })) {
    text = text.replaceAll(`{${placeholder}}`, value);
  }
  return JSON.parse(text);
}

/** A base request with the changes of a case; their paths are dotted, with list indexes from 0. */
export function request(
  base: BaseRequest,
  values: Readonly<Record<string, string>>,
  { set = {}, remove = [] }: Change = {},
): CreateTrainingJobCommandInput {
  const result: Json = load('requests', values)[base];
  for (const [path, value] of Object.entries(set)) assign(result, path, value);
  for (const path of remove) assign(result, path, undefined);
  // The cases are the requests of a client without types: some are wrong on purpose.
  return result as unknown as CreateTrainingJobCommandInput;
}

function assign(root: JsonObject, path: string, value: Json | undefined): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce<Json | undefined>((node, step) => member(node, step), root);
  if (parent === undefined || parent === null || typeof parent !== 'object')
    throw new Error(`no ${path} in the request`);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
}

const member = (node: Json | undefined, name: string): Json | undefined =>
  typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined;

/** A name that no earlier run used. */
export const unique = (what: string) => `javascript-${what}-${randomUUID().slice(0, 8)}`;

/** Whether `actual` has everything that `expected` has: objects may have more members, lists have the same length. */
export function includes(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, i) => includes(actual[i], item))
    );
  }
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(expected).every(([name, value]) => includes(Reflect.get(actual, name), value));
}
