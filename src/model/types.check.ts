import type * as cloudwatch from '@aws-sdk/client-cloudwatch';
import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import type * as ecr from '@aws-sdk/client-ecr';
import type * as iam from '@aws-sdk/client-iam';
import type * as sagemaker from '@aws-sdk/client-sagemaker';
import type * as sts from '@aws-sdk/client-sts';
import type * as ours from './types.generated.ts';

// Fails to compile when our types of a served operation and those of AWS's own client drift apart: when either has a member, an
// enum value or a requirement that the other lacks. The error names the places. Nothing here exists at run time.

/** Each request and response with the client's type of it. */
interface Pairs {
  CreateTrainingJobRequest: [ours.CreateTrainingJobRequest, sagemaker.CreateTrainingJobRequest];
  CreateTrainingJobResponse: [ours.CreateTrainingJobResponse, sagemaker.CreateTrainingJobResponse];
  DescribeTrainingJobRequest: [ours.DescribeTrainingJobRequest, sagemaker.DescribeTrainingJobRequest];
  DescribeTrainingJobResponse: [ours.DescribeTrainingJobResponse, sagemaker.DescribeTrainingJobResponse];
  ListTrainingJobsRequest: [ours.ListTrainingJobsRequest, sagemaker.ListTrainingJobsRequest];
  ListTrainingJobsResponse: [ours.ListTrainingJobsResponse, sagemaker.ListTrainingJobsResponse];
  StopTrainingJobRequest: [ours.StopTrainingJobRequest, sagemaker.StopTrainingJobRequest];
  DeleteTrainingJobRequest: [ours.DeleteTrainingJobRequest, sagemaker.DeleteTrainingJobRequest];
  UpdateTrainingJobRequest: [ours.UpdateTrainingJobRequest, sagemaker.UpdateTrainingJobRequest];
  UpdateTrainingJobResponse: [ours.UpdateTrainingJobResponse, sagemaker.UpdateTrainingJobResponse];
  CreateAlgorithmInput: [ours.CreateAlgorithmInput, sagemaker.CreateAlgorithmInput];
  CreateAlgorithmOutput: [ours.CreateAlgorithmOutput, sagemaker.CreateAlgorithmOutput];
  DescribeAlgorithmInput: [ours.DescribeAlgorithmInput, sagemaker.DescribeAlgorithmInput];
  DescribeAlgorithmOutput: [ours.DescribeAlgorithmOutput, sagemaker.DescribeAlgorithmOutput];
  ListAlgorithmsInput: [ours.ListAlgorithmsInput, sagemaker.ListAlgorithmsInput];
  ListAlgorithmsOutput: [ours.ListAlgorithmsOutput, sagemaker.ListAlgorithmsOutput];
  DeleteAlgorithmInput: [ours.DeleteAlgorithmInput, sagemaker.DeleteAlgorithmInput];
  AddTagsInput: [ours.AddTagsInput, sagemaker.AddTagsInput];
  AddTagsOutput: [ours.AddTagsOutput, sagemaker.AddTagsOutput];
  ListTagsInput: [ours.ListTagsInput, sagemaker.ListTagsInput];
  ListTagsOutput: [ours.ListTagsOutput, sagemaker.ListTagsOutput];
  DeleteTagsInput: [ours.DeleteTagsInput, sagemaker.DeleteTagsInput];
  DeleteTagsOutput: [ours.DeleteTagsOutput, sagemaker.DeleteTagsOutput];
  // An expression is made of expressions: it is compared without those.
  SearchRequest: [
    Omit<ours.SearchRequest, 'SearchExpression'>,
    Omit<sagemaker.SearchRequest, 'SearchExpression'>,
  ];
  SearchExpression: [
    Omit<ours.SearchExpression, 'SubExpressions'>,
    Omit<sagemaker.SearchExpression, 'SubExpressions'>,
  ];
  SearchResponse: [ours.SearchResponse, sagemaker.SearchResponse];
  GetSearchSuggestionsRequest: [ours.GetSearchSuggestionsRequest, sagemaker.GetSearchSuggestionsRequest];
  GetSearchSuggestionsResponse: [ours.GetSearchSuggestionsResponse, sagemaker.GetSearchSuggestionsResponse];

