/**
 * What the GraphQL schemas of all services share. Each service has a builder of its own: its schema is a subgraph of Apollo
 * Federation 2, whose text with its directives is services/NAME/schema.graphql (`npm run schema`).
 */
import { readFileSync } from 'node:fs';
import SchemaBuilder from '@pothos/core';
import type { ServiceAnswer } from '#core/ports/services.ts';
import type { ChatMessage } from '#core/turn.ts';
import type { AskHook } from './hook-call.ts';

/** The context of every resolver. */
export interface ServiceContext {
  readonly ask: AskHook;
}

interface SubgraphTypes {
  Context: ServiceContext;
  DefaultFieldNullability: false;
  Scalars: { ID: { Input: string; Output: string } };
}

/** Extensions of a type that other subgraphs may have as well. */
export const SHAREABLE = { directives: { shareable: true } };

/** `name`: the service's folder. */
export function subgraphBuilder(name: string) {
  const builder = new SchemaBuilder<SubgraphTypes>({ defaultFieldNullability: false });
  const Service = builder.objectRef<{ readonly sdl: string }>('_Service').implement({
    fields: (t) => ({ sdl: t.exposeString('sdl', { nullable: true }) }),
  });
  builder.queryType({
    fields: (t) => ({
      // https://www.apollographql.com/docs/graphos/reference/federation/subgraph-spec
      _service: t.field({
        type: Service,
        resolve: () => ({ sdl: readFileSync(new URL(`../${name}/schema.graphql`, import.meta.url), 'utf8') }),
      }),
    }),
  });
  return builder;
}
export type SubgraphBuilder = ReturnType<typeof subgraphBuilder>;

/** The types that stand in every subgraph. */
export function sharedTypes(builder: SubgraphBuilder) {
  const MessageRole = builder.enumType('MessageRole', { values: ['USER', 'ASSISTANT', 'SYSTEM'] as const });
  const MessageInput = builder.inputRef<Pick<ChatMessage, 'role' | 'content'>>('MessageInput').implement({
    fields: (t) => ({ role: t.field({ type: MessageRole, required: true }), content: t.string({ required: true }) }),
  });
  const StageOutcome = builder.enumType('StageOutcome', { values: ['OK', 'SKIPPED', 'TIMED_OUT', 'FAILED'] as const });
  const Note = builder.objectRef<ServiceAnswer['notes'][number]>('Note').implement({
    extensions: SHAREABLE,
    description: 'A line for the trace of the turn: what the plugin did without, and why.',
    fields: (t) => ({ outcome: t.expose('outcome', { type: StageOutcome }), detail: t.exposeString('detail') }),
  });
  const ModelUsage = builder.objectRef<ServiceAnswer['usage'][number]>('ModelUsage').implement({
    extensions: SHAREABLE,
    description: 'A call of a model on the viewer’s account.',
    fields: (t) => ({
      model: t.exposeString('model'),
      inputTokens: t.exposeInt('inputTokens'),
      outputTokens: t.exposeInt('outputTokens'),
    }),
  });
  /** The two fields beside every answer. */
  const told = (t: PothosSchemaTypes.ObjectFieldBuilder<BuilderTypes, ServiceAnswer>) => ({
    notes: t.field({ type: [Note], resolve: ({ notes }) => [...notes] }),
    usage: t.field({ type: [ModelUsage], resolve: ({ usage }) => [...usage] }),
  });
  return { MessageInput, told };
}
type BuilderTypes = SubgraphBuilder extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never;
