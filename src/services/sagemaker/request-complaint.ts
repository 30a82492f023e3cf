import { compileMetricRegex } from '../../metrics/metric-regex.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { brokenRule } from '../../training/request-rules.ts';
import { refusedMember } from './refused-members.ts';

/** What is wrong with a request that the model has passed, whatever the settings are and the server knows; undefined: nothing. */
export const requestComplaint = (request: CreateTrainingJobRequest): string | undefined =>
  brokenRule(request) ?? refusedMember(request) ?? badMetric(request);

function badMetric(request: CreateTrainingJobRequest): string | undefined {
  for (const { Name, Regex } of request.AlgorithmSpecification?.MetricDefinitions ?? []) {
    try {
      compileMetricRegex(Regex);
    } catch (error) {
      return `Invalid AlgorithmSpecification.MetricDefinitions: the regular expression of metric '${Name}' can't be used: ${(error as Error).message}`;
    }
  }
  return undefined;
}
