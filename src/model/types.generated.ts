// Written by scripts/model.ts from the API's model: run `npm run model` instead of editing.
// Timestamps are epoch seconds with a fraction, as on the wire.

export type AccountIds = readonly string[];

export type ActionNameListType = readonly string[];

export interface AddTagsInput {
  readonly ResourceArn: string;
  readonly Tags: TagList;
}

export interface AddTagsOutput {
  readonly Tags?: TagList | undefined;
}

export interface AdditionalModelDataSource {
  readonly ChannelName: string;
  readonly S3DataSource: S3ModelDataSource;
}

export type AdditionalModelDataSources = readonly AdditionalModelDataSource[];

export interface AdditionalS3DataSource {
  readonly S3DataType: AdditionalS3DataSourceDataType;
  readonly S3Uri: string;
  readonly CompressionType?: CompressionType | undefined;
  readonly ETag?: string | undefined;
}

export type AdditionalS3DataSourceDataType = 'S3Object' | 'S3Prefix';

export type AlgorithmSortBy = 'Name' | 'CreationTime';

export interface AlgorithmSpecification {
  readonly TrainingImage?: string | undefined;
  readonly AlgorithmName?: string | undefined;
  readonly TrainingInputMode: TrainingInputMode;
  readonly MetricDefinitions?: MetricDefinitionList | undefined;
  readonly EnableSageMakerMetricsTimeSeries?: boolean | undefined;
  readonly ContainerEntrypoint?: TrainingContainerEntrypoint | undefined;
  readonly ContainerArguments?: TrainingContainerArguments | undefined;
  readonly TrainingImageConfig?: TrainingImageConfig | undefined;
}

export type AlgorithmStatus = 'Pending' | 'InProgress' | 'Completed' | 'Failed' | 'Deleting';

export interface AlgorithmStatusDetails {
  readonly ValidationStatuses?: AlgorithmStatusItemList | undefined;
  readonly ImageScanStatuses?: AlgorithmStatusItemList | undefined;
}

export interface AlgorithmStatusItem {
  readonly Name: string;
  readonly Status: DetailedAlgorithmStatus;
  readonly FailureReason?: string | undefined;
}

export type AlgorithmStatusItemList = readonly AlgorithmStatusItem[];

export interface AlgorithmSummary {
  readonly AlgorithmName: string;
  readonly AlgorithmArn: string;
  readonly AlgorithmDescription?: string | undefined;
  readonly CreationTime: number;
  readonly AlgorithmStatus: AlgorithmStatus;
}

export type AlgorithmSummaryList = readonly AlgorithmSummary[];

export interface AlgorithmValidationProfile {
  readonly ProfileName: string;
  readonly TrainingJobDefinition: TrainingJobDefinition;
  readonly TransformJobDefinition?: TransformJobDefinition | undefined;
}

export type AlgorithmValidationProfiles = readonly AlgorithmValidationProfile[];

export interface AlgorithmValidationSpecification {
  readonly ValidationRole: string;
  readonly ValidationProfiles: AlgorithmValidationProfiles;
}

export type AssemblyType = 'None' | 'Line';

export interface AttachedPermissionsBoundary {
  readonly PermissionsBoundaryType?: PermissionsBoundaryAttachmentType | undefined;
  readonly PermissionsBoundaryArn?: string | undefined;
}

export type AttachmentType = 'user' | 'group' | 'role';

export type AttributeNames = readonly string[];

export interface AuthorizationData {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly proxyEndpoint?: string | undefined;
}

export type AuthorizationDataList = readonly AuthorizationData[];

export interface BaseModel {
  readonly HubContentName?: string | undefined;
  readonly HubContentVersion?: string | undefined;
  readonly RecipeName?: string | undefined;
}

export interface BatchGetImageRequest {
  readonly registryId?: string | undefined;
  readonly repositoryName: string;
  readonly imageIds: ImageIdentifierList;
  readonly acceptedMediaTypes?: MediaTypeList | undefined;
}

export interface BatchGetImageResponse {
  readonly images?: ImageList | undefined;
  readonly failures?: ImageFailureList | undefined;
}

export interface BatchGetMetricsRequest {
  readonly MetricQueries: MetricQueryList;
}

export interface BatchGetMetricsResponse {
  readonly MetricQueryResults?: MetricQueryResultList | undefined;
}

export interface BatchPutMetricsError {
  readonly Code?: PutMetricsErrorCode | undefined;
  readonly MetricIndex?: number | undefined;
}

export type BatchPutMetricsErrorList = readonly BatchPutMetricsError[];

export interface BatchPutMetricsRequest {
  readonly TrialComponentName: string;
  readonly MetricData: RawMetricDataList;
}

export interface BatchPutMetricsResponse {
  readonly Errors?: BatchPutMetricsErrorList | undefined;
}

export type BatchStrategy = 'MultiRecord' | 'SingleRecord';

export type BooleanOperator = 'And' | 'Or';

export interface CategoricalParameterRangeSpecification {
  readonly Values: ParameterValues;
}

export interface Channel {
  readonly ChannelName: string;
  readonly DataSource: DataSource;
  readonly ContentType?: string | undefined;
  readonly CompressionType?: CompressionType | undefined;
  readonly RecordWrapperType?: RecordWrapper | undefined;
  readonly InputMode?: TrainingInputMode | undefined;
  readonly ShuffleConfig?: ShuffleConfig | undefined;
}

export interface ChannelSpecification {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly IsRequired?: boolean | undefined;
  readonly SupportedContentTypes: ContentTypes;
  readonly SupportedCompressionTypes?: CompressionTypes | undefined;
  readonly SupportedInputModes: InputModes;
}

export type ChannelSpecifications = readonly ChannelSpecification[];

export interface CheckpointConfig {
  readonly S3Uri: string;
  readonly LocalPath?: string | undefined;
}

export interface CloudWatchDimension {
  readonly Name: string;
  readonly Value: string;
}

export interface CollectionConfiguration {
  readonly CollectionName?: string | undefined;
  readonly CollectionParameters?: CollectionParameters | undefined;
}

export type CollectionConfigurations = readonly CollectionConfiguration[];

export type CollectionParameters = Readonly<Record<string, string>>;

export type CompressionType = 'None' | 'Gzip';

export type CompressionTypes = readonly CompressionType[];

export type ContentTypes = readonly string[];

export interface ContextEntry {
  readonly ContextKeyName?: string | undefined;
  readonly ContextKeyValues?: ContextKeyValueListType | undefined;
  readonly ContextKeyType?: ContextKeyTypeEnum | undefined;
}

export type ContextEntryListType = readonly ContextEntry[];

export type ContextKeyNamesResultListType = readonly string[];

export type ContextKeyTypeEnum = 'string' | 'stringList' | 'numeric' | 'numericList' | 'boolean' | 'booleanList' | 'ip' | 'ipList' | 'binary' | 'binaryList' | 'date' | 'dateList';

export type ContextKeyValueListType = readonly string[];

export interface ContinuousParameterRangeSpecification {
  readonly MinValue: string;
  readonly MaxValue: string;
}

export interface CreateAlgorithmInput {
  readonly AlgorithmName: string;
  readonly AlgorithmDescription?: string | undefined;
  readonly TrainingSpecification: TrainingSpecification;
  readonly InferenceSpecification?: InferenceSpecification | undefined;
  readonly ValidationSpecification?: AlgorithmValidationSpecification | undefined;
  readonly CertifyForMarketplace?: boolean | undefined;
  readonly Tags?: TagList | undefined;
}

export interface CreateAlgorithmOutput {
  readonly AlgorithmArn: string;
}

export interface CreateTrainingJobRequest {
  readonly TrainingJobName: string;
  readonly HyperParameters?: HyperParameters | undefined;
  readonly AlgorithmSpecification?: AlgorithmSpecification | undefined;
  readonly RoleArn: string;
  readonly InputDataConfig?: InputDataConfig | undefined;
  readonly OutputDataConfig: OutputDataConfig;
  readonly ResourceConfig?: ResourceConfig | undefined;
  readonly VpcConfig?: VpcConfig | undefined;
  readonly StoppingCondition?: StoppingCondition | undefined;
  readonly Tags?: TagList | undefined;
  readonly EnableNetworkIsolation?: boolean | undefined;
  readonly EnableInterContainerTrafficEncryption?: boolean | undefined;
  readonly EnableManagedSpotTraining?: boolean | undefined;
  readonly CheckpointConfig?: CheckpointConfig | undefined;
  readonly DebugHookConfig?: DebugHookConfig | undefined;
  readonly DebugRuleConfigurations?: DebugRuleConfigurations | undefined;
  readonly TensorBoardOutputConfig?: TensorBoardOutputConfig | undefined;
  readonly ExperimentConfig?: ExperimentConfig | undefined;
  readonly ProfilerConfig?: ProfilerConfig | undefined;
  readonly ProfilerRuleConfigurations?: ProfilerRuleConfigurations | undefined;
  readonly Environment?: TrainingEnvironmentMap | undefined;
  readonly RetryStrategy?: RetryStrategy | undefined;
  readonly RemoteDebugConfig?: RemoteDebugConfig | undefined;
  readonly InfraCheckConfig?: InfraCheckConfig | undefined;
  readonly SessionChainingConfig?: SessionChainingConfig | undefined;
  readonly ServerlessJobConfig?: ServerlessJobConfig | undefined;
  readonly MlflowConfig?: MlflowConfig | undefined;
  readonly ModelPackageConfig?: ModelPackageConfig | undefined;
}

export interface CreateTrainingJobResponse {
  readonly TrainingJobArn: string;
}

export type CrossAccountFilterOption = 'SameAccount' | 'CrossAccount';

export type CustomizationTechnique = 'SFT' | 'DPO' | 'RLVR' | 'RLAIF';

export type DataProtectionStatus = 'ACTIVATED' | 'DELETED' | 'ARCHIVED' | 'DISABLED';

export interface DataSource {
  readonly S3DataSource?: S3DataSource | undefined;
  readonly FileSystemDataSource?: FileSystemDataSource | undefined;
  readonly DatasetSource?: DatasetSource | undefined;
}

export interface Datapoint {
  readonly Timestamp?: number | undefined;
  readonly SampleCount?: number | undefined;
  readonly Average?: number | undefined;
  readonly Sum?: number | undefined;
  readonly Minimum?: number | undefined;
  readonly Maximum?: number | undefined;
  readonly Unit?: StandardUnit | undefined;
  readonly ExtendedStatistics?: DatapointValueMap | undefined;
}

export type DatapointValueMap = Readonly<Record<string, number>>;

export type DatapointValues = readonly number[];

export type Datapoints = readonly Datapoint[];

export interface DatasetSource {
  readonly DatasetArn: string;
}

export interface DebugHookConfig {
  readonly LocalPath?: string | undefined;
  readonly S3OutputPath: string;
  readonly HookParameters?: HookParameters | undefined;
  readonly CollectionConfigurations?: CollectionConfigurations | undefined;
}

export interface DebugRuleConfiguration {
  readonly RuleConfigurationName: string;
  readonly LocalPath?: string | undefined;
  readonly S3OutputPath?: string | undefined;
  readonly RuleEvaluatorImage: string;
  readonly InstanceType?: ProcessingInstanceType | undefined;
  readonly VolumeSizeInGB?: number | undefined;
  readonly RuleParameters?: RuleParameters | undefined;
}

export type DebugRuleConfigurations = readonly DebugRuleConfiguration[];

export interface DebugRuleEvaluationStatus {
  readonly RuleConfigurationName?: string | undefined;
  readonly RuleEvaluationJobArn?: string | undefined;
  readonly RuleEvaluationStatus?: RuleEvaluationStatus | undefined;
  readonly StatusDetails?: string | undefined;
  readonly LastModifiedTime?: number | undefined;
}

export type DebugRuleEvaluationStatuses = readonly DebugRuleEvaluationStatus[];

export interface DeleteAlgorithmInput {
  readonly AlgorithmName: string;
}

export interface DeleteTagsInput {
  readonly ResourceArn: string;
  readonly TagKeys: TagKeyList;
}

export type DeleteTagsOutput = Readonly<Record<string, never>>;

export interface DeleteTrainingJobRequest {
  readonly TrainingJobName: string;
}

export interface DescribeAlgorithmInput {
  readonly AlgorithmName: string;
}

export interface DescribeAlgorithmOutput {
  readonly AlgorithmName: string;
  readonly AlgorithmArn: string;
  readonly AlgorithmDescription?: string | undefined;
  readonly CreationTime: number;
  readonly TrainingSpecification: TrainingSpecification;
  readonly InferenceSpecification?: InferenceSpecification | undefined;
  readonly ValidationSpecification?: AlgorithmValidationSpecification | undefined;
  readonly AlgorithmStatus: AlgorithmStatus;
  readonly AlgorithmStatusDetails: AlgorithmStatusDetails;
  readonly ProductId?: string | undefined;
  readonly CertifyForMarketplace?: boolean | undefined;
}

export interface DescribeImagesFilter {
  readonly tagStatus?: TagStatus | undefined;
  readonly imageStatus?: ImageStatusFilter | undefined;
}

export interface DescribeImagesRequest {
  readonly registryId?: string | undefined;
  readonly repositoryName: string;
  readonly imageIds?: ImageIdentifierList | undefined;
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
  readonly filter?: DescribeImagesFilter | undefined;
}

export interface DescribeImagesResponse {
  readonly imageDetails?: ImageDetailList | undefined;
  readonly nextToken?: string | undefined;
}

export type DescribeLogGroupsLogGroupIdentifiers = readonly string[];

export interface DescribeLogGroupsRequest {
  readonly accountIdentifiers?: AccountIds | undefined;
  readonly logGroupNamePrefix?: string | undefined;
  readonly logGroupNamePattern?: string | undefined;
  readonly nextToken?: string | undefined;
  readonly limit?: number | undefined;
  readonly includeLinkedAccounts?: boolean | undefined;
  readonly logGroupClass?: LogGroupClass | undefined;
  readonly logGroupIdentifiers?: DescribeLogGroupsLogGroupIdentifiers | undefined;
}

export interface DescribeLogGroupsResponse {
  readonly logGroups?: LogGroups | undefined;
  readonly nextToken?: string | undefined;
}

export interface DescribeLogStreamsRequest {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
  readonly logStreamNamePrefix?: string | undefined;
  readonly orderBy?: OrderBy | undefined;
  readonly descending?: boolean | undefined;
  readonly nextToken?: string | undefined;
  readonly limit?: number | undefined;
}

export interface DescribeLogStreamsResponse {
  readonly logStreams?: LogStreams | undefined;
  readonly nextToken?: string | undefined;
}

