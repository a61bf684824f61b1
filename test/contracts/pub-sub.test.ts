import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { ConversationEvent } from '#core/events.ts';
import type { PubSub } from '#core/ports/pub-sub.ts';
import { memoryPubSub } from '../../src/adapters/memory/pub-sub.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisPubSub } from '../../src/adapters/redis/pub-sub.ts';
import { never } from '../support/models.ts';
import { describeWith } from '../support/services.ts';

const REDIS_URL = process.env['REDIS_URL'] ?? '';
/** A channel of this run alone: other tests use the same server. */
const PREFIX = `test-${randomUUID()}:`;

const added = (conversationId: string, messageId: string, viewerId = 'viewer'): ConversationEvent => ({
  type: 'message-added',
  conversationId,
  viewerId,
  messageId,
  at: 1,
});

/** `bound`: unread events of one reader past which the oldest are dropped. */
type Make = (options?: { readonly bound?: number }) => PubSub | Promise<PubSub>;

/** The port's contract, run over one implementation. Each test uses its own conversations. */
function contract(name: string, make: Make): void {
  describe(`pub-sub in ${name}`, () => {
    let count = 0;
    const newId = () => {
      count += 1;
      return `conversation-${process.pid}-${count}`;
    };
    const take = async (events: AsyncIterableIterator<ConversationEvent>, howMany: number) => {
      const taken: unknown[] = [];
      for (let index = 0; index < howMany; index += 1) taken.push((await events.next()).value);
      return taken;
    };

    test('gives every reader the events from its subscription on, in order, and none of another conversation', async () => {
      const [pubSub, id, other] = [await make(), newId(), newId()];
      pubSub.publish(added(id, 'before'));
      const readers = [
        await pubSub.subscribe({ conversationId: id }, never()),
        await pubSub.subscribe({ conversationId: id }, never()),
      ];
      const sent = [added(id, 'a'), added(id, 'b'), added(id, 'c')];
      pubSub.publish(added(other, 'x'));
      for (const event of sent) pubSub.publish(event);
      expect(await Promise.all(readers.map((reader) => take(reader, 3)))).toEqual([sent, sent]);
    });

    test('gives a reader of a viewer the events of all of that viewer’s conversations, and none of another viewer’s', async () => {
      const [pubSub, one, other, viewerId] = [await make(), newId(), newId(), newId()];
      const reader = await pubSub.subscribe({ viewerId }, never());
      const sent = [added(one, 'a', viewerId), added(other, 'b', viewerId), added(one, 'c', viewerId)];
      pubSub.publish(added(one, 'x', newId()));
      for (const event of sent) pubSub.publish(event);
      expect(await take(reader, 3)).toEqual(sent);
    });

    test('a reader that waits is woken', async () => {
      const [pubSub, id] = [await make(), newId()];
      const pulled = (await pubSub.subscribe({ conversationId: id }, never())).next();
      pubSub.publish(added(id, 'a'));
      expect((await pulled).value).toEqual(added(id, 'a'));
    });

    test('a reader ends at once when its signal aborts or it returns, and the others continue', async () => {
      const [pubSub, id] = [await make(), newId()];
      const cut = new AbortController();
      const aborted = await pubSub.subscribe({ conversationId: id }, cut.signal);
      const returning = await pubSub.subscribe({ conversationId: id }, never());
      const staying = await pubSub.subscribe({ conversationId: id }, never());
      const pulled = aborted.next();
      cut.abort();
      expect((await pulled).done).toBe(true);
      await returning.return?.();
      expect((await returning.next()).done).toBe(true);
      pubSub.publish(added(id, 'a'));
      expect((await staying.next()).value).toEqual(added(id, 'a'));
      expect((await (await pubSub.subscribe({ conversationId: id }, cut.signal)).next()).done).toBe(true);
    });

    test('a reader that falls behind past the bound loses the oldest events', async () => {
      const [pubSub, id] = [await make({ bound: 2 }), newId()];
      const slow = await pubSub.subscribe({ conversationId: id }, never());
      const [, ...kept] = ['a', 'b', 'c'].map((messageId) => {
        const event = added(id, messageId);
        pubSub.publish(event);
        return event;
      });
      expect(await take(slow, 2)).toEqual(kept);
    });
  });
}

contract('memory', memoryPubSub);
describeWith(
  'pub-sub in Redis (REDIS_URL)',
  Boolean(REDIS_URL),
  'set REDIS_URL: scripts/services/services up redis',
  () => {
    const redis = connectRedis(REDIS_URL, { deadlineFactor: 10 });
    afterAll(() => redis.stop());
    contract('Redis', (options) => redisPubSub(redis, { ...options, prefix: PREFIX }));

    test('a reader on another replica hears of an event once', async () => {
      const [here, there] = [redisPubSub(redis, { prefix: PREFIX }), redisPubSub(redis, { prefix: PREFIX })];
      const events = [here, there].map((one) => one.subscribe({ conversationId: 'moving' }, never()));
      const [near, far] = await Promise.all(events);
      here.publish(added('moving', 'a'));
      here.publish(added('moving', 'b'));
      for (const reader of [near, far])
        for (const messageId of ['a', 'b']) expect((await reader?.next())?.value).toEqual(added('moving', messageId));
    });
  },
);
