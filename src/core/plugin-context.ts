/** The declarations of a plugin's settings and metrics, and the services that Parley offers it. */
import type { EmbeddingModel } from './ports/embedding-model.ts';
import type { Jobs } from './ports/jobs.ts';
import type { LanguageModels } from './ports/language-model.ts';
import type { SharedCache } from './ports/shared-cache.ts';
import type { DocumentStore } from './ports/store.ts';
import type { Usage } from './turn.ts';
import type { Viewer } from './viewer.ts';

type SettingResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** The part of Standard Schema 1 (https://standardschema.dev) that is used here. zod, valibot and arktype implement it. */
export interface SettingSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    validate(value: unknown): SettingResult<T> | PromiseLike<SettingResult<T>>;
  };
}
export type SettingSchemas = Readonly<Record<string, SettingSchema<unknown>>>;
export type SettingValues<S extends SettingSchemas> = {
  readonly [K in keyof S]: S[K] extends SettingSchema<infer T> ? T : never;
};

/** A figure by name: snake_case, with its unit at the end. Labels have closed sets of values; any other value counts as 'other'. */
export interface MetricDeclaration {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}
export type MetricDeclarations = Readonly<Record<string, MetricDeclaration>>;
/** Keeps the metrics that the manifest declares; any other name throws a TypeError. */
export interface Metrics {
  /** Increments a counter. */
  add(name: string, value?: number, labels?: Readonly<Record<string, string>>): void;
  /** Sets a gauge. */
  set(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Observes a value in a histogram. */
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

export interface Passages
  extends Pick<DocumentStore, 'changesAfter' | 'latestChange' | 'origin' | 'exclusively' | 'passages' | 'beginnings'> {
  /** Calls back when this process changed passages; other replicas' changes have to be asked for. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** True where other replicas change passages too. */
  readonly shared: boolean;
  /**
   * Changes whenever a passage that this viewer may read is added, changed or removed; equal versions mean equal passages. It may
   * change without need, and differ between replicas for equal passages. No database read.
   */
  version(viewer: Viewer): string;
  /**
   * Milliseconds since 1970 at which this process learned of the last such change; 0 where there was none since its start. What began
   * before may rest on passages that are no more.
   */
  changedAt(viewer: Viewer): number;
}

/** The models, with whether they can be asked now. */
export interface PluginModels extends LanguageModels {
  /** False while the model's circuit is open after failures. */
  healthy(name: string): boolean;
}

/** The services that Parley offers a plugin. */
export interface PluginContext<S extends SettingSchemas = SettingSchemas> {
  readonly settings: SettingValues<S>;
  /** A folder of the plugin's own, made on first use; derived data only. */
  readonly dataDirectory: string;
  /** The feed that every index is built from. */
  readonly passages: Passages;
  readonly models: PluginModels;
  /** The model that EMBEDDING_MODEL names, behind a queue and a cache; null where it is switched off. */
  readonly embeddings: EmbeddingModel | null;
  /** Another one by its name, for an index that was made with it; null where its provider is not configured. */
  embeddingsNamed(name: string): EmbeddingModel | null;
  /** Values that all replicas share where REDIS_URL is set; a namespace a plugin. Slow, full or broken storage is a miss. */
  readonly cache: SharedCache;
  /** Work that outlives a request; kinds are the plugin's own. */
  readonly jobs: Pick<Jobs, 'handle' | 'run'>;
  readonly metrics: Metrics;
  /** The usage of a viewer's model calls since then, on all replicas. */
  usage(viewer: Viewer, since: Date): Promise<Usage>;
  /** The same of all viewers of a tenant. */
  tenantUsage(tenant: string, since: Date): Promise<Usage>;
  /** How many times its usual milliseconds a plugin waits: DEADLINE_FACTOR, 1 by default. */
  readonly deadlineFactor: number;
  /** Logs a warning for operators, with the plugin's name. */
  warn(message: string, error?: unknown): void;
}
