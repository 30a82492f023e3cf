import { setWebhooks } from '../store/events/deliveries.ts';
import { Webhook, type WebhookOptions } from './webhook.ts';

/** All configured webhooks. Each goes on by itself, so that none waits for another. */
export class Webhooks {
  readonly #webhooks: readonly Webhook[];

  constructor(
    webhooks: readonly {
      readonly url: string;
      readonly secret: string;
      readonly timeoutSeconds: number;
    }[],
    options: Omit<WebhookOptions, 'url' | 'secret' | 'patience'>,
  ) {
    setWebhooks(
      options.database,
      webhooks.map(({ url }) => url),
    );
    this.#webhooks = webhooks.map(
      ({ url, secret, timeoutSeconds }) =>
        new Webhook({ ...{ url, secret }, patience: timeoutSeconds * 1000, ...options }),
    );
  }

  start(): void {
    for (const webhook of this.#webhooks) webhook.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.#webhooks.map((each) => each.close()));
  }
}
