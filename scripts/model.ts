import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';

/** The operations that Trainyard serves, per AWS service. To serve another: add its name here and run `npm run model`. */
const SERVED = {
  sagemaker: [
    'CreateTrainingJob',
    'DescribeTrainingJob',
    'ListTrainingJobs',
    'StopTrainingJob',
    'DeleteTrainingJob',
    'UpdateTrainingJob',
    'CreateAlgorithm',
    'DescribeAlgorithm',
    'ListAlgorithms',
    'DeleteAlgorithm',
    'AddTags',
    'ListTags',
    'DeleteTags',
    'Search',
    'GetSearchSuggestions',
  ],
  logs: ['DescribeLogGroups', 'DescribeLogStreams', 'GetLogEvents', 'FilterLogEvents'],
  sts: ['GetCallerIdentity'],
  iam: ['GetRole', 'SimulatePrincipalPolicy'],
  cloudwatch: ['GetMetricData', 'GetMetricStatistics', 'ListMetrics'],
  'sagemaker-metrics': ['BatchGetMetrics', 'BatchPutMetrics'],
  ecr: ['GetAuthorizationToken', 'BatchGetImage', 'DescribeImages', 'DescribeRepositories'],
} as const;

/** Structures of answers of which only these members are ever told: what the others reach would be half of the model. */
const TOLD_MEMBERS: Readonly<Record<string, readonly string[]>> = { SearchRecord: ['TrainingJob'] };

type ServiceName = keyof typeof SERVED;
type Companion = Exclude<ServiceName, 'sagemaker'>;

/** What stands before the name of a companion's shape that another service has too. */
const PREFIXES: Readonly<Record<Companion, string>> = {
  logs: 'Logs',
  sts: 'Sts',
  iam: 'Iam',
  cloudwatch: 'CloudWatch',
  'sagemaker-metrics': 'SageMakerMetrics',
  ecr: 'Ecr',
};

const ROOT = resolve(import.meta.dirname, '..');

/** What a served model may hold. A member that isn't listed (documentation, first of all) is left behind; a type that isn't
 * listed (blob, union, document) fails here, because the validator can't check it yet. */
const reference = z.object({ shape: z.string() }).transform((member) => member.shape);
const bounds = { min: z.number().optional(), max: z.number().optional() };
const sourceShape = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('structure'),
    union: z.never().optional(),
    required: z.array(z.string()).optional(),
    members: z.record(z.string(), reference),
  }),
  z.object({ type: z.literal('list'), ...bounds, member: reference }),
  z.object({ type: z.literal('map'), ...bounds, key: reference, value: reference }),
  z.object({
    type: z.literal('string'),
    ...bounds,
    pattern: z.string().optional(),
    enum: z.array(z.string()).optional(),
  }),
  z.object({ type: z.enum(['integer', 'long', 'float', 'double']), ...bounds }),
  z.object({ type: z.enum(['boolean', 'timestamp']) }),
]);
type Shape = z.infer<typeof sourceShape>;

const sourceModel = z.object({
  metadata: z
    .object({
      apiVersion: z.string(),
      endpointPrefix: z.string(),
      signingName: z.string().optional(),
      protocols: z.array(z.string()),
      targetPrefix: z.string().optional(),
      xmlNamespace: z.string().optional(),
    })
    // The name that signatures are made out to is the endpoint's where a service has none of its own.
    .transform(({ endpointPrefix, signingName, ...metadata }) => ({
      ...metadata,
      signingName: signingName ?? endpointPrefix,
    })),
  operations: z.record(
    z.string(),
    z.object({
      http: z.object({ method: z.string(), requestUri: z.string() }),
      input: z.string(),
      output: z.string().nullable(),
      errors: z.array(z.string()),
    }),
  ),
  // Checked when a served operation reaches it: what nobody serves may be of any type.
  shapes: z.record(z.string(), z.unknown()),
});
type SourceModel = z.infer<typeof sourceModel>;

const source = z.object({ artifact: z.string(), date: z.string(), license: z.string() });
const sagemakerFile = sourceModel.extend({ source, allOperationNames: z.array(z.string()) });
const companionsFile = z.object({
  source,
  services: z.object({
    logs: sourceModel,
    sts: sourceModel,
    iam: sourceModel,
    cloudwatch: sourceModel,
    'sagemaker-metrics': sourceModel,
    ecr: sourceModel,
  }),
});
const instanceTypesFile = z.record(
  z.string(),
  z.object({
    vcpu: z.number(),
    memoryGiB: z.number(),
    gpus: z.number(),
    gpu: z.string().nullable(),
    gpuMemoryGiB: z.number().optional(),
    neuronDevices: z.number().optional(),
    neuron: z.string().optional(),
  }),
);

interface ServedOperation {
  readonly input: string;
  readonly output: string | null;
  readonly errors: readonly string[];
  /** Of an operation with a place of its own: those of all others are called at `/`. */
  readonly http?: { readonly method: string; readonly requestUri: string };
}

