import { AppError, notFound } from '../errors.ts';
import type { FeatureDeclaration } from '../plugin.ts';
import type { FeatureOverride, Store } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { FeatureState, Features, SetFeature } from '../services/index.ts';
import { checkShare, checkText } from '../services/input.ts';
import { PLATFORM_TENANT, type Viewer } from '../viewer.ts';
import { FeatureOverrides, type OverrideScope } from './overrides.ts';
import { isAmong } from './place.ts';

export interface FeatureSwitch extends FeatureDeclaration {
  /** The configured value. Absent: the default of the declaration. */
  readonly configured?: {
    readonly enabled: boolean;
    readonly rollout: number;
    readonly source: 'CONFIG' | 'ENVIRONMENT';
  };
}

export interface FeaturesOptions {
  /** Whose operators set switches for everybody. */
  readonly platformTenant?: string;
}

/** A percentage that is under way: what the guard watches. */
export interface Rollout {
  readonly name: string;
  /** Null: of everybody. */
  readonly tenant: string | null;
  readonly share: number;
  /** Changes whenever it is set again. */
  readonly version: string;
  /** When it was set; null where the configuration says it. */
  readonly since: Date | null;
}

/** The switches as the guard of rollouts sees them. */
export interface RunningFeatures extends Features {
  start(): Promise<void>;
  stop(): void;
  rollouts(): readonly Rollout[];
  /** Whether this rollout decides for the viewer, and no narrower override does. */
  decides(rollout: Rollout, viewer: Pick<Viewer, 'tenant' | 'subject'>): boolean;
  /** Ends a rollout for everybody that it reached. False where somebody set it meanwhile. */
  takeBack(rollout: Rollout, reason: string): Promise<boolean>;
}

/** Milliseconds between looks at the overrides that other replicas set. */
const REFRESH = 2_000;
/** Overrides of the viewers of one tenant: exceptions, which every replica holds in memory. No tenant takes another's. */
const MOST_OF_TENANT = 200;
/** In the audit: no person. */
const GUARD: Viewer = {
  id: '00000000-0000-0000-0000-000000000000',
  ...{ subject: 'feature-guard', tenant: PLATFORM_TENANT, role: 'OPERATOR' },
};

export const envNameOf = (feature: string): string => `ENABLE_${feature.toUpperCase().replaceAll('-', '_')}`;

export function features(
  store: Pick<Store, 'features' | 'audit' | 'shared'>,
  switches: readonly FeatureSwitch[],
  { platformTenant = PLATFORM_TENANT }: FeaturesOptions = {},
): RunningFeatures {
  let overrides = new FeatureOverrides();
  let timer: NodeJS.Timeout | undefined;

  const refresh = async () => {
    overrides = new FeatureOverrides(await store.features.list());
  };
  const stateFor = (viewer: Pick<Viewer, 'tenant' | 'subject'> | null) => (feature: FeatureSwitch) =>
    stateOf(feature, overrides.of(feature.name, viewer));

  const rollouts = (): readonly Rollout[] =>
    switches.flatMap((feature) => {
      const scopes = [
        null,
        ...overrides.list.flatMap(({ name, tenant, subject }) =>
          name === feature.name && tenant !== null && subject === null ? tenant : [],
        ),
      ];
      return scopes.flatMap((tenant) => {
        const override = overrides.get({ name: feature.name, tenant, subject: null });
        const { enabled, rollout: share, source } = stateOf(feature, override);
        if (!enabled || share <= 0 || share >= 1) return [];
        const since = override?.updatedAt ?? null;
        return [{ name: feature.name, tenant, share, since, version: JSON.stringify([share, source, since]) }];
      });
    });

  return {
    list: (viewer) => switches.map(stateFor(viewer ?? null)),

    async set(viewer, input) {
      const { enabled, rollout, reset = false } = input;
      const { feature, scope } = asked(viewer, input, { switches, platformTenant });
      if (!reset && enabled === null && rollout === null)
        throw new AppError('BAD_USER_INPUT', 'Name enabled, rollout, or both; or reset');
      if (!reset) checkRoom(scope, overrides);
      if (reset) await store.features.remove(scope);
      else await store.features.set({ ...scope, enabled, rollout: checkShare('rollout', rollout), guard: null });
      await refresh();
      const { name, ...holder } = scope;
      await store.audit.record(viewer, 'setFeature', name, {
        enabled,
        rollout,
        ...holder,
        ...(reset ? { reset } : {}),
      });
      return stateOf(feature, overrides.get(scope) ?? overrides.of(name, holderOf(scope)));
    },

    enabledFor(viewer) {
      const states = switches.map(stateFor(viewer));
      return new Set(
        states.flatMap(({ name, enabled, rollout }) => (enabled && isAmong(name, rollout, viewer) ? name : [])),
      );
    },

    rollouts,

    decides({ name, tenant }, viewer) {
      const override = overrides.of(name, viewer);
      return (override?.subject ?? null) === null && (override?.tenant ?? null) === tenant;
    },

    async takeBack({ name, tenant, version }, reason) {
      await refresh();
      if (!rollouts().some((other) => other.name === name && other.tenant === tenant && other.version === version))
        return false;
      await store.features.set({ ...{ name, tenant, subject: null }, enabled: false, rollout: 0, guard: reason });
      await refresh();
      await store.audit.record(GUARD, 'takeBackRollout', name, { tenant, reason });
      return true;
    },

    async start() {
      await refresh();
      if (!store.shared) return;
      timer = setInterval(
        () => refresh().catch((error) => warn('features', 'overrides could not be read', error)),
        REFRESH,
      );
      timer.unref();
    },

    stop: () => clearInterval(timer),
  };
}

