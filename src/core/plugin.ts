/**
 * The contract between Parley and a plugin, version 2: pure types, and `definePlugin`.
 *
 * A plugin is a manifest and a factory. `setup` gets the plugin's settings and what it may use of Parley (plugin-context.ts),
 * and returns a plain object of hooks. Each hook belongs to one stage of a turn (core/turn/pipeline.ts tells the order) and has
 * one kind, which says how the answers of several plugins combine:
 *
 * - first: asked in the order of the list in src/app/plugins.ts. The first answer that is not undefined wins; later plugins are not asked.
 * - join:  asked all at once; their answers are put together.
 * - wrap:  each wraps the next. The first plugin of the list is outermost.
 * - all:   asked all at once. They return nothing, or a count; the driver adds the counts.
 *
 * The driver keeps the rules: a deadline for each hook, one AbortSignal for the turn, a circuit breaker for each plugin and hook,
 * a check of every result. If a hook throws, hangs or returns a wrong type, the driver leaves it out, names it in the turn's
 * trace and counts it. The turn continues. The arguments of a hook are frozen.
 */
import type { AppError } from './errors.ts';
import type { MetricDeclarations, PluginContext, SettingSchemas } from './plugin-context.ts';
import type { ModelPart, ModelRequest } from './ports/language-model.ts';
import type { DocumentKind, DocumentRecord, PassageDraft } from './ports/store.ts';
import type { RetrievalQuery, RetrievalResult } from './search.ts';
import type {
  Answer,
  FollowedGeneration,
  IntentAnalysis,
  Passage,
  QualityReport,
  RecalledAnswer,
  Revision,
  RouteDecision,
  Sample,
  StageOutcome,
  Turn,
  Usage,
} from './turn.ts';
import type { Viewer } from './viewer.ts';

export type * from './plugin-context.ts';
export type * from './search.ts';
export type * from './turn.ts';
export type { Viewer } from './viewer.ts';

/** The version of this contract. A manifest names the one that it was written for; any other is refused at the start. */
export const CONTRACT_VERSION = 2;

export type Awaitable<T> = T | PromiseLike<T>;

export interface HookContext {
  /** Aborts when the turn is cancelled or the hook's deadline is over. */
  readonly signal: AbortSignal;
  /**
   * Calls a model and charges the viewer. Parley adds circuit breaker, fallbacks, usage, cost and trace. `models` are
   * tried in order until the first token. Absent: the default model and its fallbacks. Throws AppErrors as LanguageModel does.
   */
  ask(request: ModelRequest, options?: { readonly models?: readonly string[] }): AsyncIterable<ModelPart>;
  /** Charges the viewer for a model call that was made elsewhere, by the price that Parley knows. */
  charge(model: string, tokens: Omit<Usage, 'costUsd'>): void;
  /**
   * Adds a line to the turn's trace under this hook, which the viewer may see: what the hook did without, and why. It must hold
   * nothing that a person wrote.
   */
  note(outcome: StageOutcome, detail: string): void;
  /** The passages of this turn while retrieval is under way; [] where it is off or in a dry run. Rejects when the turn is aborted. */
  retrieved(): Promise<readonly Passage[]>;
}

/** A document on its way into the indexes. `save` replaces its passages in the store; the indexes follow the store. */
export interface Ingestion {
  readonly document: DocumentRecord;
  readonly text: string;
  save(passages: readonly PassageDraft[], kind: DocumentKind): Promise<void>;
  progress(status: 'PARSING' | 'EMBEDDING', fraction: number): Promise<void>;
}

/** A plugin's answer to `route`: the turn ends with this error, for example BUDGET_EXCEEDED. */
export interface Refusal {
  readonly refuse: AppError;
}

/** The entries that `clearCache` removes. With a key, that entry alone. */
export interface ClearScope {
  readonly scope: 'ALL' | 'RESPONSES' | 'EMBEDDINGS';
  readonly key: string | null;
  /** What was kept for this tenant alone; null: for any. */
  readonly tenant: string | null;
}

/** The model's stream as a wrapper sees it. */
export type Generate = (request: ModelRequest) => AsyncIterable<ModelPart>;

