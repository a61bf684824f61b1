import SchemaBuilder from '@pothos/core';
import type { Parley } from '#core/services/index.ts';
import type { Upload } from '#core/services/uploads.ts';
import type { Viewer } from '#core/viewer.ts';
import type { Loaders } from './loaders.ts';

/** The position of a stream of server-sent events. */
export interface StreamPosition {
  /** The id of the last event that the client has seen, where it resumes. */
  readonly lastEventId: string | null;
  /** The id of the event that is answered now: its resolver sets it. */
  eventId: string | null;
}

/** The context of every resolver: the viewer and the services. */
export interface Context {
  readonly viewer: Viewer;
  readonly parley: Parley;
  readonly loaders: Loaders;
  readonly requestId: string;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Set for a subscription over server-sent events. */
  readonly position?: StreamPosition;
}

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    DateTime: { Input: Date; Output: Date | number };
    File: { Input: Upload; Output: never };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false });
export type Builder = typeof builder;

declare module '#core/plugin.ts' {
  interface PluginExtensions {
    /** Adds fields of the plugin's own. Their resolvers get its instance by `context.parley.plugin(name, context.viewer)`. */
    readonly schema?: (builder: Builder) => void;
  }
}

builder.queryType({});
builder.mutationType({});
builder.subscriptionType({});