function stateOf(
  { name, default: on, configured }: FeatureSwitch,
  override: FeatureOverride | undefined,
): FeatureState {
  const base = configured ?? { enabled: on, rollout: on ? 1 : 0, source: 'DEFAULT' as const };
  const { enabled, rollout, source } = base;
  const state = { name, envName: envNameOf(name), enabled, rollout, source, guard: null };
  if (!override) return state;
  const share = override.rollout ?? (override.enabled ? 1 : 0);
  return {
    ...state,
    enabled: override.enabled ?? share > 0,
    rollout: share,
    source: 'OVERRIDE',
    guard: override.guard,
  };
}

/** A tenant's own switches always have room: there is one of each feature. */
function checkRoom(scope: OverrideScope, overrides: FeatureOverrides): void {
  if (scope.subject === null || overrides.get(scope)) return;
  const taken = overrides.list.filter(({ tenant, subject }) => tenant === scope.tenant && subject !== null).length;
  if (taken < MOST_OF_TENANT) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `There are ${MOST_OF_TENANT} overrides of viewers of the tenant ${JSON.stringify(scope.tenant)}: set a rollout, which reaches more of them, or reset some`,
  );
}

/** Somebody for whom an override of this scope would hold, where it is not everybody. */
const holderOf = ({ tenant, subject }: OverrideScope) => (tenant === null ? null : { tenant, subject: subject ?? '' });

/** What is to be set, for whom; FORBIDDEN where this viewer may not. */
function asked(
  viewer: Viewer,
  { name, tenant, subject }: SetFeature,
  { switches, platformTenant }: { readonly switches: readonly FeatureSwitch[]; readonly platformTenant: string },
): { readonly feature: FeatureSwitch; readonly scope: OverrideScope } {
  if (viewer.role !== 'OPERATOR') throw new AppError('FORBIDDEN', 'Only an operator may set a feature');
  const isPlatform = viewer.tenant === platformTenant;
  const named = tenant == null ? null : checkText('tenant', tenant.trim(), 200);
  if (named !== null && named !== viewer.tenant && !isPlatform)
    throw new AppError('FORBIDDEN', "Only the platform's operator may set a feature of another tenant");
  const feature = switches.find((candidate) => candidate.name === name || envNameOf(candidate.name) === name);
  if (!feature) throw notFound('Feature');
  const own = isPlatform && subject == null ? null : viewer.tenant;
  return {
    feature,
    scope: {
      name: feature.name,
      tenant: named ?? own,
      subject: subject == null ? null : checkText('subject', subject.trim(), 200),
    },
  };
}
