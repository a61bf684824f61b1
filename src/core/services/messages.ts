import { notFound } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import { readCitations } from '../turn/stored-citations.ts';
import type { Messages } from './index.ts';
import { checkOptional, checkText } from './input.ts';

const MAX_COMMENT = 4_000;

export function messages(store: Store): Messages {
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
      return feedback;
    },
  };
}