/** A store of a plugin's, as `platform` shows it. */
export interface StoreHealth {
  /** The kind of data: `keywords`, `vectors`. */
  readonly name: string;
  readonly engine: string;
  readonly healthy: boolean;
  readonly detail: string | null;
}

/** The return value of `setup`. Every hook is optional. */
export interface Hooks {
  /** Opens what the plugin needs; the server is not ready before. At most 30 s. */
  start?(signal: AbortSignal): Awaitable<void>;
  /** Loads what the first turn would load, with no call of a provider. Pages are served meanwhile; /ready waits. At most 10 s, and a failure is only logged. */
  warm?(signal: AbortSignal): Awaitable<void>;
  /** Closes it, in reverse order of start. At most 5 s. */
  stop?(): Awaitable<void>;
  /** Throws when the plugin cannot do its work; a string tells an operator more. Shown in `platform` and /ready. */
  health?(): Awaitable<string | undefined>;
  /** The plugin's derived stores, such as indexes, and how complete each is. Shown in `platform.stores`. */
  stores?(): Awaitable<readonly StoreHealth[]>;

  /** first — intent, topic, standalone query. By `trackIntent` too, as a dry run. */
  understand?(turn: Turn, context: HookContext): Awaitable<IntentAnalysis | undefined>;
  /**
   * first — a finished answer ends the search for one; `retrieve` is under way and is aborted then. Or the generation to follow,
   * of the same viewer, which answers the same question now; asked again where that one ended without an answer. Never asked for `regenerate`.
   */
  recall?(turn: Turn, context: HookContext): Awaitable<RecalledAnswer | FollowedGeneration | undefined>;
  /** join — passages, best first; put together by score. */
  retrieve?(query: RetrievalQuery, context: HookContext): Awaitable<RetrievalResult | undefined>;
  /**
   * first — model, reason and fallbacks; or a refusal. If no plugin answers, the default model is used. Also asked where the client
   * named a model (`turn.requestedModel`); that model then answers unless the decision is a refusal. Also asked by `routeModel`, as a dry run.
   */
  route?(turn: Turn, context: HookContext): Awaitable<RouteDecision | Refusal | undefined>;
  /** wrap — the model's stream, part by part. If a wrapper fails, the driver removes it and continues the model's stream. */
  generate?(turn: Turn, request: ModelRequest, next: Generate, context: HookContext): AsyncIterable<ModelPart>;
  /** join — after the answer is out; the first report is the turn's evaluation, with the scores of the others. By `evaluateQuality` and evaluation runs too. */
  assess?(sample: Sample, context: HookContext): Awaitable<QualityReport | undefined>;
  /**
   * first — after `assess`, once a turn, never for an answer that is itself a revision. Core answers the message again as a
   * sibling, judges it, and makes the better of the two the active branch.
   */
  revise?(turn: Turn, answer: Answer, report: QualityReport, context: HookContext): Awaitable<Revision | undefined>;
  /** all — after COMPLETE, `assess` and `revise`; never for failed, cancelled, interrupted, truncated or filtered answers. */
  remember?(turn: Turn, answer: Answer, report: QualityReport | null, context: HookContext): Awaitable<void>;
  /** first — cuts a document into passages, saves them, and brings the plugin's index up to date before it answers true. */
  ingest?(ingestion: Ingestion, context: HookContext): Awaitable<true | undefined>;
  /** all — `clearCache`. Answers how many entries went. */
  clear?(scope: ClearScope, context: HookContext): Awaitable<number>;
  /** all — everything that the plugin keeps of a viewer goes. Answers how many records went. */
  erase?(viewer: Viewer, context: HookContext): Awaitable<number>;
  /** all — a person rated an answer: the cache takes a bad one out. */
  rated?(
    viewer: Viewer,
    rated: {
      readonly messageId: string;
      readonly generationId: string | null;
      readonly rating: 'UP' | 'DOWN';
      /** The key of the cache entry, if the answer came from the cache. */
      readonly cacheKey: string | null;
    },
    context: HookContext,
  ): Awaitable<void>;
}
export type HookName = Exclude<keyof Hooks, 'start' | 'warm' | 'stop' | 'health' | 'stores'>;
export const HOOK_NAMES = [
  'understand',
  'recall',
  'retrieve',
  'route',
  'generate',
  'assess',
  'revise',
  'remember',
  'ingest',
  'clear',
  'erase',
  'rated',
] as const satisfies readonly HookName[];

