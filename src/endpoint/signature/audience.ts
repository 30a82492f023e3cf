/** Whom a signature has to be made out to: the service that a request addresses, where it is served. */
export interface Audience {
  /** The service's signing name: `sagemaker`, `s3`, … */
  readonly service: string;
  /** The regions that a credential may be scoped to; the first is the server's own. */
  readonly regions: readonly string[];
}

/** Services with one endpoint for the whole world, which clients sign for `us-east-1` wherever they are. */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['s3', 'sts', 'iam']);

export function audience(service: string, region: string): Audience {
  const global = GLOBAL_SERVICES.has(service) && region !== 'us-east-1';
  return { service, regions: global ? [region, 'us-east-1'] : [region] };
}
