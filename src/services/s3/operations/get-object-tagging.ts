import { xmlAnswer } from '../answer.ts';
import type { Operation } from '../call.ts';
import { tagsOf } from '../tagging.ts';

export const getObjectTagging: Operation = (call, { store }) => {
  const tags = tagsOf(store.head(call.object).tagging ?? '');
  return xmlAnswer('Tagging', { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } });
};
