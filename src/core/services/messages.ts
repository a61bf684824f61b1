import { notFound } from '../errors.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { Store } from '../ports/store.ts';
import { emit } from '../runtime/diagnostics.ts';
import { readCitations } from '../turn/stored-citations.ts';
import type { Viewer } from '../viewer.ts';
import type { Features, Messages } from './index.ts';
import { checkOptional, checkText } from './input.ts';

const MAX_COMMENT = 4_000;

export interface MessagesOptions {
  readonly store: Store;
  readonly driver: PluginDriver;
  readonly features: Features;
}

export function messages({ store, driver, features }: MessagesOptions): Messages {
  /** Notifies plugins that keep answers of a rating. The rating stands even if they fail. */
  async function tellPlugins(viewer: Viewer, messageId: string, rating: 'UP' | 'DOWN'): Promise<void> {
    const enabled = features.enabledFor(viewer);
    if (!driver.has('rated', enabled)) return;
    const generation = (await store.messages.get(viewer, messageId))?.generation;
    const run = { generationId: null, features: enabled, signal: AbortSignal.timeout(5_000), trace: () => undefined };
    const rated = { messageId, rating, generationId: generation?.id ?? null, cacheKey: generation?.cache.key ?? null };
    await driver.rated(viewer, rated, run).catch(() => undefined);
  }

  return {
    get: (viewer, id) => store.messages.get(viewer, id),
    getMany: (viewer, ids) => store.messages.getMany(viewer, ids),
    list: (viewer, conversationId, page) => store.messages.list(viewer, conversationId, page),
    following: (viewer, points) => store.messages.following(viewer, points),

    async citations(viewer, messages) {
      const ids = new Set(messages.flatMap(({ citations }) => citations.map(({ passageId }) => passageId)));
      const found = await store.documents.passages(viewer, [...ids]);
      const documents = { passages: async () => found };
      return Promise.all(messages.map(({ citations }) => readCitations(documents, viewer, citations)));
    },

    async rate(viewer, { messageId, rating, comment }) {
      const checked = checkOptional(comment, (text) => checkText('comment', text, MAX_COMMENT));
      const feedback = await store.messages.rate(viewer, messageId, rating, checked);
      if (!feedback) throw notFound('Message');
      emit('parley:rating', { rating });
      await tellPlugins(viewer, messageId, rating);
      return feedback;
    },
  };
}
