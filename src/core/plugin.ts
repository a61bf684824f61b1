/**
 * The contract between Parley and a plugin: pure types, and `definePlugin`.
 *
 * A plugin is a manifest and a factory. `setup` gets the plugin's settings and what it may use of the house, and returns a
 * plain object of hooks. Each hook belongs to one stage of a turn (core/turn/pipeline.ts tells the order) and to one kind, which
 * says how the answers of several plugins combine:
 *
 * - first: asked in the order of the list in src/app/; the first answer that is not undefined wins, the rest are not asked.
 * - join:  asked all at once; their answers are put together.
 * - wrap:  each wraps the next; the first plugin of the list is outermost.
 *
 * The driver, not the plugin, keeps the rules: a deadline for each hook, one AbortSignal for the turn, a circuit breaker per
 * plugin and hook, a check of what comes back. A hook that throws, hangs or answers the wrong type is left out, named in the
 * turn's trace and counted; the turn goes on. What a hook is given is frozen.
 */
import type { EmbeddingModel } from './ports/embedding-model.ts';
import type { LanguageModels, ModelPart, ModelRequest } from './ports/language-model.ts';
import type { DocumentKind, DocumentRecord, DocumentStore, PassageDraft } from './ports/store.ts';
import type { Highlight, IntentAnalysis, QualityReport, RecalledAnswer, RouteDecision, Turn } from './turn.ts';
import type { Viewer } from './viewer.ts';

export type Awaitable<T> = T | PromiseLike<T>;

export interface HookContext {
  /** Aborts when the turn is cancelled or the hook's deadline is over. */
  readonly signal: AbortSignal;
}

export type SearchStrategy = 'HYBRID' | 'VECTOR' | 'KEYWORD';

/** A search for passages, in a turn or by itself. */
export interface RetrievalQuery {
  readonly viewer: Viewer;
  readonly query: string;
  /** How many passages, 1..100. */
  readonly limit: number;
  /** Null: all that the viewer may read. */
  readonly documentIds: readonly string[] | null;
  /** Null: the plugin's own choice. */
  readonly strategy: SearchStrategy | null;
  /** 0..1 each; null: the plugin's own choice. */
  readonly vectorWeight: number | null;
  readonly keywordWeight: number | null;
  readonly rerank: boolean;
}
/** By id only: core reads title and text from the store, with the viewer in the where, and drops what is not found there. */
export interface FoundPassage {
  readonly id: string;
  /** 0..1 */
  readonly score: number;
  readonly vectorScore: number | null;
  readonly keywordScore: number | null;
  readonly highlights?: readonly Highlight[];
}
export interface RetrievalResult {
  /** Best first. */
  readonly passages: readonly FoundPassage[];
  readonly strategy: SearchStrategy;
  /** Names of the legs that did not answer in time. */
  readonly degraded: readonly string[];
}

/** A document on its way into the indexes. `save` replaces its passages in the store; the indexes follow the store. */
export interface Ingestion {
  readonly document: DocumentRecord;
  readonly text: string;
  save(passages: readonly PassageDraft[], kind: DocumentKind): Promise<void>;
  progress(status: 'PARSING' | 'EMBEDDING', fraction: number): Promise<void>;
}

export interface FinishedAnswer {
  readonly text: string;
  readonly model: string;
}

/** The model's stream as a wrapper sees it. */
export type Generate = (request: ModelRequest) => AsyncIterable<ModelPart>;

/** What `setup` returns. Every hook is optional. */
export interface Hooks {
  /** Opens what the plugin needs; the server is not ready before. At most 30 s. */
  start?(signal: AbortSignal): Awaitable<void>;
  /** Closes it, in reverse order of start. At most 5 s. */
  stop?(): Awaitable<void>;
  /** Throws when the plugin cannot do its work; a string tells an operator more. Shown in `platform` and /ready. */
  health?(): Awaitable<string | undefined>;

  /** first — intent, topic, standalone query. */
  understand?(turn: Turn, context: HookContext): Awaitable<IntentAnalysis | undefined>;
  /** first — a finished answer ends the search for one; `retrieve` may be under way and is aborted then. */
  recall?(turn: Turn, context: HookContext): Awaitable<RecalledAnswer | undefined>;
  /** join — passages, best first; put together by score. */
  retrieve?(query: RetrievalQuery, context: HookContext): Awaitable<RetrievalResult | undefined>;
  /** first — model, reason, fallbacks. Left out: the default model. */
  route?(turn: Turn, context: HookContext): Awaitable<RouteDecision | undefined>;
  /** wrap — the model's stream, part by part. Whatever a wrapper does wrong, the model's own stream goes on without it. */
  generate?(turn: Turn, request: ModelRequest, next: Generate, context: HookContext): AsyncIterable<ModelPart>;
  /** join — after the answer is out; the first report is the turn's evaluation. */
  assess?(turn: Turn, answer: FinishedAnswer, context: HookContext): Awaitable<QualityReport | undefined>;
  /** first — cuts a document into passages, saves them, and brings the plugin's index up to date before it answers true. */
  ingest?(ingestion: Ingestion, context: HookContext): Awaitable<true | undefined>;
}
export type HookName = Exclude<keyof Hooks, 'start' | 'stop' | 'health'>;
export const HOOK_NAMES = [
  'understand',
  'recall',
  'retrieve',
  'route',
  'generate',
  'assess',
  'ingest',
] as const satisfies readonly HookName[];