export interface DescribeRepositoriesRequest {
  readonly registryId?: string | undefined;
  readonly repositoryNames?: RepositoryNameList | undefined;
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

export interface DescribeRepositoriesResponse {
  readonly repositories?: RepositoryList | undefined;
  readonly nextToken?: string | undefined;
}

export interface DescribeTrainingJobRequest {
  readonly TrainingJobName: string;
}

export interface DescribeTrainingJobResponse {
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly TuningJobArn?: string | undefined;
  readonly LabelingJobArn?: string | undefined;
  readonly AutoMLJobArn?: string | undefined;
  readonly ModelArtifacts: ModelArtifacts;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly SecondaryStatus: SecondaryStatus;
  readonly FailureReason?: string | undefined;
  readonly HyperParameters?: HyperParameters | undefined;
  readonly AlgorithmSpecification?: AlgorithmSpecification | undefined;
  readonly RoleArn?: string | undefined;
  readonly InputDataConfig?: InputDataConfig | undefined;
  readonly OutputDataConfig?: OutputDataConfig | undefined;
  readonly ResourceConfig?: ResourceConfig | undefined;
  readonly WarmPoolStatus?: WarmPoolStatus | undefined;
  readonly VpcConfig?: VpcConfig | undefined;
  readonly StoppingCondition: StoppingCondition;
  readonly CreationTime: number;
  readonly TrainingStartTime?: number | undefined;
  readonly TrainingEndTime?: number | undefined;
  readonly LastModifiedTime?: number | undefined;
  readonly SecondaryStatusTransitions?: SecondaryStatusTransitions | undefined;
  readonly FinalMetricDataList?: FinalMetricDataList | undefined;
  readonly EnableNetworkIsolation?: boolean | undefined;
  readonly EnableInterContainerTrafficEncryption?: boolean | undefined;
  readonly EnableManagedSpotTraining?: boolean | undefined;
  readonly CheckpointConfig?: CheckpointConfig | undefined;
  readonly TrainingTimeInSeconds?: number | undefined;
  readonly BillableTimeInSeconds?: number | undefined;
  readonly BillableTokenCount?: number | undefined;
  readonly DebugHookConfig?: DebugHookConfig | undefined;
  readonly ExperimentConfig?: ExperimentConfig | undefined;
  readonly DebugRuleConfigurations?: DebugRuleConfigurations | undefined;
  readonly TensorBoardOutputConfig?: TensorBoardOutputConfig | undefined;
  readonly DebugRuleEvaluationStatuses?: DebugRuleEvaluationStatuses | undefined;
  readonly ProfilerConfig?: ProfilerConfig | undefined;
  readonly ProfilerRuleConfigurations?: ProfilerRuleConfigurations | undefined;
  readonly ProfilerRuleEvaluationStatuses?: ProfilerRuleEvaluationStatuses | undefined;
  readonly ProfilingStatus?: ProfilingStatus | undefined;
  readonly Environment?: TrainingEnvironmentMap | undefined;
  readonly RetryStrategy?: RetryStrategy | undefined;
  readonly RemoteDebugConfig?: RemoteDebugConfig | undefined;
  readonly InfraCheckConfig?: InfraCheckConfig | undefined;
  readonly ServerlessJobConfig?: ServerlessJobConfig | undefined;
  readonly MlflowConfig?: MlflowConfig | undefined;
  readonly ModelPackageConfig?: ModelPackageConfig | undefined;
  readonly MlflowDetails?: MlflowDetails | undefined;
  readonly ProgressInfo?: TrainingProgressInfo | undefined;
  readonly OutputModelPackageArn?: string | undefined;
}

export type DetailedAlgorithmStatus = 'NotStarted' | 'InProgress' | 'Completed' | 'Failed';

export interface DimensionFilter {
  readonly Name: string;
  readonly Value?: string | undefined;
}

export type DimensionFilters = readonly DimensionFilter[];

export type Dimensions = readonly CloudWatchDimension[];

export interface EncryptionConfiguration {
  readonly encryptionType: EncryptionType;
  readonly kmsKey?: string | undefined;
}

export type EncryptionType = 'AES256' | 'KMS' | 'KMS_DSSE';

export type EnvironmentMap = Readonly<Record<string, string>>;

export type EvalDecisionDetailsType = Readonly<Record<string, PolicyEvaluationDecisionType>>;

export interface EvaluationResult {
  readonly EvalActionName: string;
  readonly EvalResourceName?: string | undefined;
  readonly EvalDecision: PolicyEvaluationDecisionType;
  readonly MatchedStatements?: StatementListType | undefined;
  readonly MissingContextValues?: ContextKeyNamesResultListType | undefined;
  readonly OrganizationsDecisionDetail?: OrganizationsDecisionDetail | undefined;
  readonly PermissionsBoundaryDecisionDetail?: PermissionsBoundaryDecisionDetail | undefined;
  readonly EvalDecisionDetails?: EvalDecisionDetailsType | undefined;
  readonly ResourceSpecificResults?: ResourceSpecificResultListType | undefined;
}

export type EvaluationResultsListType = readonly EvaluationResult[];

export type EvaluationType = 'LLMAJEvaluation' | 'CustomScorerEvaluation' | 'BenchmarkEvaluation';

export interface ExperimentConfig {
  readonly ExperimentName?: string | undefined;
  readonly TrialName?: string | undefined;
  readonly TrialComponentDisplayName?: string | undefined;
  readonly RunName?: string | undefined;
}

export type ExtendedStatistics = readonly string[];

export type FileSystemAccessMode = 'rw' | 'ro';

export interface FileSystemDataSource {
  readonly FileSystemId: string;
  readonly FileSystemAccessMode: FileSystemAccessMode;
  readonly FileSystemType: FileSystemType;
  readonly DirectoryPath: string;
}

export type FileSystemType = 'EFS' | 'FSxLustre';

export interface Filter {
  readonly Name: string;
  readonly Operator?: Operator | undefined;
  readonly Value?: string | undefined;
}

export type FilterList = readonly Filter[];

export interface FilterLogEventsRequest {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
  readonly logStreamNames?: InputLogStreamNames | undefined;
  readonly logStreamNamePrefix?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly filterPattern?: string | undefined;
  readonly nextToken?: string | undefined;
  readonly limit?: number | undefined;
  readonly startFromHead?: boolean | undefined;
  readonly interleaved?: boolean | undefined;
  readonly unmask?: boolean | undefined;
}

export interface FilterLogEventsResponse {
  readonly events?: FilteredLogEvents | undefined;
  readonly searchedLogStreams?: SearchedLogStreams | undefined;
  readonly nextToken?: string | undefined;
}

export interface FilteredLogEvent {
  readonly logStreamName?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
  readonly ingestionTime?: number | undefined;
  readonly eventId?: string | undefined;
}

export type FilteredLogEvents = readonly FilteredLogEvent[];

export type FinalMetricDataList = readonly MetricData[];

export type FindingSeverity = 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' | 'UNDEFINED';

export type FindingSeverityCounts = Readonly<Record<string, number>>;

export type GetAuthorizationTokenRegistryIdList = readonly string[];

export interface GetAuthorizationTokenRequest {
  readonly registryIds?: GetAuthorizationTokenRegistryIdList | undefined;
}

export interface GetAuthorizationTokenResponse {
  readonly authorizationData?: AuthorizationDataList | undefined;
}

export type GetCallerIdentityRequest = Readonly<Record<string, never>>;

export interface GetCallerIdentityResponse {
  readonly UserId?: string | undefined;
  readonly Account?: string | undefined;
  readonly Arn?: string | undefined;
}

export interface GetLogEventsRequest {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
  readonly logStreamName: string;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly nextToken?: string | undefined;
  readonly limit?: number | undefined;
  readonly startFromHead?: boolean | undefined;
  readonly unmask?: boolean | undefined;
}

export interface GetLogEventsResponse {
  readonly events?: OutputLogEvents | undefined;
  readonly nextForwardToken?: string | undefined;
  readonly nextBackwardToken?: string | undefined;
}

export interface GetMetricDataInput {
  readonly MetricDataQueries: MetricDataQueries;
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string | undefined;
  readonly ScanBy?: ScanBy | undefined;
  readonly MaxDatapoints?: number | undefined;
  readonly LabelOptions?: LabelOptions | undefined;
}

export interface GetMetricDataOutput {
  readonly MetricDataResults?: MetricDataResults | undefined;
  readonly NextToken?: string | undefined;
  readonly Messages?: MetricDataResultMessages | undefined;
}

export interface GetMetricStatisticsInput {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: Dimensions | undefined;
  readonly StartTime: number;
  readonly EndTime: number;
  readonly Period: number;
  readonly Statistics?: Statistics | undefined;
  readonly ExtendedStatistics?: ExtendedStatistics | undefined;
  readonly Unit?: StandardUnit | undefined;
}

export interface GetMetricStatisticsOutput {
  readonly Label?: string | undefined;
  readonly Datapoints?: Datapoints | undefined;
}

export interface GetRoleRequest {
  readonly RoleName: string;
}

export interface GetRoleResponse {
  readonly Role: Role;
}

export interface GetSearchSuggestionsRequest {
  readonly Resource: ResourceType;
  readonly SuggestionQuery?: SuggestionQuery | undefined;
}

export interface GetSearchSuggestionsResponse {
  readonly PropertyNameSuggestions?: PropertyNameSuggestionList | undefined;
}

export type HookParameters = Readonly<Record<string, string>>;

export interface HubAccessConfig {
  readonly HubContentArn: string;
}

export interface HyperParameterSpecification {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly Type: ParameterType;
  readonly Range?: ParameterRange | undefined;
  readonly IsTunable?: boolean | undefined;
  readonly IsRequired?: boolean | undefined;
  readonly DefaultValue?: string | undefined;
}

export type HyperParameterSpecifications = readonly HyperParameterSpecification[];

export interface HyperParameterTuningJobObjective {
  readonly Type: HyperParameterTuningJobObjectiveType;
  readonly MetricName: string;
}

export type HyperParameterTuningJobObjectiveType = 'Maximize' | 'Minimize';

export type HyperParameterTuningJobObjectives = readonly HyperParameterTuningJobObjective[];

export type HyperParameters = Readonly<Record<string, string>>;

export interface IamTag {
  readonly Key: string;
  readonly Value: string;
}

export type IamTagListType = readonly IamTag[];

export interface Image {
  readonly registryId?: string | undefined;
  readonly repositoryName?: string | undefined;
  readonly imageId?: ImageIdentifier | undefined;
  readonly imageManifest?: string | undefined;
  readonly imageManifestMediaType?: string | undefined;
}

export interface ImageDetail {
  readonly registryId?: string | undefined;
  readonly repositoryName?: string | undefined;
  readonly imageDigest?: string | undefined;
  readonly imageTags?: ImageTagList | undefined;
  readonly imageSizeInBytes?: number | undefined;
  readonly imagePushedAt?: number | undefined;
  readonly imageScanStatus?: ImageScanStatus | undefined;
  readonly imageScanFindingsSummary?: ImageScanFindingsSummary | undefined;
  readonly imageManifestMediaType?: string | undefined;
  readonly artifactMediaType?: string | undefined;
  readonly lastRecordedPullTime?: number | undefined;
  readonly subjectManifestDigest?: string | undefined;
  readonly imageStatus?: ImageStatus | undefined;
  readonly lastArchivedAt?: number | undefined;
  readonly lastActivatedAt?: number | undefined;
}

export type ImageDetailList = readonly ImageDetail[];

export interface ImageFailure {
  readonly imageId?: ImageIdentifier | undefined;
  readonly failureCode?: ImageFailureCode | undefined;
  readonly failureReason?: string | undefined;
}

export type ImageFailureCode = 'InvalidImageDigest' | 'InvalidImageTag' | 'ImageTagDoesNotMatchDigest' | 'ImageNotFound' | 'MissingDigestAndTag' | 'ImageReferencedByManifestList' | 'KmsError' | 'UpstreamAccessDenied' | 'UpstreamTooManyRequests' | 'UpstreamUnavailable' | 'ImageInaccessible';

export type ImageFailureList = readonly ImageFailure[];

export interface ImageIdentifier {
  readonly imageDigest?: string | undefined;
  readonly imageTag?: string | undefined;
}

export type ImageIdentifierList = readonly ImageIdentifier[];

export type ImageList = readonly Image[];

export interface ImageScanFindingsSummary {
  readonly imageScanCompletedAt?: number | undefined;
  readonly vulnerabilitySourceUpdatedAt?: number | undefined;
  readonly findingSeverityCounts?: FindingSeverityCounts | undefined;
}

export interface ImageScanStatus {
  readonly status?: ScanStatus | undefined;
  readonly description?: string | undefined;
}

export interface ImageScanningConfiguration {
  readonly scanOnPush?: boolean | undefined;
}

export type ImageStatus = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';

export type ImageStatusFilter = 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING' | 'ANY';

export type ImageTagList = readonly string[];

export type ImageTagMutability = 'MUTABLE' | 'IMMUTABLE' | 'IMMUTABLE_WITH_EXCLUSION' | 'MUTABLE_WITH_EXCLUSION';

export interface ImageTagMutabilityExclusionFilter {
  readonly filterType: ImageTagMutabilityExclusionFilterType;
  readonly filter: string;
}

export type ImageTagMutabilityExclusionFilterType = 'WILDCARD';

export type ImageTagMutabilityExclusionFilters = readonly ImageTagMutabilityExclusionFilter[];

export interface InferenceHubAccessConfig {
  readonly HubContentArn: string;
}

export interface InferenceSpecification {
  readonly Containers: ModelPackageContainerDefinitionList;
  readonly SupportedTransformInstanceTypes?: TransformInstanceTypes | undefined;
  readonly SupportedRealtimeInferenceInstanceTypes?: RealtimeInferenceInstanceTypes | undefined;
  readonly SupportedContentTypes?: ContentTypes | undefined;
  readonly SupportedResponseMIMETypes?: ResponseMIMETypes | undefined;
}

export interface InfraCheckConfig {
  readonly EnableInfraCheck?: boolean | undefined;
}

export type InheritedProperties = readonly InheritedProperty[];

export type InheritedProperty = 'ACCOUNT_DATA_PROTECTION';

export interface InlinePolicyIdentifierType {
  readonly PolicyName: string;
  readonly AttachmentType: AttachmentType;
  readonly AttachmentName: string;
}

export type InputDataConfig = readonly Channel[];

export type InputLogStreamNames = readonly string[];

export type InputModes = readonly TrainingInputMode[];

export interface InstanceGroup {
  readonly InstanceType: TrainingInstanceType;
  readonly InstanceCount: number;
  readonly InstanceGroupName: string;
}

export type InstanceGroupNames = readonly string[];

export type InstanceGroups = readonly InstanceGroup[];

export interface InstancePlacementConfig {
  readonly EnableMultipleJobs?: boolean | undefined;
  readonly PlacementSpecifications?: PlacementSpecifications | undefined;
}

export interface InstancePreference {
  readonly InstanceType: TrainingInstanceType;
  readonly InstanceCount?: number | undefined;
  readonly TrainingPlanArns?: TrainingPlanArnList | undefined;
}

export type InstancePreferenceList = readonly InstancePreference[];

export interface IntegerParameterRangeSpecification {
  readonly MinValue: string;
  readonly MaxValue: string;
}

export interface LabelOptions {
  readonly Timezone?: string | undefined;
}

export interface ListAlgorithmsInput {
  readonly CreationTimeAfter?: number | undefined;
  readonly CreationTimeBefore?: number | undefined;
  readonly MaxResults?: number | undefined;
  readonly NameContains?: string | undefined;
  readonly NextToken?: string | undefined;
  readonly SortBy?: AlgorithmSortBy | undefined;
  readonly SortOrder?: SortOrder | undefined;
}

export interface ListAlgorithmsOutput {
  readonly AlgorithmSummaryList: AlgorithmSummaryList;
  readonly NextToken?: string | undefined;
}

export interface ListMetricsInput {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: DimensionFilters | undefined;
  readonly NextToken?: string | undefined;
  readonly RecentlyActive?: RecentlyActive | undefined;
  readonly IncludeLinkedAccounts?: boolean | undefined;
  readonly OwningAccount?: string | undefined;
}

export interface ListMetricsOutput {
  readonly Metrics?: Metrics | undefined;
  readonly NextToken?: string | undefined;
  readonly OwningAccounts?: OwningAccounts | undefined;
}

export interface ListTagsInput {
  readonly ResourceArn: string;
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

export interface ListTagsOutput {
  readonly Tags?: TagList | undefined;
  readonly NextToken?: string | undefined;
}

export interface ListTrainingJobsRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly CreationTimeAfter?: number | undefined;
  readonly CreationTimeBefore?: number | undefined;
  readonly LastModifiedTimeAfter?: number | undefined;
  readonly LastModifiedTimeBefore?: number | undefined;
  readonly NameContains?: string | undefined;
  readonly StatusEquals?: TrainingJobStatus | undefined;
  readonly SortBy?: SortBy | undefined;
  readonly SortOrder?: SortOrder | undefined;
  readonly WarmPoolStatusEquals?: WarmPoolResourceStatus | undefined;
  readonly TrainingPlanArnEquals?: string | undefined;
}

export interface ListTrainingJobsResponse {
  readonly TrainingJobSummaries: TrainingJobSummaries;
  readonly NextToken?: string | undefined;
}

export interface LogGroup {
  readonly logGroupName?: string | undefined;
  readonly creationTime?: number | undefined;
  readonly retentionInDays?: number | undefined;
  readonly metricFilterCount?: number | undefined;
  readonly arn?: string | undefined;
  readonly storedBytes?: number | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly dataProtectionStatus?: DataProtectionStatus | undefined;
  readonly inheritedProperties?: InheritedProperties | undefined;
  readonly logGroupClass?: LogGroupClass | undefined;
  readonly logGroupArn?: string | undefined;
  readonly deletionProtectionEnabled?: boolean | undefined;
  readonly bearerTokenAuthenticationEnabled?: boolean | undefined;
}

export type LogGroupClass = 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY';

export type LogGroups = readonly LogGroup[];

export interface LogStream {
  readonly logStreamName?: string | undefined;
  readonly creationTime?: number | undefined;
  readonly firstEventTimestamp?: number | undefined;
  readonly lastEventTimestamp?: number | undefined;
  readonly lastIngestionTime?: number | undefined;
  readonly uploadSequenceToken?: string | undefined;
  readonly arn?: string | undefined;
  readonly storedBytes?: number | undefined;
}

export type LogStreams = readonly LogStream[];

export type MediaTypeList = readonly string[];

export interface MessageData {
  readonly Code?: string | undefined;
  readonly Value?: string | undefined;
}

export interface Metric {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: Dimensions | undefined;
}

export interface MetricData {
  readonly MetricName?: string | undefined;
  readonly Value?: number | undefined;
  readonly Timestamp?: number | undefined;
}

export type MetricDataQueries = readonly MetricDataQuery[];

export interface MetricDataQuery {
  readonly Id: string;
  readonly MetricStat?: MetricStat | undefined;
  readonly Expression?: string | undefined;
  readonly Label?: string | undefined;
  readonly ReturnData?: boolean | undefined;
  readonly Period?: number | undefined;
  readonly AccountId?: string | undefined;
}

export interface MetricDataResult {
  readonly Id?: string | undefined;
  readonly Label?: string | undefined;
  readonly Timestamps?: Timestamps | undefined;
  readonly Values?: DatapointValues | undefined;
  readonly StatusCode?: StatusCode | undefined;
  readonly Messages?: MetricDataResultMessages | undefined;
}

export type MetricDataResultMessages = readonly MessageData[];

export type MetricDataResults = readonly MetricDataResult[];

export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}