  DescribeLogGroupsRequest: [ours.DescribeLogGroupsRequest, logs.DescribeLogGroupsRequest];
  DescribeLogGroupsResponse: [ours.DescribeLogGroupsResponse, logs.DescribeLogGroupsResponse];
  DescribeLogStreamsRequest: [ours.DescribeLogStreamsRequest, logs.DescribeLogStreamsRequest];
  DescribeLogStreamsResponse: [ours.DescribeLogStreamsResponse, logs.DescribeLogStreamsResponse];
  GetLogEventsRequest: [ours.GetLogEventsRequest, logs.GetLogEventsRequest];
  GetLogEventsResponse: [ours.GetLogEventsResponse, logs.GetLogEventsResponse];
  FilterLogEventsRequest: [ours.FilterLogEventsRequest, logs.FilterLogEventsRequest];
  FilterLogEventsResponse: [ours.FilterLogEventsResponse, logs.FilterLogEventsResponse];

  GetCallerIdentityRequest: [ours.GetCallerIdentityRequest, sts.GetCallerIdentityRequest];
  GetCallerIdentityResponse: [ours.GetCallerIdentityResponse, sts.GetCallerIdentityResponse];
  GetRoleRequest: [ours.GetRoleRequest, iam.GetRoleRequest];
  GetRoleResponse: [ours.GetRoleResponse, iam.GetRoleResponse];
  // Its PolicyExclusionList is a list of unions, which are structures here.
  SimulatePrincipalPolicyRequest: [
    Omit<ours.SimulatePrincipalPolicyRequest, 'PolicyExclusionList'>,
    Omit<iam.SimulatePrincipalPolicyRequest, 'PolicyExclusionList'>,
  ];
  SimulatePolicyResponse: [ours.SimulatePolicyResponse, iam.SimulatePolicyResponse];

  GetMetricDataInput: [ours.GetMetricDataInput, cloudwatch.GetMetricDataInput];
  GetMetricDataOutput: [ours.GetMetricDataOutput, cloudwatch.GetMetricDataOutput];
  GetMetricStatisticsInput: [ours.GetMetricStatisticsInput, cloudwatch.GetMetricStatisticsInput];
  GetMetricStatisticsOutput: [ours.GetMetricStatisticsOutput, cloudwatch.GetMetricStatisticsOutput];
  ListMetricsInput: [ours.ListMetricsInput, cloudwatch.ListMetricsInput];
  ListMetricsOutput: [ours.ListMetricsOutput, cloudwatch.ListMetricsOutput];

  GetAuthorizationTokenRequest: [ours.GetAuthorizationTokenRequest, ecr.GetAuthorizationTokenRequest];
  GetAuthorizationTokenResponse: [ours.GetAuthorizationTokenResponse, ecr.GetAuthorizationTokenResponse];
  BatchGetImageRequest: [ours.BatchGetImageRequest, ecr.BatchGetImageRequest];
  BatchGetImageResponse: [ours.BatchGetImageResponse, ecr.BatchGetImageResponse];
  DescribeImagesRequest: [ours.DescribeImagesRequest, ecr.DescribeImagesRequest];
  DescribeImagesResponse: [ours.DescribeImagesResponse, ecr.DescribeImagesResponse];
  DescribeRepositoriesRequest: [ours.DescribeRepositoriesRequest, ecr.DescribeRepositoriesRequest];
  DescribeRepositoriesResponse: [ours.DescribeRepositoriesResponse, ecr.DescribeRepositoriesResponse];
}

/** Messages of a service whose client is not installed: SageMaker Metrics. */
type Unchecked = `Batch${'Get' | 'Put'}Metrics${'Request' | 'Response'}`;

