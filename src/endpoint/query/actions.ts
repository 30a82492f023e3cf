import { ServiceError } from '../../model/errors.ts';
import { operation, type ServiceName, type ShapeName, serviceMetadata } from '../../model/shapes.ts';
import type { Operation, Service } from '../../services/service.ts';
import type { Services } from '../services.ts';
import type { Audience } from '../signature/audience.ts';

import type { Fields } from './form.ts';

/** A service of the query protocol. */
export interface QueryService {
  readonly name: ServiceName;
  readonly service: Service;
  readonly audience: Audience;
  /** The XML namespace of its answers. */
  readonly namespace: string;
}

/** The operation that a request names, and the shape of its result. */
export interface Action {
  readonly name: string;
  readonly operation: Operation;
  /** `null` for an operation without a result. */
  readonly output: ShapeName | null;
}

/** The query services by API version, which is what tells them apart on one endpoint. */
export function queryServices(
  services: Services,
  audienceOf: (service: string) => Audience,
): ReadonlyMap<string, QueryService> {
  const byVersion = new Map<string, QueryService>();
  for (const [name, service] of Object.entries(services) as [ServiceName, Service][]) {
    const { protocols, apiVersion, signingName, xmlNamespace } = serviceMetadata(name);
    if (!protocols.includes('query') || xmlNamespace === undefined) continue;
    byVersion.set(apiVersion, { name, service, audience: audienceOf(signingName), namespace: xmlNamespace });
  }
  return byVersion;
}

/** The service of a request. Throws InvalidAction for a version of none. */
export function findService(services: ReadonlyMap<string, QueryService>, fields: Fields): QueryService {
  const service = services.get(fields.get('Version') ?? '');
  if (!service) throw invalidAction(fields);
  return service;
}

/** The operation of a request. Throws InvalidAction for one that isn't served. */
export function findAction({ name: serviceName, service }: QueryService, fields: Fields): Action {
  const name = fields.get('Action') ?? '';
  const found = service.operations.get(name);
  const model = operation(serviceName, name);
  if (!found || !model) throw invalidAction(fields);
  return { name, operation: found, output: model.output };
}

function invalidAction(fields: Fields): ServiceError {
  const action = fields.get('Action') ?? 'NO_ACTION_SPECIFIED';
  const version = fields.get('Version') ?? 'NO_VERSION_SPECIFIED';
  return new ServiceError(
    'InvalidAction',
    `Could not find operation ${action} for version ${version}: this server does not serve it.`,
  );
}
