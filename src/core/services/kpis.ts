import { AppError } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import { operatesPlatform, type Viewer } from '../viewer.ts';
import type { Kpi } from './index.ts';

const WEEK = 7 * 24 * 60 * 60 * 1_000;

/** The service's targets: milliseconds, and shares of 1. */
const TARGETS = { p95: 2_000, quality: 0.8, satisfaction: 0.85, availability: 0.999, errorRate: 0.01 } as const;

/** For the platform's operators only: the figures are over all tenants. `since` null: the last seven days. */
export async function kpis(
  store: Pick<Store, 'generations'>,
  viewer: Viewer,
  since: Date | null,
): Promise<readonly Kpi[]> {
  if (!operatesPlatform(viewer)) throw new AppError('FORBIDDEN', "Only the platform's operator may read its figures");
  return kpisSince(store, since ?? new Date(Date.now() - WEEK));
}

/** The five figures over a window, from the store: null where nothing was measured. */
export async function kpisSince(store: Pick<Store, 'generations'>, since: Date): Promise<readonly Kpi[]> {
  const { p95Ms, quality, satisfaction, ended, failed, down } = await store.generations.figures(since);
  const share = (count: number) => (ended === 0 ? null : count / ended);
  const atMost = (name: string, value: number | null, target: number): Kpi => ({
    ...{ name, value, target, met: value === null ? null : value <= target },
  });
  const atLeast = (name: string, value: number | null, target: number): Kpi => ({
    ...{ name, value, target, met: value === null ? null : value >= target },
  });
  return [
    atMost('response_time_p95_ms', p95Ms, TARGETS.p95),
    atLeast('quality', quality, TARGETS.quality),
    atLeast('satisfaction', satisfaction, TARGETS.satisfaction),
    atLeast('availability', share(ended - down), TARGETS.availability),
    atMost('error_rate', share(failed), TARGETS.errorRate),
  ];
}