/** The differences between the model (shapes.ts, MODEL_SOURCE) and the installed clients. Shorten it when a package is updated. */
type KnownDifferences =
  // Of what can be searched, jobs alone are told (TOLD_MEMBERS in scripts/model.ts).
  | `SearchResponse.Results[].${string} is only theirs`
  // @aws-sdk/client-sagemaker 3.1142.0 is two days older than the model.
  | `value ml.${'m7i' | 'c7i' | 'm8i' | 'c8i' | 'r8i'}-flex.${string} is only ours`
  // A map whose keys are an enum's, which nothing tells.
  | 'DescribeImagesResponse.imageDetails[].imageScanFindingsSummary.findingSeverityCounts'
  // @aws-sdk/client-cloudwatch-logs 3.1169.0 is newer.
  | 'value ESSENTIALS is only theirs'
  | 'DescribeLogGroupsResponse.logGroups[].retentionPolicyName is only theirs';

type Agreement<Path extends never> = Path;
// Not an alias of its own: the error would name the alias instead of the places.
export type AgreesWithTheClients = Agreement<
  Exclude<
    { [Name in keyof Pairs]: Differences<Pairs[Name][0], Pairs[Name][1], Name> }[keyof Pairs],
    KnownDifferences
  >
>;

type Message = `${string}${'Request' | 'Response' | 'Input' | 'Output'}`;
/** Parts of other messages that are called like one. */
type Parts = 'ModelInput' | 'TransformInput' | 'TransformOutput';
type AllInPairs<Unpaired extends never> = Unpaired;
export type AllAreChecked = AllInPairs<
  Exclude<Extract<keyof ours.ShapeTypes, Message>, keyof Pairs | Unchecked | Parts>
>;

/** The paths at which two types differ. Dates there are epoch seconds here; a required member there may be `undefined`. */
type Differences<Ours, Theirs, Path extends string> = [Ours] extends [string | number | boolean]
  ? ScalarDifferences<Ours, Theirs, Path>
  : Ours extends readonly (infer OurElement)[]
    ? Theirs extends readonly (infer TheirElement)[]
      ? Differences<OurElement, TheirElement, `${Path}[]`>
      : Path
    : string extends keyof Ours
      ? MapDifferences<Ours, Theirs, Path>
      : StructureDifferences<Ours, Theirs, Path>;

type ScalarDifferences<Ours, Theirs, Path extends string> = [Theirs] extends [Date]
  ? Equal<Ours, number, Path>
  : [Ours, Theirs] extends [string, string]
    ? EnumDifferences<Ours & string, Theirs & string, Path>
    : Equal<Ours, Theirs, Path>;

type EnumDifferences<Ours extends string, Theirs extends string, Path extends string> = string extends
  | Ours
  | Theirs
  ? Equal<Ours, Theirs, Path>
  : `value ${Exclude<Ours, Theirs>} is only ours` | `value ${Exclude<Theirs, Ours>} is only theirs`;

type Equal<One, Other, Path extends string> = [One] extends [Other]
  ? [Other] extends [One]
    ? never
    : Path
  : Path;

/** A structure without members is a map of nothing with us. */
type MapDifferences<Ours, Theirs, Path extends string> = string extends keyof Theirs
  ? Differences<Ours[string & keyof Ours], Theirs[string & keyof Theirs], `${Path}{}`>
  : [Ours[string & keyof Ours], keyof Theirs] extends [never, never]
    ? never
    : Path;

type StructureDifferences<Ours, Theirs, Path extends string> =
  | `${Path}.${string & Exclude<keyof Ours, keyof Theirs>} is only ours`
  | `${Path}.${string & Exclude<keyof Theirs, keyof Ours>} is only theirs`
  | {
      [Member in string & keyof Ours & keyof Theirs]-?: IsOptional<Ours, Member> extends IsOptional<
        Theirs,
        Member
      >
        ? Differences<NonNullable<Ours[Member]>, NonNullable<Theirs[Member]>, `${Path}.${Member}`>
        : `${Path}.${Member} is required by one only`;
    }[string & keyof Ours & keyof Theirs];

type IsOptional<Of, Member extends keyof Of> =
  Partial<Pick<Of, Member>> extends Pick<Of, Member> ? true : false;
