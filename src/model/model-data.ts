import { readFileSync } from 'node:fs';
import type { CompanionsData, InstanceType, SageMakerData } from './shapes.ts';

// Read rather than imported: an imported JSON file gets a type of its own, hundreds of kilobytes of it.
const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`./data/${file}`, import.meta.url), 'utf8'));

/** The model's files. The page has a module of its own in this one's place, because a browser reads no files. */
export const sagemaker = read('sagemaker.json') as SageMakerData;
export const companions = read('companions.json') as CompanionsData;
export const instanceTypeData = read('instance-types.json') as Readonly<Record<string, InstanceType>>;
