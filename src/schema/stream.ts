/** The stream of a generation: an event type for each thing that happens, and the subscriptions that carry them. */
import { AppError } from '#core/errors.ts';
import type { GenerationEvent as Event, LoggedEvent } from '#core/events.ts';
import { builder, type Context } from './builder.ts';
import { CacheOutcome } from './cache.ts';
import { Citation } from './citation.ts';
import { GenerationError } from './error-code.ts';
import { Evaluation } from './evaluation.ts';
import { SendMessageInput, toSendMessage } from './generation.ts';
import { decodeId, encodeId } from './ids.ts';
import { IntentAnalysis } from './intent.ts';
import { Passage } from './passage.ts';
import { presentPassages } from './present-passages.ts';
import { Generation, Message } from './refs.ts';
import { RouteDecision } from './routing.ts';

/** An event of one type at its place in the log. */
type Logged<Type extends Event['type']> = LoggedEvent & { readonly event: Extract<Event, { type: Type }> };

const TYPE_NAMES = {
  'generation-started': 'GenerationStarted',
  'intent-tracked': 'IntentTracked',
  'passages-retrieved': 'PassagesRetrieved',
  'model-routed': 'ModelRouted',
  'cache-answered': 'CacheAnswered',
  'reasoning-delta': 'ReasoningDelta',
  'text-delta': 'TextDelta',
  'text-snapshot': 'TextSnapshot',
  'citation-added': 'CitationAdded',
  'generation-completed': 'GenerationCompleted',
  'generation-failed': 'GenerationFailed',
  'generation-cancelled': 'GenerationCancelled',
  'evaluation-added': 'EvaluationAdded',
  'answer-revised': 'AnswerRevised',
} as const satisfies Record<Event['type'], string>;

