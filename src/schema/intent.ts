import type { IntentAnalysis as Analysis } from '#core/turn.ts';
import { builder } from './builder.ts';
import { MessageRole } from './message-role.ts';

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

export const TurnInput = builder.inputType('TurnInput', {
  fields: (t) => ({
    role: t.field({ type: MessageRole, required: true }),
    content: t.string({ required: true }),
  }),
});

const TrackIntentInput = builder.inputType('TrackIntentInput', {
  fields: (t) => ({
    message: t.string({ required: true }),
    history: t.field({ type: [TurnInput], required: true, defaultValue: [] }),
  }),
});

builder.mutationField('trackIntent', (t) =>
  t.field({
    type: IntentAnalysis,
    description: 'A dry run of the intent plugin: nothing is stored.',
    args: { input: t.arg({ type: TrackIntentInput, required: true }) },
    resolve: (_root, { input }, { parley, viewer, signal }) => parley.operations.trackIntent(viewer, input, signal),
  }),
);
