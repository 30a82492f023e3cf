import { companions, instanceTypeData, sagemaker } from './model-data.ts';
import type { ShapeTypes } from './types.generated.ts';

/** The name of a shape. Names that a companion service shares with another service bear the companion's: `LogsTimestamp`. */
export type ShapeName = keyof ShapeTypes;

/** The services whose models are here: SageMaker, and beside it what its clients call during a job. */
export type ServiceName = 'sagemaker' | 'logs' | 'sts' | 'iam' | 'cloudwatch' | 'sagemaker-metrics' | 'ecr';

export interface StructureShape {
  readonly type: 'structure';
  readonly required?: readonly string[];
  readonly members: Readonly<Record<string, ShapeName>>;
}

/** `min` and `max` count elements. */
export interface ListShape {
  readonly type: 'list';
  readonly min?: number;
  readonly max?: number;
  readonly member: ShapeName;
}

/** `min` and `max` count entries. */
export interface MapShape {
  readonly type: 'map';
  readonly min?: number;
  readonly max?: number;
  readonly key: ShapeName;
  readonly value: ShapeName;
}

/** `min` and `max` count characters; `pattern` is a Java regular expression that the whole string must match. */
export interface StringShape {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface NumberShape {
  readonly type: 'integer' | 'long' | 'float' | 'double';
  readonly min?: number;
  readonly max?: number;
}

/** A timestamp is epoch seconds with a fraction. */
export interface PlainShape {
  readonly type: 'boolean' | 'timestamp';
}

export type Shape = StructureShape | ListShape | MapShape | StringShape | NumberShape | PlainShape;

/** One operation that is served: the shapes of its request and its response, and the codes of the errors it declares. */
export interface OperationModel {
  readonly input: ShapeName;
  /** `null` for an empty response. */
  readonly output: ShapeName | null;
  readonly errors: readonly string[];
  /** Where it is called, if that is not `POST /`. */
  readonly http?: { readonly method: string; readonly requestUri: string };
}

export type Protocol = 'json' | 'query' | 'smithy-rpc-v2-cbor' | 'rest-json';

/** What the model says of a service as a whole. */
export interface ServiceMetadata {
  readonly apiVersion: string;
  /** All that it is served by. */
  readonly protocols: readonly Protocol[];
  /** Whom signatures are made out to. */
  readonly signingName: string;
  /** What stands before the dot in `X-Amz-Target`. */
  readonly targetPrefix?: string;
  /** Of its answers in the query protocol. */
  readonly xmlNamespace?: string;
}

/** What an instance of a type has. `gpuMemoryBytes` is of one GPU. Neuron devices are AWS's own accelerators, not GPUs. */
export interface InstanceType {
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly gpus: number;
  readonly gpuName?: string;
  readonly gpuMemoryBytes?: number;
  readonly neuronDevices?: number;
  readonly neuronName?: string;
}

interface ServiceModel {
  readonly metadata: ServiceMetadata;
  readonly operations: Readonly<Record<string, OperationModel>>;
}

type Shapes = Readonly<Record<string, Shape>>;

/** What `data/sagemaker.json` holds. */
export interface SageMakerData extends ServiceModel {
  readonly source: { readonly artifact: string };
  readonly operationNames: readonly string[];
  readonly shapes: Shapes;
}

/** What `data/companions.json` holds. */
export interface CompanionsData {
  readonly services: Readonly<Record<Exclude<ServiceName, 'sagemaker'>, ServiceModel>>;
  readonly shapes: Shapes;
}

const services: Readonly<Record<ServiceName, ServiceModel>> = { sagemaker, ...companions.services };
const shapes = new Map(Object.entries({ ...sagemaker.shapes, ...companions.shapes }));
const knownOperations = new Set(sagemaker.operationNames);
const instanceTypes = new Map(Object.entries(instanceTypeData));

/** Where the model comes from, for a message or a version line: `botocore 1.43.107 (PyPI wheel)`. */
export const MODEL_SOURCE = sagemaker.source.artifact;

/** A shape of the model. */
export function shape(name: ShapeName): Shape {
  const found = shapes.get(name);
  if (found === undefined) throw new Error(`the model has no shape ${name}: run \`npm run model\``);
  return found;
}

/** All shape names, in order. */
export const shapeNames = (): readonly ShapeName[] => [...shapes.keys()] as ShapeName[];

/** An operation that is served, or `undefined`. */
export function operation(service: ServiceName, name: string): OperationModel | undefined {
  const { operations } = services[service];
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

/** The names of the operations of a service that are served. */
export const operationNames = (service: ServiceName): readonly string[] =>
  Object.keys(services[service].operations);

/** Whether SageMaker has an operation of that name, served here or not: tells "not served" from "unknown". */
export const isKnownOperation = (name: string): boolean => knownOperations.has(name);

export const serviceMetadata = (service: ServiceName): ServiceMetadata => services[service].metadata;

/** What an instance of that type has (`ml.m5.large`), or `undefined` for a type that doesn't exist. */
export const instanceType = (name: string): InstanceType | undefined => instanceTypes.get(name);

/** The names of all instance types. */
export const instanceTypeNames = (): readonly string[] => [...instanceTypes.keys()];
