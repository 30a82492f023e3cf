import {
  isKnownOperation,
  operation as operationModel,
  type ServiceName,
  type ShapeName,
  serviceMetadata,
} from '../../model/shapes.ts';
import type { Operation, Service } from '../../services/service.ts';
import { unknownOperation } from '../errors/unknown-operation.ts';
import type { Services } from '../services.ts';
import type { Audience } from '../signature/audience.ts';

/** The operation that a request names, and whom its signature must be made out to. */
export interface Target {
  readonly operation: Operation;
  /** The shape of its answer; `null` for an empty one. */
  readonly output: ShapeName | null;
  readonly audience: Audience;
}

/** All operations of the services that have target prefixes, by what stands in `X-Amz-Target`. */
export class Targets {
  readonly #targets = new Map<string, Target>();
  /** Target prefix to service. */
  readonly #prefixes = new Map<string, ServiceName>();

  constructor(services: Services, audienceOf: (service: string) => Audience) {
    for (const [name, service] of Object.entries(services) as [ServiceName, Service][]) {
      const { targetPrefix, signingName } = serviceMetadata(name);
      if (targetPrefix === undefined) continue;
      this.#prefixes.set(targetPrefix, name);
      const audience = audienceOf(signingName);
      for (const [operationName, operation] of service.operations) {
        const output = operationModel(name, operationName)?.output ?? null;
        this.#targets.set(`${targetPrefix}.${operationName}`, { operation, output, audience });
      }
    }
  }

  /** The operation of an `X-Amz-Target`. Throws UnknownOperationException, which tells what is unknown from what isn't served. */
  find(header: string | string[] | undefined): Target {
    if (typeof header !== 'string') throw unknownOperation('The request has no X-Amz-Target header.');
    const target = this.#targets.get(header);
    if (target) return target;
    const dot = header.indexOf('.');
    const service = this.#prefixes.get(header.slice(0, Math.max(dot, 0)));
    const operation = header.slice(dot + 1);
    if (service === undefined)
      throw unknownOperation(`This server has no service for the target '${header}'.`);
    if (service === 'sagemaker' && isKnownOperation(operation)) {
      throw unknownOperation(`SageMaker has the operation ${operation}, but this server does not serve it.`);
    }
    throw unknownOperation(`This server does not know the operation ${operation} of the service ${service}.`);
  }
}
