import { ServiceError } from '../../model/errors.ts';

export const invalidValue = (message: string) => new ServiceError('InvalidParameterValueException', message);
export const invalidCombination = (message: string) =>
  new ServiceError('InvalidParameterCombinationException', message);
export const missingParameter = (message: string) =>
  new ServiceError('MissingRequiredParameterException', message);
export const INVALID_TOKEN = new ServiceError(
  'InvalidNextToken',
  'The NextToken is not one that was returned for the same request.',
);
