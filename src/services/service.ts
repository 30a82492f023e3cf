import type { ShapeName } from '../model/shapes.ts';

/** Who asks, and in which request. */
export interface RequestContext {
  readonly requestId: string;
  readonly accessKeyId: string;
  /** The caller's ARN: the account's root for the owner's key, an assumed role for a job's. */
  readonly callerArn: string;
  readonly account: string;
  readonly region: string;
}

/** An output that is JSON text already, because it is answered often and does not change. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** One operation: the shape its input is checked against, and what it does with an input that passed. */
export interface Operation<Input = never> {
  readonly input: ShapeName;
  run(input: Input, context: RequestContext): unknown;
}

/** The operations of one AWS service, by name. */
export interface Service {
  readonly operations: ReadonlyMap<string, Operation>;
}