interface ServedModel {
  readonly operations: Map<string, ServedOperation>;
  readonly shapes: Map<string, Shape>;
}

/** The served operations of a model and the shapes they reach, under the names that `rename` gives. */
function served(service: ServiceName, model: SourceModel, rename: (shape: string) => string): ServedModel {
  const shapes = new Map<string, Shape>();
  const reach = (name: string): string => {
    const renamed = rename(name);
    if (shapes.has(renamed)) return renamed;
    const found = sourceShape.safeParse(model.shapes[name]);
    if (!found.success)
      throw new Error(`${service}: shape ${name} can't be served: ${z.prettifyError(found.error)}`);
    const shape = onlyTold(name, found.data);
    shapes.set(renamed, shape); // Before its members: one of them may be the shape itself.
    shapes.set(renamed, withReferences(shape, reach));
    return renamed;
  };
  const operations = new Map(
    [...SERVED[service]].sort().map((name) => {
      const operation = model.operations[name];
      if (operation === undefined) throw new Error(`${service}: the model has no operation ${name}`);
      const input = reach(operation.input);
      const output = operation.output === null ? null : reach(operation.output);
      const errors = operation.errors.map((error) => errorCode(model, error));
      const { http } = operation;
      return [name, { input, output, errors, ...(http.requestUri !== '/' && { http }) }];
    }),
  );
  return { operations, shapes };
}

function onlyTold(name: string, shape: Shape): Shape {
  const told = TOLD_MEMBERS[name];
  if (told === undefined || shape.type !== 'structure') return shape;
  const members = Object.entries(shape.members).filter(([member]) => told.includes(member));
  return { ...shape, members: Object.fromEntries(members) };
}

function withReferences(shape: Shape, reach: (name: string) => string): Shape {
  switch (shape.type) {
    case 'structure': {
      const members = Object.entries(shape.members).map(([member, name]) => [member, reach(name)]);
      return { ...shape, members: Object.fromEntries(members) };
    }
    case 'list':
      return { ...shape, member: reach(shape.member) };
    case 'map':
      return { ...shape, key: reach(shape.key), value: reach(shape.value) };
    default:
      return shape;
  }
}

/** The code an exception travels under, which the query protocol's services name apart from its shape. */
function errorCode(model: SourceModel, name: string): string {
  const shape = z.object({ error: z.object({ code: z.string() }) }).safeParse(model.shapes[name]);
  return shape.success ? shape.data.error.code : name;
}

/** Whether a name is another service's too: decided on whole models, so that serving one more operation renames nothing. */
function clashes(name: string, service: ServiceName, models: Record<ServiceName, SourceModel>): boolean {
  return Object.entries(models).some(
    ([other, model]) => other !== service && Object.hasOwn(model.shapes, name),
  );
}

/** The name of a companion's shape among those of all services. */
const companionName = (service: Companion, models: Record<ServiceName, SourceModel>) => (name: string) =>
  clashes(name, service, models) ? PREFIXES[service] + name.charAt(0).toUpperCase() + name.slice(1) : name;

// One entry per line: a change of the model reads as a change of lines.
const line = (key: string, value: unknown) => `${JSON.stringify(key)}:${JSON.stringify(value)}`;
const entries = (map: Iterable<readonly [string, unknown]>) =>
  `{\n${[...map].map(([key, value]) => line(key, value)).join(',\n')}\n}`;
const sorted = <V>(map: Map<string, V>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1));

function typeOf(shape: Shape, nameOf: (name: string) => string): string {
  switch (shape.type) {
    case 'structure':
      return 'object';
    case 'list':
      return `readonly ${nameOf(shape.member)}[]`;
    case 'map':
      return `Readonly<Record<string, ${nameOf(shape.value)}>>`;
    case 'string':
      return shape.enum === undefined ? 'string' : shape.enum.map((value) => `'${value}'`).join(' | ');
    case 'boolean':
      return 'boolean';
    default:
      return 'number';
  }
}

const isScalar = (shape: Shape) =>
  shape.type !== 'structure' && shape.type !== 'list' && shape.type !== 'map' && !('enum' in shape);

/** One declaration per structure, list, map and enum; other scalars stand as `string`, `number` or `boolean` where they are used. */
function types(shapes: readonly (readonly [string, Shape])[]): string {
  const byName = new Map(shapes);
  const nameOf = (name: string): string => {
    const shape = byName.get(name);
    return shape !== undefined && isScalar(shape) ? typeOf(shape, nameOf) : name;
  };
  const declarations = shapes
    .filter(([, shape]) => !isScalar(shape))
    .map(([name, shape]) => {
      if (shape.type !== 'structure') return `export type ${name} = ${typeOf(shape, nameOf)};\n`;
      const members = Object.entries(shape.members).map(([member, of]) =>
        shape.required?.includes(member)
          ? `  readonly ${member}: ${nameOf(of)};\n`
          : `  readonly ${member}?: ${nameOf(of)} | undefined;\n`,
      );
      return members.length === 0
        ? `export type ${name} = Readonly<Record<string, never>>;\n`
        : `export interface ${name} {\n${members.join('')}}\n`;
    });
  const index = shapes.map(([name]) => `  readonly ${name}: ${nameOf(name)};\n`);
  return `// Written by scripts/model.ts from the API's model: run \`npm run model\` instead of editing.
// Timestamps are epoch seconds with a fraction, as on the wire.

${declarations.join('\n')}
/** The type of each shape of the model. */
export interface ShapeTypes {
${index.join('')}}
`;
}

