import { compileMetricRegex } from '../../../metrics/metric-regex.ts';
import { validation } from '../../../model/errors.ts';
import type { CreateAlgorithmInput, CreateAlgorithmOutput } from '../../../model/types.generated.ts';
import { insertAlgorithm } from '../../../store/algorithms/algorithms.ts';
import { putTags } from '../../../store/tags/tags.ts';
import { brokenValue } from '../../../training/algorithm.ts';
import { reservedTagKey } from '../../../training/request-rules.ts';
import type { SageMakerContext } from '../context.ts';
import { algorithmArn } from './algorithm-arn.ts';

/** What an algorithm can't have here: the member, and why. */
const refused: readonly (readonly [string, string, (request: CreateAlgorithmInput) => unknown])[] = [
  [
    'ValidationSpecification',
    'algorithms are not validated by jobs of their own',
    (request) => request.ValidationSpecification,
  ],
  ['CertifyForMarketplace', 'there is no marketplace', (request) => request.CertifyForMarketplace],
  [
    'TrainingSpecification.AdditionalS3DataSource',
    'images get no additional data',
    (request) => request.TrainingSpecification.AdditionalS3DataSource,
  ],
];

/** Stores an algorithm: an image with the rules of its use. */
export function createAlgorithm(
  context: SageMakerContext,
  request: CreateAlgorithmInput,
): CreateAlgorithmOutput {
  for (const [member, why, isUsed] of refused) {
    if (isUsed(request)) throw validation(`${member} can't be honoured by this deployment: ${why}.`);
  }
  const complaint = brokenRule(request);
  if (complaint) throw validation(complaint);
  const { Tags: tags = [], ...stored } = request;
  const arn = algorithmArn(context, request.AlgorithmName);
  context.database.transaction(() => {
    if (!insertAlgorithm(context.database, arn, stored, context.clock.now())) {
      throw validation(`Algorithm already exists: ${arn}`);
    }
    putTags(context.database, arn, tags);
  });
  return { AlgorithmArn: arn };
}

function brokenRule({ TrainingSpecification: specification, Tags: tags = [] }: CreateAlgorithmInput) {
  const parameters = specification.SupportedHyperParameters ?? [];
  const twice =
    repeated(parameters.map(({ Name }) => Name)) ??
    repeated(specification.TrainingChannels.map(({ Name }) => Name)) ??
    repeated((specification.MetricDefinitions ?? []).map(({ Name }) => Name));
  if (twice !== undefined) return `Duplicate name '${twice}' in TrainingSpecification`;
  for (const { Name, Regex } of specification.MetricDefinitions ?? []) {
    try {
      compileMetricRegex(Regex);
    } catch (error) {
      return `Invalid TrainingSpecification.MetricDefinitions: the regular expression of metric '${Name}' can't be used: ${(error as Error).message}`;
    }
  }
  for (const parameter of parameters) {
    const broken =
      parameter.DefaultValue === undefined ? undefined : brokenValue(parameter, parameter.DefaultValue);
    if (broken) return `The DefaultValue of hyperparameter '${parameter.Name}' ${broken}`;
  }
  return reservedTagKey(tags.map(({ Key }) => Key));
}

const repeated = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);
