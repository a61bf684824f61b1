/** The operations on switches, keys and the platform. Rules: index.ts. */
import type { ClearScope, HookName } from '../plugin.ts';
import type { JobsDepth } from '../ports/jobs.ts';
import type { ModelPrice } from '../ports/language-model.ts';
import type { ApiKeyRecord, StorePool } from '../ports/store.ts';
import type { ChatMessage, IntentAnalysis, ModelTier, QualityReport, RouteDecision } from '../turn.ts';
import type { Role, Viewer } from '../viewer.ts';

export interface FeatureState {
  readonly name: string;
  readonly envName: string;
  readonly enabled: boolean;
  /** 0..1 */
  readonly rollout: number;
  readonly source: 'DEFAULT' | 'CONFIG' | 'ENVIRONMENT' | 'OVERRIDE';
  /** Why a rollout was taken back. */
  readonly guard: string | null;
}

export interface SetFeature {
  /** `name` or `envName`. */
  readonly name: string;
  readonly enabled: boolean | null;
  /** 0..1 */
  readonly rollout: number | null;
  /** For this tenant alone; absent: for all, or the own tenant where the operator is not the platform's. */
  readonly tenant?: string | null;
  /** For this viewer of the tenant alone. */
  readonly subject?: string | null;
  /** Takes the override of that tenant or viewer out again. */
  readonly reset?: boolean;
}

export interface Features {
  /** As they stand for a viewer; absent: for everybody without an override of their own. */
  list(viewer?: Viewer): readonly FeatureState[];
  /** Operators only: the platform's for anybody, others for their own tenant. Answers how it stands there. */
  set(viewer: Viewer, input: SetFeature): Promise<FeatureState>;
  /** The switches that are on for this viewer now. */
  enabledFor(viewer: Viewer): ReadonlySet<string>;
}

export interface ApiKeys {
  list(viewer: Viewer): Promise<readonly ApiKeyRecord[]>;
  /** The secret is shown once and never stored. For another subject, tenant or role: operators only. */
  create(
    viewer: Viewer,
    input: {
      readonly name: string;
      readonly subject: string | null;
      readonly tenant: string | null;
      readonly role: Role | null;
    },
  ): Promise<{ readonly apiKey: ApiKeyRecord; readonly secret: string }>;
  revoke(viewer: Viewer, id: string): Promise<ApiKeyRecord>;
  /** The viewer whose secret this is, or null. */
  authenticate(secret: string): Promise<Viewer | null>;
}

/** Each throws FEATURE_DISABLED where no plugin that is on for the viewer has the hook. */
export interface Operations {
  trackIntent(
    viewer: Viewer,
    input: { readonly message: string; readonly history: readonly ChatMessage[] },
    signal: AbortSignal,
  ): Promise<IntentAnalysis>;
  evaluateQuality(
    viewer: Viewer,
    input: { readonly query: string; readonly response: string; readonly context: readonly string[] | null },
    signal: AbortSignal,
  ): Promise<QualityReport>;
  /** A dry run of the router. */
  routeModel(
    viewer: Viewer,
    input: { readonly query: string; readonly history: readonly ChatMessage[] },
    signal: AbortSignal,
  ): Promise<RouteDecision>;
  /** Operators only. Answers how many entries went. */
  clearCache(viewer: Viewer, scope: Omit<ClearScope, 'tenant'>): Promise<number>;
}

/** One figure with its target. */
export interface Kpi {
  readonly name: string;
  /** Null where nothing was measured. */
  readonly value: number | null;
  readonly target: number;
  readonly met: boolean | null;
}

/** The number of records removed, by store. */
export interface Erasure {
  /** The id of the audit entry. */
  readonly receipt: string;
  readonly stores: readonly { readonly name: string; readonly removed: number; readonly verifiedEmpty: boolean }[];
}

export interface PlatformStatus {
  readonly version: string;
  readonly environment: string;
  readonly features: readonly FeatureState[];
  readonly plugins: readonly {
    readonly name: string;
    readonly version: string;
    readonly enabled: boolean;
    readonly healthy: boolean;
    readonly hooks: readonly HookName[];
    readonly detail: string | null;
  }[];
  readonly models: readonly {
    readonly name: string;
    readonly tier: ModelTier;
    readonly healthy: boolean;
    readonly contextTokens: number | null;
    readonly price: ModelPrice | null;
  }[];
  readonly stores: readonly {
    readonly name: string;
    readonly engine: string;
    readonly healthy: boolean;
    readonly detail: string | null;
  }[];
}

/** All of it: what src/app/ composes and the GraphQL context carries. */
export interface Load {
  readonly generations: { readonly active: number; readonly queued: number };
  readonly jobs: JobsDepth;
  readonly pool: StorePool;
}
