import type { SageMakerContext } from '../context.ts';

type Place = Pick<SageMakerContext, 'account' | 'region'>;

/** The ARN of an algorithm resource: it carries the name in lower case, as a job's does. */
export const algorithmArn = ({ account, region }: Place, name: string): string =>
  `arn:aws:sagemaker:${region}:${account}:algorithm/${name.toLowerCase()}`;

/** The ARN that a name or an ARN stands for. */
export const asAlgorithmArn = (place: Place, nameOrArn: string): string =>
  nameOrArn.startsWith('arn:')
    ? nameOrArn.replace(/\/.*$/, (name) => name.toLowerCase())
    : algorithmArn(place, nameOrArn);