/** A switch: `ENABLE_…` in the environment, `setFeature` at run time. */
export interface FeatureDeclaration {
  /** kebab-case; the environment's name is derived: 'hybrid-retrieval' is ENABLE_HYBRID_RETRIEVAL. */
  readonly name: string;
  readonly default: boolean;
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
  /**
   * Hooks whose failure ends the turn (`OVERLOADED`): what they decide has to hold, such as a budget. They have 5 s, and no circuit
   * breaker leaves them out. Default: none; a plugin that fails is done without.
   */
  readonly failsClosed?: readonly HookName[];
  /** Names of plugins that must come before this one. */
  readonly dependsOn?: readonly string[];
  /** The version of the contract that the plugin was written for: `CONTRACT_VERSION` of the Parley that you test with. */
  readonly contract: number;
  /** Environment variables, each with its schema; all problems are reported together at the start. `npm run config` prints them. */
  readonly settings?: S;
  /** Figures that `context.metrics` keeps, by name; /metrics shows them. */
  readonly metrics?: MetricDeclarations;
  setup(context: PluginContext<S>): Awaitable<Hooks>;
}

const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const SEMVER = /^\d+\.\d+\.\d+/;

/** Checks a manifest where it is written. A third party's module exports the result as its default export. */
export function definePlugin<const S extends SettingSchemas>(manifest: PluginManifest<S>): PluginManifest<S> {
  const problems = manifestProblems(manifest);
  if (problems.length > 0) throw new TypeError(`plugin ${String(manifest?.name)}: ${problems.join('; ')}`);
  return Object.freeze(manifest);
}

/** Returns what is wrong with a manifest of unknown origin. Empty if nothing is wrong. */
export function manifestProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['is no object: export default definePlugin({ … })'];
  const manifest = value as Record<string, unknown>;
  const feature = manifest['feature'] as FeatureDeclaration | undefined;
  const problems: string[] = [];
  if (typeof manifest['name'] !== 'string' || !KEBAB_CASE.test(manifest['name']))
    problems.push('name must be kebab-case');
  if (typeof manifest['version'] !== 'string' || !SEMVER.test(manifest['version']))
    problems.push('version must be semver');
  if (manifest['contract'] !== CONTRACT_VERSION)
    problems.push(
      `is written for version ${String(manifest['contract'] ?? 1)} of the plugin contract, and this Parley has version ${CONTRACT_VERSION}: install a release of the plugin for version ${CONTRACT_VERSION}, or change it as docs/plugins.md tells and set contract: ${CONTRACT_VERSION}`,
    );
  if (typeof manifest['setup'] !== 'function') problems.push('setup must be a function');
  problems.push(...metricProblems(manifest['metrics']));
  if (feature !== undefined && !(KEBAB_CASE.test(String(feature?.name)) && typeof feature?.default === 'boolean'))
    problems.push('feature must be { name: kebab-case, default: boolean }');
  return problems;
}

const METRIC_NAME = /^[a-z][a-z0-9_]*$/;
const METRIC_TYPES: readonly unknown[] = ['counter', 'gauge', 'histogram'];

function metricProblems(metrics: unknown): string[] {
  if (metrics === undefined) return [];
  if (typeof metrics !== 'object' || metrics === null) return ['metrics must be an object of declarations'];
  return Object.entries(metrics).flatMap(([name, declared]: [string, Partial<MetricDeclarations[string]> | null]) =>
    METRIC_NAME.test(name) && METRIC_TYPES.includes(declared?.type) && typeof declared?.help === 'string'
      ? []
      : [`metric ${name} must be snake_case with { type: counter, gauge or histogram, help }`],
  );
}
