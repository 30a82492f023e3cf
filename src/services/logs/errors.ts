import { ServiceError } from '../../model/errors.ts';

export const NO_SUCH_GROUP = new ServiceError(
  'ResourceNotFoundException',
  'The specified log group does not exist.',
);
export const NO_SUCH_STREAM = new ServiceError(
  'ResourceNotFoundException',
  'The specified log stream does not exist.',
);
export const INVALID_TOKEN = new ServiceError(
  'InvalidParameterException',
  'The specified nextToken is invalid.',
);

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message);
