import { createHash } from 'node:crypto';
import { AppError, notFound } from '../errors.ts';
import type { FeatureDeclaration } from '../plugin.ts';
import type { FeatureOverride, Store } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { FeatureState, Features } from '../services/index.ts';
import { checkShare } from '../services/input.ts';
import type { Viewer } from '../viewer.ts';

export interface FeatureSwitch extends FeatureDeclaration {
  /** The configured value. Absent: the default of the declaration. */
  readonly configured?: {
    readonly enabled: boolean;
    readonly rollout: number;
    readonly source: 'CONFIG' | 'ENVIRONMENT';
  };
}

/** Milliseconds between looks at the overrides that other replicas set. */
const REFRESH = 2_000;

export const envNameOf = (feature: string): string => `ENABLE_${feature.toUpperCase().replaceAll('-', '_')}`;

export function features(
  store: Store,
  switches: readonly FeatureSwitch[],
): Features & { start(): Promise<void>; stop(): void } {
  let overrides = new Map<string, FeatureOverride>();
  let timer: NodeJS.Timeout | undefined;

  const refresh = async () => {
    overrides = new Map((await store.features.list()).map((override) => [override.name, override]));
  };

  const stateOf = ({ name, default: enabled, configured }: FeatureSwitch): FeatureState => {
    const base = configured ?? { enabled, rollout: enabled ? 1 : 0, source: 'DEFAULT' as const };
    const override = overrides.get(name);
    const state = { name, envName: envNameOf(name), enabled: base.enabled, rollout: base.rollout, source: base.source };
    if (!override) return state;
    const rollout = override.rollout ?? (override.enabled ? 1 : 0);
    return { ...state, enabled: override.enabled ?? rollout > 0, rollout, source: 'OVERRIDE' };
  };

  return {
    list: () => switches.map(stateOf),

    async set(viewer, { name, enabled, rollout }) {
      if (viewer.role !== 'OPERATOR') throw new AppError('FORBIDDEN', 'Only an operator may set a feature');
      const feature = switches.find((candidate) => candidate.name === name || envNameOf(candidate.name) === name);
      if (!feature) throw notFound('Feature');
      if (enabled === null && rollout === null) throw new AppError('BAD_USER_INPUT', 'Name enabled, rollout, or both');
      const override = { name: feature.name, enabled, rollout: checkShare('rollout', rollout) };
      await store.features.set(override);
      await refresh();
      await store.audit.record(viewer, 'setFeature', feature.name, { enabled, rollout });
      return stateOf(feature);
    },

    enabledFor(viewer) {
      return new Set(
        switches
          .map(stateOf)
          .filter((state) => isOn(state, viewer))
          .map((state) => state.name),
      );
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

function isOn({ name, enabled, rollout }: FeatureState, viewer: Viewer): boolean {
  return enabled && (rollout >= 1 || (rollout > 0 && placeOf(name, viewer) < rollout));
}

/** 0..1, the same for a viewer and a feature on every replica: a growing rollout keeps those whom it had. */
function placeOf(feature: string, { tenant, subject }: Viewer): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([feature, tenant, subject]))
    .digest();
  return hash.readUInt32BE() / 2 ** 32;
}
