import type { IntentAnalysis as Analysis } from '#core/turn.ts';
import { builder } from './builder.ts';

export const IntentAnalysis = builder.objectRef<Analysis>('IntentAnalysis').implement({
  fields: (t) => ({
    type: t.exposeString('type', {
      description:
        'Such as task_continuation, new_task, topic_switch, clarification, correction, feedback, small_talk; a plugin may bring others.',
    }),
    confidence: t.exposeFloat('confidence'),
    topic: t.exposeString('topic', { nullable: true }),
    topicShift: t.exposeBoolean('topicShift'),
    standaloneQuery: t.exposeString('standaloneQuery', {
      description: 'The message with what it leaves unsaid filled in from the history.',
    }),
    signals: t.stringList({ resolve: ({ signals }) => [...signals] }),
  }),
});