const GenerationEvent = builder.interfaceRef<LoggedEvent>('GenerationEvent').implement({
  resolveType: ({ event }) => TYPE_NAMES[event.type],
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where to resume: `generation(id, after: cursor)`.' }),
    generationId: t.id({ resolve: ({ generationId }) => encodeId('Generation', generationId) }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
});

const interfaces = [GenerationEvent];
const event = <Type extends Event['type']>(type: Type) => builder.objectRef<Logged<Type>>(TYPE_NAMES[type]);

event('generation-started').implement({
  interfaces,
  fields: (t) => ({
    conversationId: t.id({ resolve: ({ event: { conversationId } }) => encodeId('Conversation', conversationId) }),
    userMessageId: t.id({ resolve: ({ event: { userMessageId } }) => encodeId('Message', userMessageId) }),
    assistantMessageId: t.id({
      resolve: ({ event: { assistantMessageId } }) => encodeId('Message', assistantMessageId),
    }),
    attempt: t.int({ resolve: ({ event: { attempt } }) => attempt }),
  }),
});
event('intent-tracked').implement({
  interfaces,
  fields: (t) => ({ intent: t.field({ type: IntentAnalysis, resolve: ({ event: { intent } }) => intent }) }),
});
event('passages-retrieved').implement({
  interfaces,
  fields: (t) => ({
    passages: t.field({
      type: [Passage],
      description: 'Those of documents that were deleted meanwhile are left out, where documents are asked for.',
      resolve: ({ event: { passages } }, _arguments, { loaders }, info) => presentPassages(passages, loaders, info),
    }),
  }),
});
event('model-routed').implement({
  interfaces,
  fields: (t) => ({ route: t.field({ type: RouteDecision, resolve: ({ event: { route } }) => route }) }),
});
event('cache-answered').implement({
  interfaces,
  fields: (t) => ({ cache: t.field({ type: CacheOutcome, resolve: ({ event: { cache } }) => cache }) }),
});
event('reasoning-delta').implement({
  interfaces,
  description: 'What a reasoning model thinks before it answers: a text of its own, which is no part of the answer.',
  fields: (t) => ({
    text: t.string({ resolve: ({ event: { text } }) => text }),
    offset: t.int({
      description:
        'Where in the reasoning it stands, in UTF-16 code units. What was there from the offset on is replaced.',
      resolve: ({ event: { offset } }) => offset,
    }),
  }),
});
event('text-delta').implement({
  interfaces,
  fields: (t) => ({
    text: t.string({ resolve: ({ event: { text } }) => text }),
    offset: t.int({
      description: 'Where in the answer it stands, in UTF-16 code units.',
      resolve: ({ event: { offset } }) => offset,
    }),
  }),
});
event('text-snapshot').implement({
  interfaces,
  description:
    'Text so far, whole: after a gap, or where another replica took the generation over. It replaces what the client holds.',
  fields: (t) => ({
    text: t.string({ resolve: ({ event: { text } }) => text }),
    attempt: t.int({ resolve: ({ event: { attempt } }) => attempt }),
  }),
});
event('citation-added').implement({
  interfaces,
  fields: (t) => ({ citation: t.field({ type: Citation, resolve: ({ event: { citation } }) => citation }) }),
});
event('generation-completed').implement({
  interfaces,
  fields: (t) => ({ message: t.field({ type: Message, resolve: ({ event: { message } }) => message }) }),
});
event('generation-failed').implement({
  interfaces,
  fields: (t) => ({ error: t.field({ type: GenerationError, resolve: ({ event: { error } }) => error }) }),
});
event('generation-cancelled').implement({
  interfaces,
  fields: (t) => ({ message: t.field({ type: Message, resolve: ({ event: { message } }) => message }) }),
});
event('evaluation-added').implement({
  interfaces,
  description: 'After the answer, so that judging never delays it: the last event where the quality plugin is on.',
  fields: (t) => ({ evaluation: t.field({ type: Evaluation, resolve: ({ event: { evaluation } }) => evaluation }) }),
});
event('answer-revised').implement({
  interfaces,
  description:
    'The answer fell short and is tried again as a sibling; follow `generation` there. Comes after EvaluationAdded.',
  fields: (t) => ({
    generation: t.field({ type: Generation, resolve: ({ event: { generation } }) => generation }),
    reason: t.string({ resolve: ({ event: { reason } }) => reason }),
  }),
});

/** Ids of server-sent events: the cursor, and for `chat`, whose request names no generation, that before it. */
const eventIdOf = ({ generationId, cursor }: LoggedEvent): string =>
  `${encodeId('Generation', generationId)}:${cursor}`;
const EVENT_ID = /^(?:([\w+/=]+):)?(\d+-\d+)$/;
function resumed({ position }: Context): { readonly id: string | null; readonly after: string } | null {
  if (!position?.lastEventId) return null;
  const [, id, after] = EVENT_ID.exec(position.lastEventId) ?? [];
  if (after === undefined)
    throw new AppError('BAD_USER_INPUT', 'Last-Event-ID is no id of an event: pass back one that an event carried');
  return { id: id === undefined ? null : decodeId('Generation', id), after };
}

builder.subscriptionFields((t) => ({
  generation: t.field({
    type: GenerationEvent,
    description:
      'Replays every event after the cursor (all of them without one), then goes on live; on any replica; ends after the terminal event. Dropping the connection cancels nothing.',
    args: { id: t.arg.id({ required: true }), after: t.arg.string() },
    subscribe: (_root, { id, after }, context) => {
      const { parley, viewer, signal } = context;
      const cursor = resumed(context)?.after ?? after ?? null;
      return parley.generations.events(viewer, decodeId('Generation', id), cursor, signal);
    },
    resolve: (event, _arguments, { position }) => {
      const logged = event as LoggedEvent;
      if (position) position.eventId = logged.cursor;
      return logged;
    },
  }),
  chat: t.field({
    type: GenerationEvent,
    description:
      'Sends and streams in one operation. Its events are those of `generation`, so a client that loses it resumes there.',
    extensions: { writes: true },
    args: { input: t.arg({ type: SendMessageInput, required: true }) },
    subscribe: (_root, { input }, context) => {
      const { parley, viewer, signal } = context;
      const place = resumed(context);
      if (!place) return parley.generations.chat(viewer, toSendMessage(input), signal);
      // A client that repeats its request with a Last-Event-ID has sent its message already.
      return parley.generations.events(viewer, place.id ?? '', place.after, signal);
    },
    resolve: (event, _arguments, { position }) => {
      const logged = event as LoggedEvent;
      if (position) position.eventId = eventIdOf(logged);
      return logged;
    },
  }),
}));
