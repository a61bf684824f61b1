/** The GraphQL schema of intent-tracker: what a message does in its conversation. */

import type { ServiceAnswer } from '#core/ports/services.ts';
import { dryTurn } from '#core/turn/dry-turn.ts';
import type { IntentAnalysis as Analysis } from '#core/turn.ts';
import { SHAREABLE, sharedTypes, subgraphBuilder } from '../host/subgraph.ts';

const builder = subgraphBuilder('intent-tracker');
const { MessageInput, told } = sharedTypes(builder);

const IntentAnalysis = builder.objectRef<Analysis>('IntentAnalysis').implement({
  extensions: SHAREABLE, // the platform has it too
  fields: (t) => ({
    type: t.exposeString('type'),
    confidence: t.exposeFloat('confidence'),
    topic: t.exposeString('topic', { nullable: true }),
    topicShift: t.exposeBoolean('topicShift'),
    standaloneQuery: t.exposeString('standaloneQuery', {
      description: 'The message with what it leaves unsaid filled in from the history.',
    }),
    signals: t.stringList({ resolve: ({ signals }) => [...signals] }),
  }),
});

const IntentInput = builder.inputRef<Analysis>('IntentInput').implement({
  fields: (t) => ({
    type: t.string({ required: true }),
    confidence: t.float({ required: true }),
    topic: t.string(),
    topicShift: t.boolean({ required: true }),
    standaloneQuery: t.string({ required: true }),
    signals: t.stringList({ required: true }),
  }),
});
const TurnKind = builder.enumType('TurnKind', { values: ['send', 'edit', 'regenerate'] as const });
const UnderstandInput = builder.inputType('UnderstandInput', {
  fields: (t) => ({
    kind: t.field({ type: TurnKind, required: true }),
    content: t.string({ required: true, description: 'The user’s message.' }),
    history: t.field({ type: [MessageInput], required: true, description: 'Messages before it, oldest first.' }),
    summary: t.string({ description: 'What was said before the history, condensed.' }),
    topic: t.string({ description: 'The conversation’s, before this turn.' }),
    previousIntent: t.field({ type: IntentInput, description: 'Of the user’s message before.' }),
  }),
});

const Understanding = builder
  .objectRef<ServiceAnswer & { readonly answer: Analysis | null }>('Understanding')
  .implement({
    fields: (t) => ({
      answer: t.expose('answer', { type: IntentAnalysis, nullable: true, description: 'Null: the plugin has none.' }),
      ...told(t),
    }),
  });

builder.queryField('understand', (t) =>
  t.field({
    type: Understanding,
    description: 'Intent, topic and full meaning of a message.',
    args: { turn: t.arg({ type: UnderstandInput, required: true }) },
    resolve: (_root, { turn: { kind, content, history, summary, topic, previousIntent } }, { ask }) =>
      ask(({ driver, run, viewer }) =>
        driver.understand(
          {
            ...dryTurn(viewer, content, history, new Set()),
            ...{ kind, summary: summary ?? null, topic: topic ?? null },
            previousIntent: previousIntent ? { ...previousIntent, topic: previousIntent.topic ?? null } : null,
          },
          run,
        ),
      ),
  }),
);

export const schema = builder.toSchema();