export type MetricDefinitionList = readonly MetricDefinition[];

export interface MetricQuery {
  readonly MetricName: string;
  readonly ResourceArn: string;
  readonly MetricStat: MetricStatistic;
  readonly Period: SageMakerMetricsPeriod;
  readonly XAxisType: XAxisType;
  readonly Start?: number | undefined;
  readonly End?: number | undefined;
}

export type MetricQueryList = readonly MetricQuery[];

export interface MetricQueryResult {
  readonly Status: MetricQueryResultStatus;
  readonly Message?: string | undefined;
  readonly XAxisValues: XAxisValues;
  readonly MetricValues: MetricValues;
}

export type MetricQueryResultList = readonly MetricQueryResult[];

export type MetricQueryResultStatus = 'Complete' | 'Truncated' | 'InternalError' | 'ValidationError';

export interface MetricStat {
  readonly Metric: Metric;
  readonly Period: number;
  readonly Stat: string;
  readonly Unit?: StandardUnit | undefined;
}

export type MetricStatistic = 'Min' | 'Max' | 'Avg' | 'Count' | 'StdDev' | 'Last';

export type MetricValues = readonly number[];

export type Metrics = readonly Metric[];

export interface MlflowConfig {
  readonly MlflowResourceArn: string;
  readonly MlflowExperimentName?: string | undefined;
  readonly MlflowRunName?: string | undefined;
}

export interface MlflowDetails {
  readonly MlflowExperimentId?: string | undefined;
  readonly MlflowRunId?: string | undefined;
}

export interface ModelAccessConfig {
  readonly AcceptEula: boolean;
}

export interface ModelArtifacts {
  readonly S3ModelArtifacts: string;
}

export type ModelCompressionType = 'None' | 'Gzip';

export interface ModelDataSource {
  readonly S3DataSource?: S3ModelDataSource | undefined;
}

export interface ModelInput {
  readonly DataInputConfig: string;
}

export interface ModelPackageConfig {
  readonly ModelPackageGroupArn: string;
  readonly SourceModelPackageArn?: string | undefined;
}

export interface ModelPackageContainerDefinition {
  readonly ContainerHostname?: string | undefined;
  readonly Image?: string | undefined;
  readonly ImageDigest?: string | undefined;
  readonly ModelDataUrl?: string | undefined;
  readonly ModelDataSource?: ModelDataSource | undefined;
  readonly ProductId?: string | undefined;
  readonly Environment?: EnvironmentMap | undefined;
  readonly ModelInput?: ModelInput | undefined;
  readonly Framework?: string | undefined;
  readonly FrameworkVersion?: string | undefined;
  readonly NearestModelName?: string | undefined;
  readonly AdditionalModelDataSources?: AdditionalModelDataSources | undefined;
  readonly AdditionalS3DataSource?: AdditionalS3DataSource | undefined;
  readonly ModelDataETag?: string | undefined;
  readonly IsCheckpoint?: boolean | undefined;
  readonly BaseModel?: BaseModel | undefined;
}

export type ModelPackageContainerDefinitionList = readonly ModelPackageContainerDefinition[];

export interface NestedFilters {
  readonly NestedPropertyName: string;
  readonly Filters: FilterList;
}

export type NestedFiltersList = readonly NestedFilters[];

export type Operator = 'Equals' | 'NotEquals' | 'GreaterThan' | 'GreaterThanOrEqualTo' | 'LessThan' | 'LessThanOrEqualTo' | 'Contains' | 'Exists' | 'NotExists' | 'In';

export type OrderBy = 'LogStreamName' | 'LastEventTime';

export interface OrganizationsDecisionDetail {
  readonly AllowedByOrganizations?: boolean | undefined;
}

export type OutputCompressionType = 'GZIP' | 'NONE';

export interface OutputDataConfig {
  readonly KmsKeyId?: string | undefined;
  readonly S3OutputPath: string;
  readonly CompressionType?: OutputCompressionType | undefined;
}

export interface OutputLogEvent {
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
  readonly ingestionTime?: number | undefined;
}

export type OutputLogEvents = readonly OutputLogEvent[];

export type OwningAccounts = readonly string[];

export interface ParameterRange {
  readonly IntegerParameterRangeSpecification?: IntegerParameterRangeSpecification | undefined;
  readonly ContinuousParameterRangeSpecification?: ContinuousParameterRangeSpecification | undefined;
  readonly CategoricalParameterRangeSpecification?: CategoricalParameterRangeSpecification | undefined;
}

export type ParameterType = 'Integer' | 'Continuous' | 'Categorical' | 'FreeText';

export type ParameterValues = readonly string[];

export type Peft = 'LORA';

export type PermissionsBoundaryAttachmentType = 'PermissionsBoundaryPolicy';

export interface PermissionsBoundaryDecisionDetail {
  readonly AllowedByPermissionsBoundary?: boolean | undefined;
}

export interface PlacementSpecification {
  readonly UltraServerId?: string | undefined;
  readonly InstanceCount: number;
}

export type PlacementSpecifications = readonly PlacementSpecification[];

export type PolicyEvaluationDecisionType = 'allowed' | 'explicitDeny' | 'implicitDeny';

export type PolicyExclusionsListType = readonly PolicyIdentifier[];

export interface PolicyIdentifier {
  readonly PolicyType?: PolicyIdentifierPolicyType | undefined;
  readonly PolicyArn?: string | undefined;
  readonly InlinePolicyIdentifier?: InlinePolicyIdentifierType | undefined;
}

export type PolicyIdentifierPolicyType = 'inline' | 'aws-managed' | 'user-managed' | 'permission-boundary' | 'scp' | 'rcp';

export type PolicySourceType = 'user' | 'group' | 'role' | 'aws-managed' | 'user-managed' | 'resource' | 'none';

export interface Position {
  readonly Line?: number | undefined;
  readonly Column?: number | undefined;
}

export type ProcessingInstanceType = 'ml.t3.medium' | 'ml.t3.large' | 'ml.t3.xlarge' | 'ml.t3.2xlarge' | 'ml.m4.xlarge' | 'ml.m4.2xlarge' | 'ml.m4.4xlarge' | 'ml.m4.10xlarge' | 'ml.m4.16xlarge' | 'ml.c4.xlarge' | 'ml.c4.2xlarge' | 'ml.c4.4xlarge' | 'ml.c4.8xlarge' | 'ml.p2.xlarge' | 'ml.p2.8xlarge' | 'ml.p2.16xlarge' | 'ml.p3.2xlarge' | 'ml.p3.8xlarge' | 'ml.p3.16xlarge' | 'ml.c5.xlarge' | 'ml.c5.2xlarge' | 'ml.c5.4xlarge' | 'ml.c5.9xlarge' | 'ml.c5.18xlarge' | 'ml.m5.large' | 'ml.m5.xlarge' | 'ml.m5.2xlarge' | 'ml.m5.4xlarge' | 'ml.m5.12xlarge' | 'ml.m5.24xlarge' | 'ml.r5.large' | 'ml.r5.xlarge' | 'ml.r5.2xlarge' | 'ml.r5.4xlarge' | 'ml.r5.8xlarge' | 'ml.r5.12xlarge' | 'ml.r5.16xlarge' | 'ml.r5.24xlarge' | 'ml.g4dn.xlarge' | 'ml.g4dn.2xlarge' | 'ml.g4dn.4xlarge' | 'ml.g4dn.8xlarge' | 'ml.g4dn.12xlarge' | 'ml.g4dn.16xlarge' | 'ml.g5.xlarge' | 'ml.g5.2xlarge' | 'ml.g5.4xlarge' | 'ml.g5.8xlarge' | 'ml.g5.16xlarge' | 'ml.g5.12xlarge' | 'ml.g5.24xlarge' | 'ml.g5.48xlarge' | 'ml.r5d.large' | 'ml.r5d.xlarge' | 'ml.r5d.2xlarge' | 'ml.r5d.4xlarge' | 'ml.r5d.8xlarge' | 'ml.r5d.12xlarge' | 'ml.r5d.16xlarge' | 'ml.r5d.24xlarge' | 'ml.g6.xlarge' | 'ml.g6.2xlarge' | 'ml.g6.4xlarge' | 'ml.g6.8xlarge' | 'ml.g6.12xlarge' | 'ml.g6.16xlarge' | 'ml.g6.24xlarge' | 'ml.g6.48xlarge' | 'ml.g6e.xlarge' | 'ml.g6e.2xlarge' | 'ml.g6e.4xlarge' | 'ml.g6e.8xlarge' | 'ml.g6e.12xlarge' | 'ml.g6e.16xlarge' | 'ml.g6e.24xlarge' | 'ml.g6e.48xlarge' | 'ml.m6i.large' | 'ml.m6i.xlarge' | 'ml.m6i.2xlarge' | 'ml.m6i.4xlarge' | 'ml.m6i.8xlarge' | 'ml.m6i.12xlarge' | 'ml.m6i.16xlarge' | 'ml.m6i.24xlarge' | 'ml.m6i.32xlarge' | 'ml.c6i.xlarge' | 'ml.c6i.2xlarge' | 'ml.c6i.4xlarge' | 'ml.c6i.8xlarge' | 'ml.c6i.12xlarge' | 'ml.c6i.16xlarge' | 'ml.c6i.24xlarge' | 'ml.c6i.32xlarge' | 'ml.m7i.large' | 'ml.m7i.xlarge' | 'ml.m7i.2xlarge' | 'ml.m7i.4xlarge' | 'ml.m7i.8xlarge' | 'ml.m7i.12xlarge' | 'ml.m7i.16xlarge' | 'ml.m7i.24xlarge' | 'ml.m7i.48xlarge' | 'ml.c7i.large' | 'ml.c7i.xlarge' | 'ml.c7i.2xlarge' | 'ml.c7i.4xlarge' | 'ml.c7i.8xlarge' | 'ml.c7i.12xlarge' | 'ml.c7i.16xlarge' | 'ml.c7i.24xlarge' | 'ml.c7i.48xlarge' | 'ml.r7i.large' | 'ml.r7i.xlarge' | 'ml.r7i.2xlarge' | 'ml.r7i.4xlarge' | 'ml.r7i.8xlarge' | 'ml.r7i.12xlarge' | 'ml.r7i.16xlarge' | 'ml.r7i.24xlarge' | 'ml.r7i.48xlarge' | 'ml.p5.4xlarge' | 'ml.g7e.2xlarge' | 'ml.g7e.4xlarge' | 'ml.g7e.8xlarge' | 'ml.g7e.12xlarge' | 'ml.g7e.24xlarge' | 'ml.g7e.48xlarge' | 'ml.g7.2xlarge' | 'ml.g7.4xlarge' | 'ml.g7.8xlarge' | 'ml.g7.12xlarge' | 'ml.g7.24xlarge' | 'ml.g7.48xlarge' | 'ml.r6i.large' | 'ml.r6i.xlarge' | 'ml.r6i.2xlarge' | 'ml.r6i.4xlarge' | 'ml.r6i.8xlarge' | 'ml.r6i.12xlarge' | 'ml.r6i.16xlarge' | 'ml.r6i.24xlarge' | 'ml.r6i.32xlarge' | 'ml.m8i.large' | 'ml.m8i.xlarge' | 'ml.m8i.2xlarge' | 'ml.m8i.4xlarge' | 'ml.m8i.8xlarge' | 'ml.m8i.12xlarge' | 'ml.m8i.16xlarge' | 'ml.m8i.24xlarge' | 'ml.m8i.32xlarge' | 'ml.m8i.48xlarge' | 'ml.m8i.96xlarge' | 'ml.c8i.xlarge' | 'ml.c8i.2xlarge' | 'ml.c8i.4xlarge' | 'ml.c8i.8xlarge' | 'ml.c8i.12xlarge' | 'ml.c8i.16xlarge' | 'ml.c8i.24xlarge' | 'ml.c8i.32xlarge' | 'ml.c8i.48xlarge' | 'ml.c8i.96xlarge' | 'ml.r8i.large' | 'ml.r8i.xlarge' | 'ml.r8i.2xlarge' | 'ml.r8i.4xlarge' | 'ml.r8i.8xlarge' | 'ml.r8i.12xlarge' | 'ml.r8i.16xlarge' | 'ml.r8i.24xlarge' | 'ml.r8i.32xlarge' | 'ml.r8i.48xlarge' | 'ml.r8i.96xlarge' | 'ml.m7i-flex.large' | 'ml.m7i-flex.xlarge' | 'ml.m7i-flex.2xlarge' | 'ml.m7i-flex.4xlarge' | 'ml.m7i-flex.8xlarge' | 'ml.m7i-flex.12xlarge' | 'ml.m7i-flex.16xlarge' | 'ml.c7i-flex.xlarge' | 'ml.c7i-flex.2xlarge' | 'ml.c7i-flex.4xlarge' | 'ml.c7i-flex.8xlarge' | 'ml.c7i-flex.12xlarge' | 'ml.c7i-flex.16xlarge' | 'ml.m8i-flex.large' | 'ml.m8i-flex.xlarge' | 'ml.m8i-flex.2xlarge' | 'ml.m8i-flex.4xlarge' | 'ml.m8i-flex.8xlarge' | 'ml.m8i-flex.12xlarge' | 'ml.m8i-flex.16xlarge' | 'ml.c8i-flex.xlarge' | 'ml.c8i-flex.2xlarge' | 'ml.c8i-flex.4xlarge' | 'ml.c8i-flex.8xlarge' | 'ml.c8i-flex.12xlarge' | 'ml.c8i-flex.16xlarge' | 'ml.r8i-flex.large' | 'ml.r8i-flex.xlarge' | 'ml.r8i-flex.2xlarge' | 'ml.r8i-flex.4xlarge' | 'ml.r8i-flex.8xlarge' | 'ml.r8i-flex.12xlarge' | 'ml.r8i-flex.16xlarge';

