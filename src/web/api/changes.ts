import { MessageStream, type StreamMessage } from '../../services/own-service.ts';
import { numberOf, type PageCall, type PageContext } from '../page-context.ts';

/** The names of jobs as something happens to them, from now on or after the event `after`. */
export function changes({ events }: PageContext, { query, signal }: PageCall): MessageStream {
  const after = Math.min(numberOf(query, 'after', events.end), events.end);
  return new MessageStream(names(after, events.follow({ after }, signal)));
}

async function* names(
  after: number,
  followed: AsyncIterable<{ readonly number: number; readonly event: string }>,
): AsyncGenerator<StreamMessage> {
  yield { id: after };
  for await (const { number, event } of followed) {
    const { detail } = JSON.parse(event) as { detail: { TrainingJobName?: string } };
    yield { id: number, data: JSON.stringify({ job: detail.TrainingJobName }) };
  }
}
