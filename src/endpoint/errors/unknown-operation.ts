import { ServiceError } from '../../model/errors.ts';

export const unknownOperation = (message: string) => new ServiceError('UnknownOperationException', message);