export type ProductionVariantInstanceType = 'ml.t2.medium' | 'ml.t2.large' | 'ml.t2.xlarge' | 'ml.t2.2xlarge' | 'ml.m4.xlarge' | 'ml.m4.2xlarge' | 'ml.m4.4xlarge' | 'ml.m4.10xlarge' | 'ml.m4.16xlarge' | 'ml.m5.large' | 'ml.m5.xlarge' | 'ml.m5.2xlarge' | 'ml.m5.4xlarge' | 'ml.m5.12xlarge' | 'ml.m5.24xlarge' | 'ml.m5d.large' | 'ml.m5d.xlarge' | 'ml.m5d.2xlarge' | 'ml.m5d.4xlarge' | 'ml.m5d.12xlarge' | 'ml.m5d.24xlarge' | 'ml.c4.large' | 'ml.c4.xlarge' | 'ml.c4.2xlarge' | 'ml.c4.4xlarge' | 'ml.c4.8xlarge' | 'ml.p2.xlarge' | 'ml.p2.8xlarge' | 'ml.p2.16xlarge' | 'ml.p3.2xlarge' | 'ml.p3.8xlarge' | 'ml.p3.16xlarge' | 'ml.c5.large' | 'ml.c5.xlarge' | 'ml.c5.2xlarge' | 'ml.c5.4xlarge' | 'ml.c5.9xlarge' | 'ml.c5.18xlarge' | 'ml.c5d.large' | 'ml.c5d.xlarge' | 'ml.c5d.2xlarge' | 'ml.c5d.4xlarge' | 'ml.c5d.9xlarge' | 'ml.c5d.18xlarge' | 'ml.g4dn.xlarge' | 'ml.g4dn.2xlarge' | 'ml.g4dn.4xlarge' | 'ml.g4dn.8xlarge' | 'ml.g4dn.12xlarge' | 'ml.g4dn.16xlarge' | 'ml.r5.large' | 'ml.r5.xlarge' | 'ml.r5.2xlarge' | 'ml.r5.4xlarge' | 'ml.r5.12xlarge' | 'ml.r5.24xlarge' | 'ml.r5d.large' | 'ml.r5d.xlarge' | 'ml.r5d.2xlarge' | 'ml.r5d.4xlarge' | 'ml.r5d.12xlarge' | 'ml.r5d.24xlarge' | 'ml.inf1.xlarge' | 'ml.inf1.2xlarge' | 'ml.inf1.6xlarge' | 'ml.inf1.24xlarge' | 'ml.dl1.24xlarge' | 'ml.c6i.large' | 'ml.c6i.xlarge' | 'ml.c6i.2xlarge' | 'ml.c6i.4xlarge' | 'ml.c6i.8xlarge' | 'ml.c6i.12xlarge' | 'ml.c6i.16xlarge' | 'ml.c6i.24xlarge' | 'ml.c6i.32xlarge' | 'ml.m6i.large' | 'ml.m6i.xlarge' | 'ml.m6i.2xlarge' | 'ml.m6i.4xlarge' | 'ml.m6i.8xlarge' | 'ml.m6i.12xlarge' | 'ml.m6i.16xlarge' | 'ml.m6i.24xlarge' | 'ml.m6i.32xlarge' | 'ml.r6i.large' | 'ml.r6i.xlarge' | 'ml.r6i.2xlarge' | 'ml.r6i.4xlarge' | 'ml.r6i.8xlarge' | 'ml.r6i.12xlarge' | 'ml.r6i.16xlarge' | 'ml.r6i.24xlarge' | 'ml.r6i.32xlarge' | 'ml.g5.xlarge' | 'ml.g5.2xlarge' | 'ml.g5.4xlarge' | 'ml.g5.8xlarge' | 'ml.g5.12xlarge' | 'ml.g5.16xlarge' | 'ml.g5.24xlarge' | 'ml.g5.48xlarge' | 'ml.g6.xlarge' | 'ml.g6.2xlarge' | 'ml.g6.4xlarge' | 'ml.g6.8xlarge' | 'ml.g6.12xlarge' | 'ml.g6.16xlarge' | 'ml.g6.24xlarge' | 'ml.g6.48xlarge' | 'ml.r8g.medium' | 'ml.r8g.large' | 'ml.r8g.xlarge' | 'ml.r8g.2xlarge' | 'ml.r8g.4xlarge' | 'ml.r8g.8xlarge' | 'ml.r8g.12xlarge' | 'ml.r8g.16xlarge' | 'ml.r8g.24xlarge' | 'ml.r8g.48xlarge' | 'ml.g6e.xlarge' | 'ml.g6e.2xlarge' | 'ml.g6e.4xlarge' | 'ml.g6e.8xlarge' | 'ml.g6e.12xlarge' | 'ml.g6e.16xlarge' | 'ml.g6e.24xlarge' | 'ml.g6e.48xlarge' | 'ml.g7e.2xlarge' | 'ml.g7e.4xlarge' | 'ml.g7e.8xlarge' | 'ml.g7e.12xlarge' | 'ml.g7e.24xlarge' | 'ml.g7e.48xlarge' | 'ml.g7.2xlarge' | 'ml.g7.4xlarge' | 'ml.g7.8xlarge' | 'ml.g7.12xlarge' | 'ml.g7.24xlarge' | 'ml.g7.48xlarge' | 'ml.p4d.24xlarge' | 'ml.c7g.large' | 'ml.c7g.xlarge' | 'ml.c7g.2xlarge' | 'ml.c7g.4xlarge' | 'ml.c7g.8xlarge' | 'ml.c7g.12xlarge' | 'ml.c7g.16xlarge' | 'ml.m6g.large' | 'ml.m6g.xlarge' | 'ml.m6g.2xlarge' | 'ml.m6g.4xlarge' | 'ml.m6g.8xlarge' | 'ml.m6g.12xlarge' | 'ml.m6g.16xlarge' | 'ml.m6gd.large' | 'ml.m6gd.xlarge' | 'ml.m6gd.2xlarge' | 'ml.m6gd.4xlarge' | 'ml.m6gd.8xlarge' | 'ml.m6gd.12xlarge' | 'ml.m6gd.16xlarge' | 'ml.c6g.large' | 'ml.c6g.xlarge' | 'ml.c6g.2xlarge' | 'ml.c6g.4xlarge' | 'ml.c6g.8xlarge' | 'ml.c6g.12xlarge' | 'ml.c6g.16xlarge' | 'ml.c6gd.large' | 'ml.c6gd.xlarge' | 'ml.c6gd.2xlarge' | 'ml.c6gd.4xlarge' | 'ml.c6gd.8xlarge' | 'ml.c6gd.12xlarge' | 'ml.c6gd.16xlarge' | 'ml.c6gn.large' | 'ml.c6gn.xlarge' | 'ml.c6gn.2xlarge' | 'ml.c6gn.4xlarge' | 'ml.c6gn.8xlarge' | 'ml.c6gn.12xlarge' | 'ml.c6gn.16xlarge' | 'ml.r6g.large' | 'ml.r6g.xlarge' | 'ml.r6g.2xlarge' | 'ml.r6g.4xlarge' | 'ml.r6g.8xlarge' | 'ml.r6g.12xlarge' | 'ml.r6g.16xlarge' | 'ml.r6gd.large' | 'ml.r6gd.xlarge' | 'ml.r6gd.2xlarge' | 'ml.r6gd.4xlarge' | 'ml.r6gd.8xlarge' | 'ml.r6gd.12xlarge' | 'ml.r6gd.16xlarge' | 'ml.p4de.24xlarge' | 'ml.trn1.2xlarge' | 'ml.trn1.32xlarge' | 'ml.trn1n.32xlarge' | 'ml.trn2.48xlarge' | 'ml.inf2.xlarge' | 'ml.inf2.8xlarge' | 'ml.inf2.24xlarge' | 'ml.inf2.48xlarge' | 'ml.p5.48xlarge' | 'ml.p5e.48xlarge' | 'ml.p5en.48xlarge' | 'ml.m7i.large' | 'ml.m7i.xlarge' | 'ml.m7i.2xlarge' | 'ml.m7i.4xlarge' | 'ml.m7i.8xlarge' | 'ml.m7i.12xlarge' | 'ml.m7i.16xlarge' | 'ml.m7i.24xlarge' | 'ml.m7i.48xlarge' | 'ml.c7i.large' | 'ml.c7i.xlarge' | 'ml.c7i.2xlarge' | 'ml.c7i.4xlarge' | 'ml.c7i.8xlarge' | 'ml.c7i.12xlarge' | 'ml.c7i.16xlarge' | 'ml.c7i.24xlarge' | 'ml.c7i.48xlarge' | 'ml.r7i.large' | 'ml.r7i.xlarge' | 'ml.r7i.2xlarge' | 'ml.r7i.4xlarge' | 'ml.r7i.8xlarge' | 'ml.r7i.12xlarge' | 'ml.r7i.16xlarge' | 'ml.r7i.24xlarge' | 'ml.r7i.48xlarge' | 'ml.c8g.medium' | 'ml.c8g.large' | 'ml.c8g.xlarge' | 'ml.c8g.2xlarge' | 'ml.c8g.4xlarge' | 'ml.c8g.8xlarge' | 'ml.c8g.12xlarge' | 'ml.c8g.16xlarge' | 'ml.c8g.24xlarge' | 'ml.c8g.48xlarge' | 'ml.r7gd.medium' | 'ml.r7gd.large' | 'ml.r7gd.xlarge' | 'ml.r7gd.2xlarge' | 'ml.r7gd.4xlarge' | 'ml.r7gd.8xlarge' | 'ml.r7gd.12xlarge' | 'ml.r7gd.16xlarge' | 'ml.m8g.medium' | 'ml.m8g.large' | 'ml.m8g.xlarge' | 'ml.m8g.2xlarge' | 'ml.m8g.4xlarge' | 'ml.m8g.8xlarge' | 'ml.m8g.12xlarge' | 'ml.m8g.16xlarge' | 'ml.m8g.24xlarge' | 'ml.m8g.48xlarge' | 'ml.c6in.large' | 'ml.c6in.xlarge' | 'ml.c6in.2xlarge' | 'ml.c6in.4xlarge' | 'ml.c6in.8xlarge' | 'ml.c6in.12xlarge' | 'ml.c6in.16xlarge' | 'ml.c6in.24xlarge' | 'ml.c6in.32xlarge' | 'ml.p6-b200.48xlarge' | 'ml.p6-b300.48xlarge' | 'ml.p6e-gb200.36xlarge' | 'ml.p5.4xlarge';

export interface ProfilerConfig {
  readonly S3OutputPath?: string | undefined;
  readonly ProfilingIntervalInMilliseconds?: number | undefined;
  readonly ProfilingParameters?: ProfilingParameters | undefined;
  readonly DisableProfiler?: boolean | undefined;
}

export interface ProfilerConfigForUpdate {
  readonly S3OutputPath?: string | undefined;
  readonly ProfilingIntervalInMilliseconds?: number | undefined;
  readonly ProfilingParameters?: ProfilingParameters | undefined;
  readonly DisableProfiler?: boolean | undefined;
}

export interface ProfilerRuleConfiguration {
  readonly RuleConfigurationName: string;
  readonly LocalPath?: string | undefined;
  readonly S3OutputPath?: string | undefined;
  readonly RuleEvaluatorImage: string;
  readonly InstanceType?: ProcessingInstanceType | undefined;
  readonly VolumeSizeInGB?: number | undefined;
  readonly RuleParameters?: RuleParameters | undefined;
}

export type ProfilerRuleConfigurations = readonly ProfilerRuleConfiguration[];

export interface ProfilerRuleEvaluationStatus {
  readonly RuleConfigurationName?: string | undefined;
  readonly RuleEvaluationJobArn?: string | undefined;
  readonly RuleEvaluationStatus?: RuleEvaluationStatus | undefined;
  readonly StatusDetails?: string | undefined;
  readonly LastModifiedTime?: number | undefined;
}

export type ProfilerRuleEvaluationStatuses = readonly ProfilerRuleEvaluationStatus[];

export type ProfilingParameters = Readonly<Record<string, string>>;

export type ProfilingStatus = 'Enabled' | 'Disabled';

export interface PropertyNameQuery {
  readonly PropertyNameHint: string;
}

export interface PropertyNameSuggestion {
  readonly PropertyName?: string | undefined;
}

export type PropertyNameSuggestionList = readonly PropertyNameSuggestion[];

export type PutMetricsErrorCode = 'METRIC_LIMIT_EXCEEDED' | 'INTERNAL_ERROR' | 'VALIDATION_ERROR' | 'CONFLICT_ERROR';

export interface RawMetricData {
  readonly MetricName: string;
  readonly Timestamp: number;
  readonly Step?: number | undefined;
  readonly Value: number;
}

export type RawMetricDataList = readonly RawMetricData[];

export type RealtimeInferenceInstanceTypes = readonly ProductionVariantInstanceType[];

export type RecentlyActive = 'PT3H';

export type RecordWrapper = 'None' | 'RecordIO';

export type Relation = 'EqualTo' | 'GreaterThanOrEqualTo';

export interface RemoteDebugConfig {
  readonly EnableRemoteDebug?: boolean | undefined;
}

export interface RemoteDebugConfigForUpdate {
  readonly EnableRemoteDebug?: boolean | undefined;
}

export interface Repository {
  readonly repositoryArn?: string | undefined;
  readonly registryId?: string | undefined;
  readonly repositoryName?: string | undefined;
  readonly repositoryUri?: string | undefined;
  readonly createdAt?: number | undefined;
  readonly imageTagMutability?: ImageTagMutability | undefined;
  readonly imageTagMutabilityExclusionFilters?: ImageTagMutabilityExclusionFilters | undefined;
  readonly imageScanningConfiguration?: ImageScanningConfiguration | undefined;
  readonly encryptionConfiguration?: EncryptionConfiguration | undefined;
}

export type RepositoryList = readonly Repository[];

export type RepositoryNameList = readonly string[];