const gibibytes = (gib: number) => Math.round(gib * 2 ** 30);

function instanceTypes(file: z.infer<typeof instanceTypesFile>): string {
  const facts = Object.entries(file).map(([name, of]): [string, unknown] => [
    name,
    {
      vcpus: of.vcpu,
      memoryBytes: gibibytes(of.memoryGiB),
      gpus: of.gpus,
      gpuName: of.gpu ?? undefined,
      gpuMemoryBytes: of.gpuMemoryGiB === undefined ? undefined : gibibytes(of.gpuMemoryGiB),
      neuronDevices: of.neuronDevices,
      neuronName: of.neuron,
    },
  ]);
  return `${entries(sorted(new Map(facts)))}\n`;
}

/** Operations that the folder of the models lacks, in the same form. */
const additionsFile = z.object({
  source: z.string(),
  services: z.partialRecord(
    z.enum(Object.keys(PREFIXES) as [Companion, ...Companion[]]),
    sourceModel.pick({ operations: true, shapes: true }),
  ),
});

function withAdditions(services: z.infer<typeof companionsFile>['services']): typeof services {
  const file = readFileSync(join(import.meta.dirname, 'model-additions.json'), 'utf8');
  const { services: additions } = additionsFile.parse(JSON.parse(file));
  const complete = { ...services };
  for (const [service, { operations, shapes }] of Object.entries(additions) as [
    Companion,
    Pick<SourceModel, 'operations' | 'shapes'>,
  ][]) {
    const model = services[service];
    // A folder that has them by now is right.
    if (Object.keys(operations).every((name) => Object.hasOwn(model.operations, name))) continue;
    complete[service] = {
      ...model,
      operations: { ...model.operations, ...operations },
      shapes: { ...model.shapes, ...shapes },
    };
  }
  return complete;
}

function generate(from: string): Record<string, string> {
  const read = <T>(file: string, schema: z.ZodType<T>): T =>
    schema.parse(JSON.parse(readFileSync(join(from, file), 'utf8')));
  const sagemaker = read('sagemaker.json', sagemakerFile);
  const companions = read('companions.json', companionsFile);
  const models = { sagemaker, ...withAdditions(companions.services) };

  const own = served('sagemaker', sagemaker, (name) => name);
  const services: string[] = [];
  const companionShapes = new Map<string, Shape>();
  for (const service of Object.keys(PREFIXES) as Companion[]) {
    const { metadata } = models[service];
    const { operations, shapes } = served(service, models[service], companionName(service, models));
    for (const [name, shape] of shapes) companionShapes.set(name, shape);
    services.push(`"${service}":{\n${line('metadata', metadata)},\n"operations":${entries(operations)}\n}`);
  }
  const shapes = sorted(new Map([...own.shapes, ...companionShapes]));
  if (shapes.length !== own.shapes.size + companionShapes.size) throw new Error('two shapes have one name');
  return {
    'data/sagemaker.json': `{
${line('source', sagemaker.source)},
${line('metadata', sagemaker.metadata)},
${line('operationNames', [...sagemaker.allOperationNames].sort())},
"operations":${entries(own.operations)},
"shapes":${entries(sorted(own.shapes))}
}\n`,
    'data/companions.json': `{
${line('source', companions.source)},
"services":{
${services.join(',\n')}
},
"shapes":${entries(sorted(companionShapes))}
}\n`,
    'data/instance-types.json': instanceTypes(read('instance-types.json', instanceTypesFile)),
    'types.generated.ts': types(shapes),
  };
}

const { from, to } = new Command('model')
  .description(
    'Writes the part of the API models that Trainyard serves into the project: shapes as data, and their types.',
  )
  .addOption(
    new Option('--from <dir>', 'folder with sagemaker.json, companions.json and instance-types.json').default(
      resolve(ROOT, '../shared/api'),
      '../shared/api',
    ),
  )
  .addOption(new Option('--to <dir>', 'folder to write into').default(join(ROOT, 'src/model'), 'src/model'))
  .parse()
  .opts<{ from: string; to: string }>();

mkdirSync(join(to, 'data'), { recursive: true });
for (const [file, text] of Object.entries(generate(from))) writeFileSync(join(to, file), text);
