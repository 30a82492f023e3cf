import companionsData from '../src/model/data/companions.json';
import instanceTypesData from '../src/model/data/instance-types.json';
import sagemakerData from '../src/model/data/sagemaker.json';
import type { CompanionsData, InstanceType, SageMakerData } from '../src/model/shapes.ts';

/** The model's files as parts of the script, in the place of `src/model/model-data.ts`. */
export const sagemaker = sagemakerData as unknown as SageMakerData;
export const companions = companionsData as unknown as CompanionsData;
export const instanceTypeData = instanceTypesData as Readonly<Record<string, InstanceType>>;
