import type { ChatMessage } from '../turn.ts';

const UNFINISHED =
  '[This answer is unfinished: the next message came while it was being written, or it was broken off.]';
const UNANSWERED = '[There is no answer to this yet.]';

/** The messages before a question, with what a model could not know of them: that an answer is not whole, or not there. */
export function withUnfinished(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.flatMap(({ role, content, unfinished }, place): ChatMessage[] => {
    if (role === 'ASSISTANT') return [{ role, content: unfinished ? `${content}\n\n${UNFINISHED}` : content }];
    const isUnanswered = role === 'USER' && messages[place + 1]?.role !== 'ASSISTANT';
    return isUnanswered
      ? [
          { role, content },
          { role: 'ASSISTANT', content: UNANSWERED },
        ]
      : [{ role, content }];
  });
}
