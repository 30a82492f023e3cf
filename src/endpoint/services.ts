import type { ServiceName } from '../model/shapes.ts';
import type { Service } from '../services/service.ts';

/** The services that are served, by the names of their models. */
export type Services = Readonly<Partial<Record<ServiceName, Service>>>;
