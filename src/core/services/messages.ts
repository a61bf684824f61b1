import { notFound } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import type { Citation } from '../turn.ts';
import type { Messages } from './index.ts';
import { checkOptional, checkText } from './input.ts';

const MAX_COMMENT = 4_000;

export function messages(store: Store): Messages {
  return {
    get: (viewer, id) => store.messages.get(viewer, id),
    getMany: (viewer, ids) => store.messages.getMany(viewer, ids),
    list: (viewer, conversationId, page) => store.messages.list(viewer, conversationId, page),
    siblings: (viewer, message) => store.messages.siblings(viewer, message),

    async citations(viewer, message) {
      if (message.citations.length === 0) return [];
      const ids = [...new Set(message.citations.map((citation) => citation.passageId))];
      const passages = await store.documents.passages(viewer, ids);
      return message.citations.flatMap(({ passageId, score, vectorScore, keywordScore, ...citation }): Citation[] => {
        const passage = passages.get(passageId);
        if (!passage) return [];
        const quote = passage.text.slice(citation.start - passage.start, citation.end - passage.start);
        return [{ ...citation, passage: { ...passage, score, vectorScore, keywordScore }, quote }];
      });
    },

    async rate(viewer, { messageId, rating, comment }) {
      const checked = checkOptional(comment, (text) => checkText('comment', text, MAX_COMMENT));
      const feedback = await store.messages.rate(viewer, messageId, rating, checked);
      if (!feedback) throw notFound('Message');
      return feedback;
    },
  };
}