export interface ResourceConfig {
  readonly InstanceType?: TrainingInstanceType | undefined;
  readonly InstanceCount?: number | undefined;
  readonly VolumeSizeInGB?: number | undefined;
  readonly VolumeKmsKeyId?: string | undefined;
  readonly KeepAlivePeriodInSeconds?: number | undefined;
  readonly InstanceGroups?: InstanceGroups | undefined;
  readonly TrainingPlanArn?: string | undefined;
  readonly InstancePlacementConfig?: InstancePlacementConfig | undefined;
  readonly InstancePreferences?: InstancePreferenceList | undefined;
  readonly SelectedInstanceType?: TrainingInstanceType | undefined;
  readonly SelectedInstanceCount?: number | undefined;
}

export interface ResourceConfigForUpdate {
  readonly KeepAlivePeriodInSeconds: number;
}

export type ResourceNameListType = readonly string[];

export interface ResourceSpecificResult {
  readonly EvalResourceName: string;
  readonly EvalResourceDecision: PolicyEvaluationDecisionType;
  readonly MatchedStatements?: StatementListType | undefined;
  readonly MissingContextValues?: ContextKeyNamesResultListType | undefined;
  readonly EvalDecisionDetails?: EvalDecisionDetailsType | undefined;
  readonly PermissionsBoundaryDecisionDetail?: PermissionsBoundaryDecisionDetail | undefined;
}

export type ResourceSpecificResultListType = readonly ResourceSpecificResult[];

export type ResourceType = 'TrainingJob' | 'Experiment' | 'ExperimentTrial' | 'ExperimentTrialComponent' | 'Endpoint' | 'Model' | 'ModelPackage' | 'ModelPackageGroup' | 'Pipeline' | 'PipelineExecution' | 'FeatureGroup' | 'FeatureMetadata' | 'Image' | 'ImageVersion' | 'Project' | 'HyperParameterTuningJob' | 'ModelCard' | 'PipelineVersion' | 'Job' | 'HubContent';

export type ResponseMIMETypes = readonly string[];

export interface RetryStrategy {
  readonly MaximumRetryAttempts: number;
}

export interface Role {
  readonly Path: string;
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Arn: string;
  readonly CreateDate: number;
  readonly AssumeRolePolicyDocument?: string | undefined;
  readonly Description?: string | undefined;
  readonly MaxSessionDuration?: number | undefined;
  readonly PermissionsBoundary?: AttachedPermissionsBoundary | undefined;
  readonly Tags?: IamTagListType | undefined;
  readonly RoleLastUsed?: RoleLastUsed | undefined;
  readonly SourceRoleTemplate?: SourceRoleTemplate | undefined;
}

export interface RoleLastUsed {
  readonly LastUsedDate?: number | undefined;
  readonly Region?: string | undefined;
}

export type RuleEvaluationStatus = 'InProgress' | 'NoIssuesFound' | 'IssuesFound' | 'Error' | 'Stopping' | 'Stopped';

export type RuleParameters = Readonly<Record<string, string>>;

export type S3DataDistribution = 'FullyReplicated' | 'ShardedByS3Key';

export interface S3DataSource {
  readonly S3DataType: S3DataType;
  readonly S3Uri: string;
  readonly S3DataDistributionType?: S3DataDistribution | undefined;
  readonly AttributeNames?: AttributeNames | undefined;
  readonly InstanceGroupNames?: InstanceGroupNames | undefined;
  readonly ModelAccessConfig?: ModelAccessConfig | undefined;
  readonly HubAccessConfig?: HubAccessConfig | undefined;
}

export type S3DataType = 'ManifestFile' | 'S3Prefix' | 'AugmentedManifestFile' | 'Converse';

export interface S3ModelDataSource {
  readonly S3Uri: string;
  readonly S3DataType: S3ModelDataType;
  readonly CompressionType: ModelCompressionType;
  readonly ModelAccessConfig?: ModelAccessConfig | undefined;
  readonly HubAccessConfig?: InferenceHubAccessConfig | undefined;
  readonly ManifestS3Uri?: string | undefined;
  readonly ETag?: string | undefined;
  readonly ManifestEtag?: string | undefined;
}

export type S3ModelDataType = 'S3Prefix' | 'S3Object';

export type SageMakerMetricsPeriod = 'OneMinute' | 'FiveMinute' | 'OneHour' | 'IterationNumber';

export type ScanBy = 'TimestampDescending' | 'TimestampAscending';

export type ScanStatus = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'UNSUPPORTED_IMAGE' | 'ACTIVE' | 'PENDING' | 'SCAN_ELIGIBILITY_EXPIRED' | 'FINDINGS_UNAVAILABLE' | 'LIMIT_EXCEEDED' | 'IMAGE_ARCHIVED';

export interface SearchExpression {
  readonly Filters?: FilterList | undefined;
  readonly NestedFilters?: NestedFiltersList | undefined;
  readonly SubExpressions?: SearchExpressionList | undefined;
  readonly Operator?: BooleanOperator | undefined;
}

export type SearchExpressionList = readonly SearchExpression[];

export interface SearchRecord {
  readonly TrainingJob?: TrainingJob | undefined;
}

export interface SearchRequest {
  readonly Resource: ResourceType;
  readonly SearchExpression?: SearchExpression | undefined;
  readonly SortBy?: string | undefined;
  readonly SortOrder?: SearchSortOrder | undefined;
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly CrossAccountFilterOption?: CrossAccountFilterOption | undefined;
  readonly VisibilityConditions?: VisibilityConditionsList | undefined;
}

export interface SearchResponse {
  readonly Results?: SearchResultsList | undefined;
  readonly NextToken?: string | undefined;
  readonly TotalHits?: TotalHits | undefined;
}

export type SearchResultsList = readonly SearchRecord[];

export type SearchSortOrder = 'Ascending' | 'Descending';

export interface SearchedLogStream {
  readonly logStreamName?: string | undefined;
  readonly searchedCompletely?: boolean | undefined;
}

export type SearchedLogStreams = readonly SearchedLogStream[];

export type SecondaryStatus = 'Starting' | 'LaunchingMLInstances' | 'PreparingTrainingStack' | 'Downloading' | 'DownloadingTrainingImage' | 'Training' | 'Uploading' | 'Stopping' | 'Stopped' | 'MaxRuntimeExceeded' | 'Completed' | 'Failed' | 'Interrupted' | 'MaxWaitTimeExceeded' | 'Updating' | 'Restarting' | 'Pending';

export interface SecondaryStatusTransition {
  readonly Status: SecondaryStatus;
  readonly StartTime: number;
  readonly EndTime?: number | undefined;
  readonly StatusMessage?: string | undefined;
}

export type SecondaryStatusTransitions = readonly SecondaryStatusTransition[];

export interface ServerlessJobConfig {
  readonly BaseModelArn: string;
  readonly AcceptEula?: boolean | undefined;
  readonly JobType: ServerlessJobType;
  readonly CustomizationTechnique?: CustomizationTechnique | undefined;
  readonly Peft?: Peft | undefined;
  readonly EvaluationType?: EvaluationType | undefined;
  readonly EvaluatorArn?: string | undefined;
  readonly SequenceLength?: string | undefined;
}

export type ServerlessJobType = 'FineTuning' | 'Evaluation';

export interface SessionChainingConfig {
  readonly EnableSessionTagChaining?: boolean | undefined;
}

export interface ShuffleConfig {
  readonly Seed: number;
}

