import { validation } from '../../model/errors.ts';
import type {
  AddTagsInput,
  AddTagsOutput,
  DeleteTagsInput,
  ListTagsInput,
  ListTagsOutput,
} from '../../model/types.generated.ts';
import { findAlgorithm } from '../../store/algorithms/algorithms.ts';
import { jobExists } from '../../store/jobs/find-job.ts';
import { putTags, removeTags, tagsOf } from '../../store/tags/tags.ts';
import { reservedTagKey } from '../../training/request-rules.ts';
import type { SageMakerContext } from './context.ts';
import { noSuchResource } from './errors.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';

/** A resource has at most this many tags (service model). */
const MOST_TAGS = 50;

/** Returns all tags of the resource afterwards. */
export function addTags(context: SageMakerContext, request: AddTagsInput): AddTagsOutput {
  const arn = existing(context, request.ResourceArn);
  const reserved = reservedTagKey(request.Tags.map((tag) => tag.Key));
  if (reserved) throw validation(reserved);
  return context.database.transaction(() => {
    putTags(context.database, arn, request.Tags);
    const tags = tagsOf(context.database, arn);
    if (tags.length > MOST_TAGS) throw validation(`A resource can have at most ${MOST_TAGS} tags: ${arn}`);
    return { Tags: tags };
  });
}

export function listTags(context: SageMakerContext, request: ListTagsInput): ListTagsOutput {
  const arn = existing(context, request.ResourceArn);
  const of = { arn };
  const [after = ''] =
    request.NextToken === undefined ? [] : decodePageToken<[string]>(request.NextToken, of);
  const rest = tagsOf(context.database, arn).filter((tag) => tag.Key > after);
  const page = rest.slice(0, request.MaxResults ?? MOST_TAGS);
  const last = page.at(-1);
  return {
    Tags: page,
    NextToken: last && page.length < rest.length ? encodePageToken([last.Key], of) : undefined,
  };
}

export function deleteTags(context: SageMakerContext, request: DeleteTagsInput): Record<string, never> {
  removeTags(context.database, existing(context, request.ResourceArn), request.TagKeys);
  return {};
}

/** The ARN as it is stored, if there is such a resource. */
function existing(context: SageMakerContext, arn: string): string {
  const [resource = '', ...name] = arn.split('/');
  const canonical = `${resource}/${name.join('/').toLowerCase()}`;
  const exists = jobExists(context.database, canonical) || findAlgorithm(context.database, canonical);
  if (!exists) throw noSuchResource();
  return canonical;
}
