import type { FeatureOverride } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';

/** For whom an override holds: all, a tenant, or one viewer of it. */
export type OverrideScope = Pick<FeatureOverride, 'name' | 'tenant' | 'subject'>;

const keyOf = ({ name, tenant, subject }: OverrideScope): string => JSON.stringify([name, tenant, subject]);

/** What operators set, by whom it holds for. */
export class FeatureOverrides {
  readonly list: readonly FeatureOverride[];
  readonly #byScope: ReadonlyMap<string, FeatureOverride>;

  constructor(list: readonly FeatureOverride[] = []) {
    this.list = list;
    this.#byScope = new Map(list.map((override) => [keyOf(override), override]));
  }

  get(scope: OverrideScope): FeatureOverride | undefined {
    return this.#byScope.get(keyOf(scope));
  }

  /** The narrowest one that holds for a viewer: the viewer's, then the tenant's, then that of all. */
  of(name: string, viewer: Pick<Viewer, 'tenant' | 'subject'> | null): FeatureOverride | undefined {
    const all = this.get({ name, tenant: null, subject: null });
    if (!viewer || this.list.length === (all ? 1 : 0)) return all;
    const { tenant, subject } = viewer;
    return this.get({ name, tenant, subject }) ?? this.get({ name, tenant, subject: null }) ?? all;
  }
}