export interface SimulatePolicyResponse {
  readonly EvaluationResults?: EvaluationResultsListType | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface SimulatePrincipalPolicyRequest {
  readonly PolicySourceArn: string;
  readonly PolicyInputList?: SimulationPolicyListType | undefined;
  readonly PermissionsBoundaryPolicyInputList?: SimulationPolicyListType | undefined;
  readonly ActionNames: ActionNameListType;
  readonly ResourceArns?: ResourceNameListType | undefined;
  readonly ResourcePolicy?: string | undefined;
  readonly ResourceOwner?: string | undefined;
  readonly CallerArn?: string | undefined;
  readonly ContextEntries?: ContextEntryListType | undefined;
  readonly ResourceHandlingOption?: string | undefined;
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
  readonly PolicyExclusionList?: PolicyExclusionsListType | undefined;
}

export type SimulationPolicyListType = readonly string[];

export type SortBy = 'Name' | 'CreationTime' | 'Status';

export type SortOrder = 'Ascending' | 'Descending';

export interface SourceRoleTemplate {
  readonly TemplateArn: string;
  readonly TemplateMinorVersion: number;
}

export type SplitType = 'None' | 'Line' | 'RecordIO' | 'TFRecord';

export type StandardUnit = 'Seconds' | 'Microseconds' | 'Milliseconds' | 'Bytes' | 'Kilobytes' | 'Megabytes' | 'Gigabytes' | 'Terabytes' | 'Bits' | 'Kilobits' | 'Megabits' | 'Gigabits' | 'Terabits' | 'Percent' | 'Count' | 'Bytes/Second' | 'Kilobytes/Second' | 'Megabytes/Second' | 'Gigabytes/Second' | 'Terabytes/Second' | 'Bits/Second' | 'Kilobits/Second' | 'Megabits/Second' | 'Gigabits/Second' | 'Terabits/Second' | 'Count/Second' | 'None';

export interface Statement {
  readonly SourcePolicyId?: string | undefined;
  readonly SourcePolicyType?: PolicySourceType | undefined;
  readonly StartPosition?: Position | undefined;
  readonly EndPosition?: Position | undefined;
}

export type StatementListType = readonly Statement[];

export type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum';

export type Statistics = readonly Statistic[];

export type StatusCode = 'Complete' | 'InternalError' | 'PartialData' | 'Forbidden';

export interface StopTrainingJobRequest {
  readonly TrainingJobName: string;
}

export interface StoppingCondition {
  readonly MaxRuntimeInSeconds?: number | undefined;
  readonly MaxWaitTimeInSeconds?: number | undefined;
  readonly MaxPendingTimeInSeconds?: number | undefined;
}

export type Subnets = readonly string[];

export interface SuggestionQuery {
  readonly PropertyNameQuery?: PropertyNameQuery | undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export type TagKeyList = readonly string[];

export type TagList = readonly Tag[];

export type TagStatus = 'TAGGED' | 'UNTAGGED' | 'ANY';

export interface TensorBoardOutputConfig {
  readonly LocalPath?: string | undefined;
  readonly S3OutputPath: string;
}

export type Timestamps = readonly number[];

export interface TotalHits {
  readonly Value?: number | undefined;
  readonly Relation?: Relation | undefined;
}

export type TrainingContainerArguments = readonly string[];

export type TrainingContainerEntrypoint = readonly string[];

export type TrainingEnvironmentMap = Readonly<Record<string, string>>;

export interface TrainingImageConfig {
  readonly TrainingRepositoryAccessMode: TrainingRepositoryAccessMode;
  readonly TrainingRepositoryAuthConfig?: TrainingRepositoryAuthConfig | undefined;
}

export type TrainingInputMode = 'Pipe' | 'File' | 'FastFile';

export type TrainingInstanceType = 'ml.m4.xlarge' | 'ml.m4.2xlarge' | 'ml.m4.4xlarge' | 'ml.m4.10xlarge' | 'ml.m4.16xlarge' | 'ml.g4dn.xlarge' | 'ml.g4dn.2xlarge' | 'ml.g4dn.4xlarge' | 'ml.g4dn.8xlarge' | 'ml.g4dn.12xlarge' | 'ml.g4dn.16xlarge' | 'ml.m5.large' | 'ml.m5.xlarge' | 'ml.m5.2xlarge' | 'ml.m5.4xlarge' | 'ml.m5.12xlarge' | 'ml.m5.24xlarge' | 'ml.c4.xlarge' | 'ml.c4.2xlarge' | 'ml.c4.4xlarge' | 'ml.c4.8xlarge' | 'ml.p2.xlarge' | 'ml.p2.8xlarge' | 'ml.p2.16xlarge' | 'ml.p3.2xlarge' | 'ml.p3.8xlarge' | 'ml.p3.16xlarge' | 'ml.p3dn.24xlarge' | 'ml.p4d.24xlarge' | 'ml.p4de.24xlarge' | 'ml.p5.48xlarge' | 'ml.p5e.48xlarge' | 'ml.p5en.48xlarge' | 'ml.c5.xlarge' | 'ml.c5.2xlarge' | 'ml.c5.4xlarge' | 'ml.c5.9xlarge' | 'ml.c5.18xlarge' | 'ml.c5n.xlarge' | 'ml.c5n.2xlarge' | 'ml.c5n.4xlarge' | 'ml.c5n.9xlarge' | 'ml.c5n.18xlarge' | 'ml.g5.xlarge' | 'ml.g5.2xlarge' | 'ml.g5.4xlarge' | 'ml.g5.8xlarge' | 'ml.g5.16xlarge' | 'ml.g5.12xlarge' | 'ml.g5.24xlarge' | 'ml.g5.48xlarge' | 'ml.g6.xlarge' | 'ml.g6.2xlarge' | 'ml.g6.4xlarge' | 'ml.g6.8xlarge' | 'ml.g6.16xlarge' | 'ml.g6.12xlarge' | 'ml.g6.24xlarge' | 'ml.g6.48xlarge' | 'ml.g6e.xlarge' | 'ml.g6e.2xlarge' | 'ml.g6e.4xlarge' | 'ml.g6e.8xlarge' | 'ml.g6e.16xlarge' | 'ml.g6e.12xlarge' | 'ml.g6e.24xlarge' | 'ml.g6e.48xlarge' | 'ml.trn1.2xlarge' | 'ml.trn1.32xlarge' | 'ml.trn1n.32xlarge' | 'ml.trn2.48xlarge' | 'ml.m6i.large' | 'ml.m6i.xlarge' | 'ml.m6i.2xlarge' | 'ml.m6i.4xlarge' | 'ml.m6i.8xlarge' | 'ml.m6i.12xlarge' | 'ml.m6i.16xlarge' | 'ml.m6i.24xlarge' | 'ml.m6i.32xlarge' | 'ml.c6i.xlarge' | 'ml.c6i.2xlarge' | 'ml.c6i.8xlarge' | 'ml.c6i.4xlarge' | 'ml.c6i.12xlarge' | 'ml.c6i.16xlarge' | 'ml.c6i.24xlarge' | 'ml.c6i.32xlarge' | 'ml.r5d.large' | 'ml.r5d.xlarge' | 'ml.r5d.2xlarge' | 'ml.r5d.4xlarge' | 'ml.r5d.8xlarge' | 'ml.r5d.12xlarge' | 'ml.r5d.16xlarge' | 'ml.r5d.24xlarge' | 'ml.t3.medium' | 'ml.t3.large' | 'ml.t3.xlarge' | 'ml.t3.2xlarge' | 'ml.r5.large' | 'ml.r5.xlarge' | 'ml.r5.2xlarge' | 'ml.r5.4xlarge' | 'ml.r5.8xlarge' | 'ml.r5.12xlarge' | 'ml.r5.16xlarge' | 'ml.r5.24xlarge' | 'ml.p6-b200.48xlarge' | 'ml.m7i.large' | 'ml.m7i.xlarge' | 'ml.m7i.2xlarge' | 'ml.m7i.4xlarge' | 'ml.m7i.8xlarge' | 'ml.m7i.12xlarge' | 'ml.m7i.16xlarge' | 'ml.m7i.24xlarge' | 'ml.m7i.48xlarge' | 'ml.c7i.large' | 'ml.c7i.xlarge' | 'ml.c7i.2xlarge' | 'ml.c7i.4xlarge' | 'ml.c7i.8xlarge' | 'ml.c7i.12xlarge' | 'ml.c7i.16xlarge' | 'ml.c7i.24xlarge' | 'ml.c7i.48xlarge' | 'ml.r7i.large' | 'ml.r7i.xlarge' | 'ml.r7i.2xlarge' | 'ml.r7i.4xlarge' | 'ml.r7i.8xlarge' | 'ml.r7i.12xlarge' | 'ml.r7i.16xlarge' | 'ml.r7i.24xlarge' | 'ml.r7i.48xlarge' | 'ml.p6e-gb200.36xlarge' | 'ml.p5.4xlarge' | 'ml.p6-b300.48xlarge' | 'ml.g7e.2xlarge' | 'ml.g7e.4xlarge' | 'ml.g7e.8xlarge' | 'ml.g7e.12xlarge' | 'ml.g7e.24xlarge' | 'ml.g7e.48xlarge' | 'ml.g7.2xlarge' | 'ml.g7.4xlarge' | 'ml.g7.8xlarge' | 'ml.g7.12xlarge' | 'ml.g7.24xlarge' | 'ml.g7.48xlarge' | 'ml.r6i.large' | 'ml.r6i.xlarge' | 'ml.r6i.2xlarge' | 'ml.r6i.4xlarge' | 'ml.r6i.8xlarge' | 'ml.r6i.12xlarge' | 'ml.r6i.16xlarge' | 'ml.r6i.24xlarge' | 'ml.r6i.32xlarge' | 'ml.m8i.large' | 'ml.m8i.xlarge' | 'ml.m8i.2xlarge' | 'ml.m8i.4xlarge' | 'ml.m8i.8xlarge' | 'ml.m8i.12xlarge' | 'ml.m8i.16xlarge' | 'ml.m8i.24xlarge' | 'ml.m8i.32xlarge' | 'ml.m8i.48xlarge' | 'ml.m8i.96xlarge' | 'ml.c8i.xlarge' | 'ml.c8i.2xlarge' | 'ml.c8i.4xlarge' | 'ml.c8i.8xlarge' | 'ml.c8i.12xlarge' | 'ml.c8i.16xlarge' | 'ml.c8i.24xlarge' | 'ml.c8i.32xlarge' | 'ml.c8i.48xlarge' | 'ml.c8i.96xlarge' | 'ml.r8i.large' | 'ml.r8i.xlarge' | 'ml.r8i.2xlarge' | 'ml.r8i.4xlarge' | 'ml.r8i.8xlarge' | 'ml.r8i.12xlarge' | 'ml.r8i.16xlarge' | 'ml.r8i.24xlarge' | 'ml.r8i.32xlarge' | 'ml.r8i.48xlarge' | 'ml.r8i.96xlarge' | 'ml.m7i-flex.large' | 'ml.m7i-flex.xlarge' | 'ml.m7i-flex.2xlarge' | 'ml.m7i-flex.4xlarge' | 'ml.m7i-flex.8xlarge' | 'ml.m7i-flex.12xlarge' | 'ml.m7i-flex.16xlarge' | 'ml.c7i-flex.xlarge' | 'ml.c7i-flex.2xlarge' | 'ml.c7i-flex.4xlarge' | 'ml.c7i-flex.8xlarge' | 'ml.c7i-flex.12xlarge' | 'ml.c7i-flex.16xlarge' | 'ml.m8i-flex.large' | 'ml.m8i-flex.xlarge' | 'ml.m8i-flex.2xlarge' | 'ml.m8i-flex.4xlarge' | 'ml.m8i-flex.8xlarge' | 'ml.m8i-flex.12xlarge' | 'ml.m8i-flex.16xlarge' | 'ml.c8i-flex.xlarge' | 'ml.c8i-flex.2xlarge' | 'ml.c8i-flex.4xlarge' | 'ml.c8i-flex.8xlarge' | 'ml.c8i-flex.12xlarge' | 'ml.c8i-flex.16xlarge' | 'ml.r8i-flex.large' | 'ml.r8i-flex.xlarge' | 'ml.r8i-flex.2xlarge' | 'ml.r8i-flex.4xlarge' | 'ml.r8i-flex.8xlarge' | 'ml.r8i-flex.12xlarge' | 'ml.r8i-flex.16xlarge';

export type TrainingInstanceTypes = readonly TrainingInstanceType[];

export interface TrainingJob {
  readonly TrainingJobName?: string | undefined;
  readonly TrainingJobArn?: string | undefined;
  readonly TuningJobArn?: string | undefined;
  readonly LabelingJobArn?: string | undefined;
  readonly AutoMLJobArn?: string | undefined;
  readonly ModelArtifacts?: ModelArtifacts | undefined;
  readonly TrainingJobStatus?: TrainingJobStatus | undefined;
  readonly SecondaryStatus?: SecondaryStatus | undefined;
  readonly FailureReason?: string | undefined;
  readonly HyperParameters?: HyperParameters | undefined;
  readonly AlgorithmSpecification?: AlgorithmSpecification | undefined;
  readonly RoleArn?: string | undefined;
  readonly InputDataConfig?: InputDataConfig | undefined;
  readonly OutputDataConfig?: OutputDataConfig | undefined;
  readonly ResourceConfig?: ResourceConfig | undefined;
  readonly WarmPoolStatus?: WarmPoolStatus | undefined;
  readonly VpcConfig?: VpcConfig | undefined;
  readonly StoppingCondition?: StoppingCondition | undefined;
  readonly CreationTime?: number | undefined;
  readonly TrainingStartTime?: number | undefined;
  readonly TrainingEndTime?: number | undefined;
  readonly LastModifiedTime?: number | undefined;
  readonly SecondaryStatusTransitions?: SecondaryStatusTransitions | undefined;
  readonly FinalMetricDataList?: FinalMetricDataList | undefined;
  readonly EnableNetworkIsolation?: boolean | undefined;
  readonly EnableInterContainerTrafficEncryption?: boolean | undefined;
  readonly EnableManagedSpotTraining?: boolean | undefined;
  readonly CheckpointConfig?: CheckpointConfig | undefined;
  readonly TrainingTimeInSeconds?: number | undefined;
  readonly BillableTimeInSeconds?: number | undefined;
  readonly DebugHookConfig?: DebugHookConfig | undefined;
  readonly ExperimentConfig?: ExperimentConfig | undefined;
  readonly DebugRuleConfigurations?: DebugRuleConfigurations | undefined;
  readonly TensorBoardOutputConfig?: TensorBoardOutputConfig | undefined;
  readonly DebugRuleEvaluationStatuses?: DebugRuleEvaluationStatuses | undefined;
  readonly OutputModelPackageArn?: string | undefined;
  readonly ModelPackageConfig?: ModelPackageConfig | undefined;
  readonly ProfilerConfig?: ProfilerConfig | undefined;
  readonly Environment?: TrainingEnvironmentMap | undefined;
  readonly RetryStrategy?: RetryStrategy | undefined;
  readonly Tags?: TagList | undefined;
}

export interface TrainingJobDefinition {
  readonly TrainingInputMode: TrainingInputMode;
  readonly HyperParameters?: HyperParameters | undefined;
  readonly InputDataConfig: InputDataConfig;
  readonly OutputDataConfig: OutputDataConfig;
  readonly ResourceConfig: ResourceConfig;
  readonly StoppingCondition: StoppingCondition;
}

export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped' | 'Deleting';

export type TrainingJobSummaries = readonly TrainingJobSummary[];

export interface TrainingJobSummary {
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly CreationTime: number;
  readonly TrainingEndTime?: number | undefined;
  readonly LastModifiedTime?: number | undefined;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly SecondaryStatus?: SecondaryStatus | undefined;
  readonly WarmPoolStatus?: WarmPoolStatus | undefined;
  readonly TrainingPlanArn?: string | undefined;
}

export type TrainingPlanArnList = readonly string[];

export interface TrainingProgressInfo {
  readonly TotalStepCountPerEpoch?: number | undefined;
  readonly CurrentStep?: number | undefined;
  readonly CurrentEpoch?: number | undefined;
  readonly MaxEpoch?: number | undefined;
}

export type TrainingRepositoryAccessMode = 'Platform' | 'Vpc';

export interface TrainingRepositoryAuthConfig {
  readonly TrainingRepositoryCredentialsProviderArn: string;
}

export interface TrainingSpecification {
  readonly TrainingImage: string;
  readonly TrainingImageDigest?: string | undefined;
  readonly SupportedHyperParameters?: HyperParameterSpecifications | undefined;
  readonly SupportedTrainingInstanceTypes: TrainingInstanceTypes;
  readonly SupportsDistributedTraining?: boolean | undefined;
  readonly MetricDefinitions?: MetricDefinitionList | undefined;
  readonly TrainingChannels: ChannelSpecifications;
  readonly SupportedTuningJobObjectiveMetrics?: HyperParameterTuningJobObjectives | undefined;
  readonly AdditionalS3DataSource?: AdditionalS3DataSource | undefined;
}

export interface TransformDataSource {
  readonly S3DataSource: TransformS3DataSource;
}

export type TransformEnvironmentMap = Readonly<Record<string, string>>;

export interface TransformInput {
  readonly DataSource: TransformDataSource;
  readonly ContentType?: string | undefined;
  readonly CompressionType?: CompressionType | undefined;
  readonly SplitType?: SplitType | undefined;
}

export type TransformInstanceType = 'ml.m4.xlarge' | 'ml.m4.2xlarge' | 'ml.m4.4xlarge' | 'ml.m4.10xlarge' | 'ml.m4.16xlarge' | 'ml.c4.xlarge' | 'ml.c4.2xlarge' | 'ml.c4.4xlarge' | 'ml.c4.8xlarge' | 'ml.p2.xlarge' | 'ml.p2.8xlarge' | 'ml.p2.16xlarge' | 'ml.p3.2xlarge' | 'ml.p3.8xlarge' | 'ml.p3.16xlarge' | 'ml.c5.xlarge' | 'ml.c5.2xlarge' | 'ml.c5.4xlarge' | 'ml.c5.9xlarge' | 'ml.c5.18xlarge' | 'ml.m5.large' | 'ml.m5.xlarge' | 'ml.m5.2xlarge' | 'ml.m5.4xlarge' | 'ml.m5.12xlarge' | 'ml.m5.24xlarge' | 'ml.m6i.large' | 'ml.m6i.xlarge' | 'ml.m6i.2xlarge' | 'ml.m6i.4xlarge' | 'ml.m6i.8xlarge' | 'ml.m6i.12xlarge' | 'ml.m6i.16xlarge' | 'ml.m6i.24xlarge' | 'ml.m6i.32xlarge' | 'ml.c6i.large' | 'ml.c6i.xlarge' | 'ml.c6i.2xlarge' | 'ml.c6i.4xlarge' | 'ml.c6i.8xlarge' | 'ml.c6i.12xlarge' | 'ml.c6i.16xlarge' | 'ml.c6i.24xlarge' | 'ml.c6i.32xlarge' | 'ml.r6i.large' | 'ml.r6i.xlarge' | 'ml.r6i.2xlarge' | 'ml.r6i.4xlarge' | 'ml.r6i.8xlarge' | 'ml.r6i.12xlarge' | 'ml.r6i.16xlarge' | 'ml.r6i.24xlarge' | 'ml.r6i.32xlarge' | 'ml.m7i.large' | 'ml.m7i.xlarge' | 'ml.m7i.2xlarge' | 'ml.m7i.4xlarge' | 'ml.m7i.8xlarge' | 'ml.m7i.12xlarge' | 'ml.m7i.16xlarge' | 'ml.m7i.24xlarge' | 'ml.m7i.48xlarge' | 'ml.c7i.large' | 'ml.c7i.xlarge' | 'ml.c7i.2xlarge' | 'ml.c7i.4xlarge' | 'ml.c7i.8xlarge' | 'ml.c7i.12xlarge' | 'ml.c7i.16xlarge' | 'ml.c7i.24xlarge' | 'ml.c7i.48xlarge' | 'ml.r7i.large' | 'ml.r7i.xlarge' | 'ml.r7i.2xlarge' | 'ml.r7i.4xlarge' | 'ml.r7i.8xlarge' | 'ml.r7i.12xlarge' | 'ml.r7i.16xlarge' | 'ml.r7i.24xlarge' | 'ml.r7i.48xlarge' | 'ml.g4dn.xlarge' | 'ml.g4dn.2xlarge' | 'ml.g4dn.4xlarge' | 'ml.g4dn.8xlarge' | 'ml.g4dn.12xlarge' | 'ml.g4dn.16xlarge' | 'ml.g5.xlarge' | 'ml.g5.2xlarge' | 'ml.g5.4xlarge' | 'ml.g5.8xlarge' | 'ml.g5.12xlarge' | 'ml.g5.16xlarge' | 'ml.g5.24xlarge' | 'ml.g5.48xlarge' | 'ml.trn1.2xlarge' | 'ml.trn1.32xlarge' | 'ml.inf2.xlarge' | 'ml.inf2.8xlarge' | 'ml.inf2.24xlarge' | 'ml.inf2.48xlarge' | 'ml.g6.xlarge' | 'ml.g6.2xlarge' | 'ml.g6.4xlarge' | 'ml.g6.8xlarge' | 'ml.g6.12xlarge' | 'ml.g6.16xlarge' | 'ml.g6.24xlarge' | 'ml.g6.48xlarge' | 'ml.g6e.xlarge' | 'ml.g6e.2xlarge' | 'ml.g6e.4xlarge' | 'ml.g6e.8xlarge' | 'ml.g6e.12xlarge' | 'ml.g6e.16xlarge' | 'ml.g6e.24xlarge' | 'ml.g6e.48xlarge';

export type TransformInstanceTypes = readonly TransformInstanceType[];

export interface TransformJobDefinition {
  readonly MaxConcurrentTransforms?: number | undefined;
  readonly MaxPayloadInMB?: number | undefined;
  readonly BatchStrategy?: BatchStrategy | undefined;
  readonly Environment?: TransformEnvironmentMap | undefined;
  readonly TransformInput: TransformInput;
  readonly TransformOutput: TransformOutput;
  readonly TransformResources: TransformResources;
}

export interface TransformOutput {
  readonly S3OutputPath: string;
  readonly Accept?: string | undefined;
  readonly AssembleWith?: AssemblyType | undefined;
  readonly KmsKeyId?: string | undefined;
}

export interface TransformResources {
  readonly InstanceType: TransformInstanceType;
  readonly InstanceCount: number;
  readonly VolumeKmsKeyId?: string | undefined;
  readonly TransformAmiVersion?: string | undefined;
}

export interface TransformS3DataSource {
  readonly S3DataType: S3DataType;
  readonly S3Uri: string;
}

export interface UpdateTrainingJobRequest {
  readonly TrainingJobName: string;
  readonly ProfilerConfig?: ProfilerConfigForUpdate | undefined;
  readonly ProfilerRuleConfigurations?: ProfilerRuleConfigurations | undefined;
  readonly ResourceConfig?: ResourceConfigForUpdate | undefined;
  readonly RemoteDebugConfig?: RemoteDebugConfigForUpdate | undefined;
}

export interface UpdateTrainingJobResponse {
  readonly TrainingJobArn: string;
}

export interface VisibilityConditions {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export type VisibilityConditionsList = readonly VisibilityConditions[];

export interface VpcConfig {
  readonly SecurityGroupIds: VpcSecurityGroupIds;
  readonly Subnets: Subnets;
}

export type VpcSecurityGroupIds = readonly string[];

export type WarmPoolResourceStatus = 'Available' | 'Terminated' | 'Reused' | 'InUse';

export interface WarmPoolStatus {
  readonly Status: WarmPoolResourceStatus;
  readonly ResourceRetainedBillableTimeInSeconds?: number | undefined;
  readonly ReusedByJob?: string | undefined;
}

export type XAxisType = 'IterationNumber' | 'Timestamp';

export type XAxisValues = readonly number[];

/** The type of each shape of the model. */
export interface ShapeTypes {
  readonly Accept: string;
  readonly AcceptEula: boolean;
  readonly AccountIds: AccountIds;
  readonly ActionNameListType: ActionNameListType;
  readonly ActionNameType: string;
  readonly AddTagsInput: AddTagsInput;
  readonly AddTagsOutput: AddTagsOutput;
  readonly AdditionalModelChannelName: string;
  readonly AdditionalModelDataSource: AdditionalModelDataSource;
  readonly AdditionalModelDataSources: AdditionalModelDataSources;
  readonly AdditionalS3DataSource: AdditionalS3DataSource;
  readonly AdditionalS3DataSourceDataType: AdditionalS3DataSourceDataType;
  readonly AlgorithmArn: string;
  readonly AlgorithmImage: string;
  readonly AlgorithmSortBy: AlgorithmSortBy;
  readonly AlgorithmSpecification: AlgorithmSpecification;
  readonly AlgorithmStatus: AlgorithmStatus;
  readonly AlgorithmStatusDetails: AlgorithmStatusDetails;
  readonly AlgorithmStatusItem: AlgorithmStatusItem;
  readonly AlgorithmStatusItemList: AlgorithmStatusItemList;
  readonly AlgorithmSummary: AlgorithmSummary;
  readonly AlgorithmSummaryList: AlgorithmSummaryList;
  readonly AlgorithmValidationProfile: AlgorithmValidationProfile;
  readonly AlgorithmValidationProfiles: AlgorithmValidationProfiles;
  readonly AlgorithmValidationSpecification: AlgorithmValidationSpecification;
  readonly ArnOrName: string;
  readonly AssemblyType: AssemblyType;
  readonly AttachedPermissionsBoundary: AttachedPermissionsBoundary;
  readonly AttachmentName: string;
  readonly AttachmentType: AttachmentType;
  readonly AttributeName: string;
  readonly AttributeNames: AttributeNames;
  readonly AuthorizationData: AuthorizationData;
  readonly AuthorizationDataList: AuthorizationDataList;
  readonly AutoMLJobArn: string;
  readonly Base64: string;
  readonly BaseModel: BaseModel;
  readonly BatchGetImageRequest: BatchGetImageRequest;
  readonly BatchGetImageResponse: BatchGetImageResponse;
  readonly BatchGetMetricsRequest: BatchGetMetricsRequest;
  readonly BatchGetMetricsResponse: BatchGetMetricsResponse;
  readonly BatchPutMetricsError: BatchPutMetricsError;
  readonly BatchPutMetricsErrorList: BatchPutMetricsErrorList;
  readonly BatchPutMetricsRequest: BatchPutMetricsRequest;
  readonly BatchPutMetricsResponse: BatchPutMetricsResponse;
  readonly BatchStrategy: BatchStrategy;
  readonly BearerTokenAuthenticationEnabled: boolean;
  readonly BillableTimeInSeconds: number;
  readonly BillableTokenCount: number;
  readonly Boolean: boolean;
  readonly BooleanOperator: BooleanOperator;
  readonly CategoricalParameterRangeSpecification: CategoricalParameterRangeSpecification;
  readonly CertifyForMarketplace: boolean;
  readonly Channel: Channel;
  readonly ChannelName: string;
  readonly ChannelSpecification: ChannelSpecification;
  readonly ChannelSpecifications: ChannelSpecifications;
  readonly CheckpointConfig: CheckpointConfig;
  readonly CloudWatchAccountId: string;
  readonly CloudWatchDimension: CloudWatchDimension;
  readonly CloudWatchIncludeLinkedAccounts: boolean;
  readonly CloudWatchMetricName: string;
  readonly CloudWatchNextToken: string;
  readonly CloudWatchPeriod: number;
  readonly CloudWatchTimestamp: number;
  readonly CollectionConfiguration: CollectionConfiguration;
  readonly CollectionConfigurations: CollectionConfigurations;
  readonly CollectionName: string;
  readonly CollectionParameters: CollectionParameters;
  readonly ColumnNumber: number;
  readonly CompressionType: CompressionType;
  readonly CompressionTypes: CompressionTypes;
  readonly ConfigKey: string;
  readonly ConfigValue: string;
  readonly ContainerHostname: string;
  readonly ContainerImage: string;
  readonly ContentType: string;
  readonly ContentTypes: ContentTypes;
  readonly ContextEntry: ContextEntry;
  readonly ContextEntryListType: ContextEntryListType;
  readonly ContextKeyNameType: string;
  readonly ContextKeyNamesResultListType: ContextKeyNamesResultListType;
  readonly ContextKeyTypeEnum: ContextKeyTypeEnum;
  readonly ContextKeyValueListType: ContextKeyValueListType;
  readonly ContextKeyValueType: string;
  readonly ContinuousParameterRangeSpecification: ContinuousParameterRangeSpecification;
  readonly CreateAlgorithmInput: CreateAlgorithmInput;
  readonly CreateAlgorithmOutput: CreateAlgorithmOutput;
  readonly CreateTrainingJobRequest: CreateTrainingJobRequest;
  readonly CreateTrainingJobResponse: CreateTrainingJobResponse;
  readonly CreationTime: number;
  readonly CreationTimestamp: number;
  readonly CrossAccountFilterOption: CrossAccountFilterOption;
  readonly CustomizationTechnique: CustomizationTechnique;
  readonly DataInputConfig: string;
  readonly DataProtectionStatus: DataProtectionStatus;
  readonly DataSource: DataSource;
  readonly Datapoint: Datapoint;
  readonly DatapointValue: number;
  readonly DatapointValueMap: DatapointValueMap;
  readonly DatapointValues: DatapointValues;
  readonly Datapoints: Datapoints;
  readonly DatasetSource: DatasetSource;
  readonly Days: number;
  readonly DebugHookConfig: DebugHookConfig;
  readonly DebugRuleConfiguration: DebugRuleConfiguration;
  readonly DebugRuleConfigurations: DebugRuleConfigurations;
  readonly DebugRuleEvaluationStatus: DebugRuleEvaluationStatus;
  readonly DebugRuleEvaluationStatuses: DebugRuleEvaluationStatuses;
  readonly DeleteAlgorithmInput: DeleteAlgorithmInput;
  readonly DeleteTagsInput: DeleteTagsInput;
  readonly DeleteTagsOutput: DeleteTagsOutput;
  readonly DeleteTrainingJobRequest: DeleteTrainingJobRequest;
  readonly DeletionProtectionEnabled: boolean;
  readonly Descending: boolean;
  readonly DescribeAlgorithmInput: DescribeAlgorithmInput;
  readonly DescribeAlgorithmOutput: DescribeAlgorithmOutput;
  readonly DescribeImagesFilter: DescribeImagesFilter;
  readonly DescribeImagesRequest: DescribeImagesRequest;
  readonly DescribeImagesResponse: DescribeImagesResponse;
  readonly DescribeLimit: number;
  readonly DescribeLogGroupsLogGroupIdentifiers: DescribeLogGroupsLogGroupIdentifiers;
  readonly DescribeLogGroupsRequest: DescribeLogGroupsRequest;
  readonly DescribeLogGroupsResponse: DescribeLogGroupsResponse;
  readonly DescribeLogStreamsRequest: DescribeLogStreamsRequest;
  readonly DescribeLogStreamsResponse: DescribeLogStreamsResponse;
  readonly DescribeRepositoriesRequest: DescribeRepositoriesRequest;
  readonly DescribeRepositoriesResponse: DescribeRepositoriesResponse;
  readonly DescribeTrainingJobRequest: DescribeTrainingJobRequest;
  readonly DescribeTrainingJobResponse: DescribeTrainingJobResponse;
  readonly DetailedAlgorithmStatus: DetailedAlgorithmStatus;
  readonly DimensionFilter: DimensionFilter;
  readonly DimensionFilters: DimensionFilters;
  readonly DimensionName: string;
  readonly DimensionValue: string;
  readonly Dimensions: Dimensions;
  readonly DirectoryPath: string;
  readonly DisableProfiler: boolean;
  readonly Double: number;
  readonly EcrArn: string;
  readonly EcrImageDigest: string;
  readonly EcrMaxResults: number;
  readonly EcrMediaType: string;
  readonly EcrNextToken: string;
  readonly EcrUrl: string;
  readonly EnableInfraCheck: boolean;
  readonly EnableRemoteDebug: boolean;
  readonly EnableSessionTagChaining: boolean;
  readonly EncryptionConfiguration: EncryptionConfiguration;
  readonly EncryptionType: EncryptionType;
  readonly EntityDescription: string;
  readonly EntityName: string;
  readonly EnvironmentKey: string;
  readonly EnvironmentMap: EnvironmentMap;
  readonly EnvironmentValue: string;
  readonly EvalDecisionDetailsType: EvalDecisionDetailsType;
  readonly EvalDecisionSourceType: string;
  readonly EvaluationResult: EvaluationResult;
  readonly EvaluationResultsListType: EvaluationResultsListType;
  readonly EvaluationType: EvaluationType;
  readonly EvaluatorArn: string;
  readonly EventId: string;
  readonly EventMessage: string;
  readonly EventsLimit: number;
  readonly ExperimentConfig: ExperimentConfig;
  readonly ExperimentEntityName: string;
  readonly ExpirationTimestamp: number;
  readonly ExtendedStatistic: string;
  readonly ExtendedStatistics: ExtendedStatistics;
  readonly FailureReason: string;
  readonly FileSystemAccessMode: FileSystemAccessMode;
  readonly FileSystemDataSource: FileSystemDataSource;
  readonly FileSystemId: string;
  readonly FileSystemType: FileSystemType;
  readonly Filter: Filter;
  readonly FilterCount: number;
  readonly FilterList: FilterList;
  readonly FilterLogEventsRequest: FilterLogEventsRequest;
  readonly FilterLogEventsResponse: FilterLogEventsResponse;
  readonly FilterPattern: string;
  readonly FilterValue: string;
  readonly FilteredLogEvent: FilteredLogEvent;
  readonly FilteredLogEvents: FilteredLogEvents;
  readonly FinalMetricDataList: FinalMetricDataList;
  readonly FindingSeverity: FindingSeverity;
  readonly FindingSeverityCounts: FindingSeverityCounts;
  readonly Float: number;
  readonly GetAuthorizationTokenRegistryIdList: GetAuthorizationTokenRegistryIdList;
  readonly GetAuthorizationTokenRequest: GetAuthorizationTokenRequest;
  readonly GetAuthorizationTokenResponse: GetAuthorizationTokenResponse;
  readonly GetCallerIdentityRequest: GetCallerIdentityRequest;
  readonly GetCallerIdentityResponse: GetCallerIdentityResponse;
  readonly GetLogEventsRequest: GetLogEventsRequest;
  readonly GetLogEventsResponse: GetLogEventsResponse;
  readonly GetMetricDataInput: GetMetricDataInput;
  readonly GetMetricDataLabelTimezone: string;
  readonly GetMetricDataMaxDatapoints: number;
  readonly GetMetricDataOutput: GetMetricDataOutput;
  readonly GetMetricStatisticsInput: GetMetricStatisticsInput;
  readonly GetMetricStatisticsOutput: GetMetricStatisticsOutput;
  readonly GetRoleRequest: GetRoleRequest;
  readonly GetRoleResponse: GetRoleResponse;
  readonly GetSearchSuggestionsRequest: GetSearchSuggestionsRequest;
  readonly GetSearchSuggestionsResponse: GetSearchSuggestionsResponse;
  readonly HookParameters: HookParameters;
  readonly HubAccessConfig: HubAccessConfig;
  readonly HubContentArn: string;
  readonly HubContentName: string;
  readonly HubContentVersion: string;
  readonly HubDataSetArn: string;
  readonly HyperParameterKey: string;
  readonly HyperParameterSpecification: HyperParameterSpecification;
  readonly HyperParameterSpecifications: HyperParameterSpecifications;
  readonly HyperParameterTuningJobArn: string;
  readonly HyperParameterTuningJobObjective: HyperParameterTuningJobObjective;
  readonly HyperParameterTuningJobObjectiveType: HyperParameterTuningJobObjectiveType;
  readonly HyperParameterTuningJobObjectives: HyperParameterTuningJobObjectives;
  readonly HyperParameterValue: string;
  readonly HyperParameters: HyperParameters;
  readonly IamArnType: string;
  readonly IamDateType: number;
  readonly IamTag: IamTag;
  readonly IamTagKeyType: string;
  readonly IamTagListType: IamTagListType;
  readonly IamTagValueType: string;
  readonly Image: Image;
  readonly ImageDetail: ImageDetail;
  readonly ImageDetailList: ImageDetailList;
  readonly ImageDigest: string;
  readonly ImageFailure: ImageFailure;
  readonly ImageFailureCode: ImageFailureCode;
  readonly ImageFailureList: ImageFailureList;
  readonly ImageFailureReason: string;
  readonly ImageIdentifier: ImageIdentifier;
  readonly ImageIdentifierList: ImageIdentifierList;
  readonly ImageList: ImageList;
  readonly ImageManifest: string;
  readonly ImageScanFindingsSummary: ImageScanFindingsSummary;
  readonly ImageScanStatus: ImageScanStatus;
  readonly ImageScanningConfiguration: ImageScanningConfiguration;
  readonly ImageSizeInBytes: number;
  readonly ImageStatus: ImageStatus;
  readonly ImageStatusFilter: ImageStatusFilter;
  readonly ImageTag: string;
  readonly ImageTagList: ImageTagList;
  readonly ImageTagMutability: ImageTagMutability;
  readonly ImageTagMutabilityExclusionFilter: ImageTagMutabilityExclusionFilter;
  readonly ImageTagMutabilityExclusionFilterType: ImageTagMutabilityExclusionFilterType;
  readonly ImageTagMutabilityExclusionFilterValue: string;
  readonly ImageTagMutabilityExclusionFilters: ImageTagMutabilityExclusionFilters;
  readonly InferenceHubAccessConfig: InferenceHubAccessConfig;
  readonly InferenceSpecification: InferenceSpecification;
  readonly InfraCheckConfig: InfraCheckConfig;
  readonly InheritedProperties: InheritedProperties;
  readonly InheritedProperty: InheritedProperty;
  readonly InlinePolicyIdentifierType: InlinePolicyIdentifierType;
  readonly InputDataConfig: InputDataConfig;
  readonly InputLogStreamNames: InputLogStreamNames;
  readonly InputModes: InputModes;
  readonly InstanceGroup: InstanceGroup;
  readonly InstanceGroupName: string;
  readonly InstanceGroupNames: InstanceGroupNames;
  readonly InstanceGroups: InstanceGroups;
  readonly InstancePlacementConfig: InstancePlacementConfig;
  readonly InstancePreference: InstancePreference;
  readonly InstancePreferenceList: InstancePreferenceList;
  readonly IntegerParameterRangeSpecification: IntegerParameterRangeSpecification;
  readonly Interleaved: boolean;
  readonly KeepAlivePeriodInSeconds: number;
  readonly KmsKey: string;
  readonly KmsKeyId: string;
  readonly LabelOptions: LabelOptions;
  readonly LabelingJobArn: string;
  readonly LastActivatedAtTimestamp: number;
  readonly LastArchivedAtTimestamp: number;
  readonly LineNumber: number;
  readonly ListAlgorithmsInput: ListAlgorithmsInput;
  readonly ListAlgorithmsOutput: ListAlgorithmsOutput;
  readonly ListMetricsInput: ListMetricsInput;
  readonly ListMetricsOutput: ListMetricsOutput;
  readonly ListTagsInput: ListTagsInput;
  readonly ListTagsMaxResults: number;
  readonly ListTagsOutput: ListTagsOutput;
  readonly ListTrainingJobsRequest: ListTrainingJobsRequest;
  readonly ListTrainingJobsResponse: ListTrainingJobsResponse;
  readonly LogGroup: LogGroup;
  readonly LogGroupClass: LogGroupClass;
  readonly LogGroupIdentifier: string;
  readonly LogGroupName: string;
  readonly LogGroupNamePattern: string;
  readonly LogGroups: LogGroups;
  readonly LogStream: LogStream;
  readonly LogStreamName: string;
  readonly LogStreamSearchedCompletely: boolean;
  readonly LogStreams: LogStreams;
  readonly LogsAccountId: string;
  readonly LogsArn: string;
  readonly LogsIncludeLinkedAccounts: boolean;
  readonly LogsKmsKeyId: string;
  readonly LogsNextToken: string;
  readonly LogsTimestamp: number;
  readonly Long: number;
  readonly MaxConcurrentTransforms: number;
  readonly MaxPayloadInMB: number;
  readonly MaxPendingTimeInSeconds: number;
  readonly MaxResults: number;
  readonly MaxRuntimeInSeconds: number;
  readonly MaxWaitTimeInSeconds: number;
  readonly MaximumRetryAttempts: number;
  readonly MediaTypeList: MediaTypeList;
  readonly Message: string;
  readonly MessageData: MessageData;
  readonly MessageDataCode: string;
  readonly MessageDataValue: string;
  readonly Metric: Metric;
  readonly MetricData: MetricData;
  readonly MetricDataQueries: MetricDataQueries;
  readonly MetricDataQuery: MetricDataQuery;
  readonly MetricDataResult: MetricDataResult;
  readonly MetricDataResultMessages: MetricDataResultMessages;
  readonly MetricDataResults: MetricDataResults;
  readonly MetricDefinition: MetricDefinition;
  readonly MetricDefinitionList: MetricDefinitionList;
  readonly MetricExpression: string;
  readonly MetricId: string;
  readonly MetricLabel: string;
  readonly MetricName: string;
  readonly MetricQuery: MetricQuery;
  readonly MetricQueryList: MetricQueryList;
  readonly MetricQueryResult: MetricQueryResult;
  readonly MetricQueryResultList: MetricQueryResultList;
  readonly MetricQueryResultStatus: MetricQueryResultStatus;
  readonly MetricRegex: string;
  readonly MetricStat: MetricStat;
  readonly MetricStatistic: MetricStatistic;
  readonly MetricValues: MetricValues;
  readonly Metrics: Metrics;
  readonly MlFlowResourceArn: string;
  readonly MlflowConfig: MlflowConfig;
  readonly MlflowDetails: MlflowDetails;
  readonly MlflowExperimentId: string;
  readonly MlflowExperimentName: string;
  readonly MlflowRunId: string;
  readonly MlflowRunName: string;
  readonly ModelAccessConfig: ModelAccessConfig;
  readonly ModelArtifacts: ModelArtifacts;
  readonly ModelCompressionType: ModelCompressionType;
  readonly ModelDataSource: ModelDataSource;
  readonly ModelInput: ModelInput;
  readonly ModelPackageArn: string;
  readonly ModelPackageConfig: ModelPackageConfig;
  readonly ModelPackageContainerDefinition: ModelPackageContainerDefinition;
  readonly ModelPackageContainerDefinitionList: ModelPackageContainerDefinitionList;
  readonly ModelPackageFrameworkVersion: string;
  readonly ModelPackageGroupArn: string;
  readonly NameContains: string;
  readonly Namespace: string;
  readonly NestedFilters: NestedFilters;
  readonly NestedFiltersList: NestedFiltersList;
  readonly NextToken: string;
  readonly Operator: Operator;
  readonly OptionalVolumeSizeInGB: number;
  readonly OrderBy: OrderBy;
  readonly OrganizationsDecisionDetail: OrganizationsDecisionDetail;
  readonly OutputCompressionType: OutputCompressionType;
  readonly OutputDataConfig: OutputDataConfig;
  readonly OutputLogEvent: OutputLogEvent;
  readonly OutputLogEvents: OutputLogEvents;
  readonly OwningAccounts: OwningAccounts;
  readonly ParameterName: string;
  readonly ParameterRange: ParameterRange;
  readonly ParameterType: ParameterType;
  readonly ParameterValue: string;
  readonly ParameterValues: ParameterValues;
  readonly Peft: Peft;
  readonly PermissionsBoundaryAttachmentType: PermissionsBoundaryAttachmentType;
  readonly PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail;
  readonly PlacementSpecification: PlacementSpecification;
  readonly PlacementSpecifications: PlacementSpecifications;
  readonly PolicyEvaluationDecisionType: PolicyEvaluationDecisionType;
  readonly PolicyExclusionsListType: PolicyExclusionsListType;
  readonly PolicyIdentifier: PolicyIdentifier;
  readonly PolicyIdentifierPolicyType: PolicyIdentifierPolicyType;
  readonly PolicyIdentifierType: string;
  readonly PolicySourceType: PolicySourceType;
  readonly Position: Position;
  readonly ProcessingInstanceType: ProcessingInstanceType;
  readonly ProcessingJobArn: string;
  readonly ProductId: string;
  readonly ProductionVariantInstanceType: ProductionVariantInstanceType;
  readonly ProfilerConfig: ProfilerConfig;
  readonly ProfilerConfigForUpdate: ProfilerConfigForUpdate;
  readonly ProfilerRuleConfiguration: ProfilerRuleConfiguration;
  readonly ProfilerRuleConfigurations: ProfilerRuleConfigurations;
  readonly ProfilerRuleEvaluationStatus: ProfilerRuleEvaluationStatus;
  readonly ProfilerRuleEvaluationStatuses: ProfilerRuleEvaluationStatuses;
  readonly ProfilingIntervalInMilliseconds: number;
  readonly ProfilingParameters: ProfilingParameters;
  readonly ProfilingStatus: ProfilingStatus;
  readonly PropertyNameHint: string;
  readonly PropertyNameQuery: PropertyNameQuery;
  readonly PropertyNameSuggestion: PropertyNameSuggestion;
  readonly PropertyNameSuggestionList: PropertyNameSuggestionList;
  readonly ProxyEndpoint: string;
  readonly PushTimestamp: number;
  readonly PutMetricsErrorCode: PutMetricsErrorCode;
  readonly RawMetricData: RawMetricData;
  readonly RawMetricDataList: RawMetricDataList;
  readonly RealtimeInferenceInstanceTypes: RealtimeInferenceInstanceTypes;
  readonly RecentlyActive: RecentlyActive;
  readonly RecipeName: string;
  readonly RecordWrapper: RecordWrapper;
  readonly RecordedPullTimestamp: number;
  readonly RegistryId: string;
  readonly Relation: Relation;
  readonly RemoteDebugConfig: RemoteDebugConfig;
  readonly RemoteDebugConfigForUpdate: RemoteDebugConfigForUpdate;
  readonly Repository: Repository;
  readonly RepositoryList: RepositoryList;
  readonly RepositoryName: string;
  readonly RepositoryNameList: RepositoryNameList;
  readonly ResourceArn: string;
  readonly ResourceConfig: ResourceConfig;
  readonly ResourceConfigForUpdate: ResourceConfigForUpdate;
  readonly ResourceHandlingOptionType: string;
  readonly ResourceNameListType: ResourceNameListType;
  readonly ResourceNameType: string;
  readonly ResourcePropertyName: string;
  readonly ResourceRetainedBillableTimeInSeconds: number;
  readonly ResourceSpecificResult: ResourceSpecificResult;
  readonly ResourceSpecificResultListType: ResourceSpecificResultListType;
  readonly ResourceType: ResourceType;
  readonly ResponseMIMEType: string;
  readonly ResponseMIMETypes: ResponseMIMETypes;
  readonly RetryStrategy: RetryStrategy;
  readonly ReturnData: boolean;
  readonly Role: Role;
  readonly RoleArn: string;
  readonly RoleLastUsed: RoleLastUsed;
  readonly RuleConfigurationName: string;
  readonly RuleEvaluationStatus: RuleEvaluationStatus;
  readonly RuleParameters: RuleParameters;
  readonly S3DataDistribution: S3DataDistribution;
  readonly S3DataSource: S3DataSource;
  readonly S3DataType: S3DataType;
  readonly S3ModelDataSource: S3ModelDataSource;
  readonly S3ModelDataType: S3ModelDataType;
  readonly S3ModelUri: string;
  readonly S3Uri: string;
  readonly SageMakerMetricsExperimentEntityName: string;
  readonly SageMakerMetricsInteger: number;
  readonly SageMakerMetricsLong: number;
  readonly SageMakerMetricsMetricName: string;
  readonly SageMakerMetricsPeriod: SageMakerMetricsPeriod;
  readonly SageMakerMetricsTimestamp: number;
  readonly SageMakerResourceArn: string;
  readonly ScanBy: ScanBy;
  readonly ScanOnPushFlag: boolean;
  readonly ScanStatus: ScanStatus;
  readonly ScanStatusDescription: string;
  readonly ScanTimestamp: number;
  readonly SearchExpression: SearchExpression;
  readonly SearchExpressionList: SearchExpressionList;
  readonly SearchRecord: SearchRecord;
  readonly SearchRequest: SearchRequest;
  readonly SearchResponse: SearchResponse;
  readonly SearchResultsList: SearchResultsList;
  readonly SearchSortOrder: SearchSortOrder;
  readonly SearchedLogStream: SearchedLogStream;
  readonly SearchedLogStreams: SearchedLogStreams;
  readonly SecondaryStatus: SecondaryStatus;
  readonly SecondaryStatusTransition: SecondaryStatusTransition;
  readonly SecondaryStatusTransitions: SecondaryStatusTransitions;
  readonly SecurityGroupId: string;
  readonly Seed: number;
  readonly SequenceLength: string;
  readonly SequenceToken: string;
  readonly ServerlessJobBaseModelArn: string;
  readonly ServerlessJobConfig: ServerlessJobConfig;
  readonly ServerlessJobType: ServerlessJobType;
  readonly SessionChainingConfig: SessionChainingConfig;
  readonly SeverityCount: number;
  readonly ShuffleConfig: ShuffleConfig;
  readonly SimulatePolicyResponse: SimulatePolicyResponse;
  readonly SimulatePrincipalPolicyRequest: SimulatePrincipalPolicyRequest;
  readonly SimulationPolicyListType: SimulationPolicyListType;
  readonly SortBy: SortBy;
  readonly SortOrder: SortOrder;
  readonly SourceRoleTemplate: SourceRoleTemplate;
  readonly SplitType: SplitType;
  readonly StandardUnit: StandardUnit;
  readonly StartFromHead: boolean;
  readonly Stat: string;
  readonly Statement: Statement;
  readonly StatementListType: StatementListType;
  readonly Statistic: Statistic;
  readonly Statistics: Statistics;
  readonly StatusCode: StatusCode;
  readonly StatusDetails: string;
  readonly StatusMessage: string;
  readonly Step: number;
  readonly StopTrainingJobRequest: StopTrainingJobRequest;
  readonly StoppingCondition: StoppingCondition;
  readonly StoredBytes: number;
  readonly String: string;
  readonly String256: string;
  readonly StsArnType: string;
  readonly SubnetId: string;
  readonly Subnets: Subnets;
  readonly SuggestionQuery: SuggestionQuery;
  readonly Tag: Tag;
  readonly TagKey: string;
  readonly TagKeyList: TagKeyList;
  readonly TagList: TagList;
  readonly TagStatus: TagStatus;
  readonly TagValue: string;
  readonly TensorBoardOutputConfig: TensorBoardOutputConfig;
  readonly Timestamp: number;
  readonly Timestamps: Timestamps;
  readonly TotalHits: TotalHits;
  readonly TotalStepCountPerEpoch: number;
  readonly TrainingContainerArgument: string;
  readonly TrainingContainerArguments: TrainingContainerArguments;
  readonly TrainingContainerEntrypoint: TrainingContainerEntrypoint;
  readonly TrainingContainerEntrypointString: string;
  readonly TrainingEnvironmentKey: string;
  readonly TrainingEnvironmentMap: TrainingEnvironmentMap;
  readonly TrainingEnvironmentValue: string;
  readonly TrainingEpochCount: number;
  readonly TrainingEpochIndex: number;
  readonly TrainingImageConfig: TrainingImageConfig;
  readonly TrainingInputMode: TrainingInputMode;
  readonly TrainingInstanceCount: number;
  readonly TrainingInstanceType: TrainingInstanceType;
  readonly TrainingInstanceTypes: TrainingInstanceTypes;
  readonly TrainingJob: TrainingJob;
  readonly TrainingJobArn: string;
  readonly TrainingJobDefinition: TrainingJobDefinition;
  readonly TrainingJobName: string;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly TrainingJobSummaries: TrainingJobSummaries;
  readonly TrainingJobSummary: TrainingJobSummary;
  readonly TrainingPlanArn: string;
  readonly TrainingPlanArnList: TrainingPlanArnList;
  readonly TrainingProgressInfo: TrainingProgressInfo;
  readonly TrainingRepositoryAccessMode: TrainingRepositoryAccessMode;
  readonly TrainingRepositoryAuthConfig: TrainingRepositoryAuthConfig;
  readonly TrainingRepositoryCredentialsProviderArn: string;
  readonly TrainingSpecification: TrainingSpecification;
  readonly TrainingStepIndex: number;
  readonly TrainingTimeInSeconds: number;
  readonly TransformAmiVersion: string;
  readonly TransformDataSource: TransformDataSource;
  readonly TransformEnvironmentKey: string;
  readonly TransformEnvironmentMap: TransformEnvironmentMap;
  readonly TransformEnvironmentValue: string;
  readonly TransformInput: TransformInput;
  readonly TransformInstanceCount: number;
  readonly TransformInstanceType: TransformInstanceType;
  readonly TransformInstanceTypes: TransformInstanceTypes;
  readonly TransformJobDefinition: TransformJobDefinition;
  readonly TransformOutput: TransformOutput;
  readonly TransformResources: TransformResources;
  readonly TransformS3DataSource: TransformS3DataSource;
  readonly Unmask: boolean;
  readonly UpdateTrainingJobRequest: UpdateTrainingJobRequest;
  readonly UpdateTrainingJobResponse: UpdateTrainingJobResponse;
  readonly Url: string;
  readonly VisibilityConditions: VisibilityConditions;
  readonly VisibilityConditionsKey: string;
  readonly VisibilityConditionsList: VisibilityConditionsList;
  readonly VisibilityConditionsValue: string;
  readonly VpcConfig: VpcConfig;
  readonly VpcSecurityGroupIds: VpcSecurityGroupIds;
  readonly VulnerabilitySourceUpdateTimestamp: number;
  readonly WarmPoolResourceStatus: WarmPoolResourceStatus;
  readonly WarmPoolStatus: WarmPoolStatus;
  readonly XAxisType: XAxisType;
  readonly XAxisValues: XAxisValues;
  readonly accountType: string;
  readonly booleanType: boolean;
  readonly idType: string;
  readonly integerType: number;
  readonly markerType: string;
  readonly maxItemsType: number;
  readonly pathType: string;
  readonly policyDocumentType: string;
  readonly policyNameType: string;
  readonly responseMarkerType: string;
  readonly roleDescriptionType: string;
  readonly roleMaxSessionDurationType: number;
  readonly roleNameType: string;
  readonly stringType: string;
  readonly userIdType: string;
}
