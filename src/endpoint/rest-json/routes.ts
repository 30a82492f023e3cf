import { operation as operationModel, type ServiceName, serviceMetadata } from '../../model/shapes.ts';
import type { Operation, Service } from '../../services/service.ts';
import type { Services } from '../services.ts';
import type { Audience } from '../signature/audience.ts';

/** An operation with a method and a path of its own. */
export interface Route {
  readonly operation: Operation;
  readonly audience: Audience;
}

/** The operations of the REST services by method and path. No bucket can have such a path: its name has no capital letters. */
export function restRoutes(
  services: Services,
  audienceOf: (service: string) => Audience,
): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const [name, service] of Object.entries(services) as [ServiceName, Service][]) {
    const { protocols, signingName } = serviceMetadata(name);
    if (!protocols.includes('rest-json')) continue;
    for (const [operationName, operation] of service.operations) {
      const http = operationModel(name, operationName)?.http;
      if (http)
        routes.set(`${http.method} ${http.requestUri}`, { operation, audience: audienceOf(signingName) });
    }
  }
  return routes;
}
