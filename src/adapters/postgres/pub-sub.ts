import type { PubSub } from '#core/ports/pub-sub.ts';
import { sharedPubSub } from '../shared-pub-sub.ts';
import type { Notifications } from './notifications.ts';

const CHANNEL = 'parley_conversations';

/** Events to the readers of all replicas that share PostgreSQL. While its connection is away the others' readers miss events. */
export function notifyPubSub(notifications: Notifications, options: { readonly bound?: number } = {}): PubSub {
  return sharedPubSub(
    {
      publish: (text) => notifications.send([{ channel: CHANNEL, text }]),
      listen(listener) {
        notifications.listen(CHANNEL, listener);
        return notifications.connected;
      },
    },
    options,
  );
}
