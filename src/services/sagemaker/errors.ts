import { ServiceError, validation } from '../../model/errors.ts';
import type { ExceededLimit } from '../../orchestrator/capacity/limits.ts';

/** Describe, Stop, … of a job that does not exist: not ResourceNotFound, whatever the model says (wire-api §9; waiters rely on it). */
export const noSuchResource = () => validation('Requested resource not found.');

/** A second job of the same name (wire-api §9). */
export const nameInUse = (arn: string) =>
  new ServiceError(
    'ResourceInUse',
    `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
  );

/** More than the deployment allows or has (wire-api §9); the last sentence says what to change here. */
export const limitExceeded = ({ name, total, used, wanted, setting }: ExceededLimit) =>
  new ServiceError(
    'ResourceLimitExceeded',
    `The account-level service limit '${name}' is ${total} Instances, with current utilization of ${used} Instances and a request delta of ${wanted} Instances. Please raise the setting ${setting} of this deployment to increase this limit.`,
  );

export const resourceInUse = (message: string) => new ServiceError('ResourceInUse', message);

/** StopTrainingJob of a job that has ended (wire-api §9). */
export const alreadyEnded = (status: string) =>
  validation(`The request was rejected because the training job is in status ${status}.`);

/** The role is not one of the configuration's (wire-api §9). */
export const roleNotAssumable = (arn: string) =>
  validation(
    `Could not assume role ${arn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
  );

/** No object under a channel's prefix (wire-api §9). */
export const emptyPrefix = (uri: string, bucket: string, region: string, role: string) =>
  validation(
    `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${region}), that objects exist under that S3 prefix, and that the role "${role}" has "s3:ListBucket" permissions on bucket "${bucket}".`,
  );