/** A switch: `ENABLE_…` in the environment, `setFeature` at run time. */
export interface FeatureDeclaration {
  /** kebab-case; the environment's name is derived: 'hybrid-retrieval' is ENABLE_HYBRID_RETRIEVAL. */
  readonly name: string;
  readonly default: boolean;
}

/** What zod, valibot, arktype and others give: https://standardschema.dev, version 1, the part that is used here. */
export interface SettingSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    validate(
      value: unknown,
    ): Awaitable<
      { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string }[] }
    >;
  };
}
export type SettingSchemas = Readonly<Record<string, SettingSchema<unknown>>>;
export type SettingValues<S extends SettingSchemas> = {
  readonly [K in keyof S]: S[K] extends SettingSchema<infer T> ? T : never;
};

/** What a plugin may use of the house. */
export interface PluginHouse<S extends SettingSchemas = SettingSchemas> {
  readonly settings: SettingValues<S>;
  /** A folder of the plugin's own, made on first use; derived data only. */
  readonly dataDirectory: string;
  /** The feed that every index is built from. */
  readonly passages: Pick<DocumentStore, 'changesAfter' | 'latestChange' | 'origin' | 'exclusively' | 'passages'> & {
    /** Calls back when this process changed passages; other replicas' changes have to be asked for. Returns the way to stop. */
    onChange(listener: () => void): () => void;
    /** True where other replicas change passages too. */
    readonly shared: boolean;
  };
  readonly models: LanguageModels;
  /** The model that EMBEDDING_MODEL names, behind a queue and a cache; null where it names none. */
  readonly embeddings: EmbeddingModel | null;
  /** Another one by its name, for an index that was made with it; null where its provider is not configured. */
  embeddingsNamed(name: string): EmbeddingModel | null;
  /** For what an operator should know; goes to the log with the plugin's name. */
  warn(message: string, error?: unknown): void;
}

/**
 * Grown from outside by declaration merging, so that the contract needs not import what it is to be independent of:
 * src/schema/builder.ts adds `schema`, by which a plugin brings GraphQL fields.
 */
// biome-ignore lint/suspicious/noEmptyInterface: an interface to be merged into
export interface PluginExtensions {}

export interface PluginManifest<S extends SettingSchemas = SettingSchemas> extends PluginExtensions {
  /** kebab-case, unique. */
  readonly name: string;
  /** semver */
  readonly version: string;
  /** Absent: always on. */
  readonly feature?: FeatureDeclaration;
  /** Names of plugins that must come before this one. */
  readonly dependsOn?: readonly string[];
  /** Environment variables, each with its schema; all problems are reported together at the start. */
  readonly settings?: S;
  setup(house: PluginHouse<S>): Awaitable<Hooks>;
}

const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const SEMVER = /^\d+\.\d+\.\d+/;

/** Checks a manifest where it is written. A third party's module exports the result as its default export. */
export function definePlugin<const S extends SettingSchemas>(manifest: PluginManifest<S>): PluginManifest<S> {
  const problems = manifestProblems(manifest);
  if (problems.length > 0) throw new TypeError(`plugin ${String(manifest?.name)}: ${problems.join('; ')}`);
  return Object.freeze(manifest);
}

/** What is wrong with a manifest of unknown origin; empty when nothing is. */
export function manifestProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['is no object: export default definePlugin({ … })'];
  const manifest = value as Record<string, unknown>;
  const feature = manifest['feature'] as FeatureDeclaration | undefined;
  const problems: string[] = [];
  if (typeof manifest['name'] !== 'string' || !KEBAB_CASE.test(manifest['name']))
    problems.push('name must be kebab-case');
  if (typeof manifest['version'] !== 'string' || !SEMVER.test(manifest['version']))
    problems.push('version must be semver');
  if (typeof manifest['setup'] !== 'function') problems.push('setup must be a function');
  if (feature !== undefined && !(KEBAB_CASE.test(String(feature?.name)) && typeof feature?.default === 'boolean'))
    problems.push('feature must be { name: kebab-case, default: boolean }');
  return problems;
}
