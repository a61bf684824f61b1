import { AppError } from '#core/errors.ts';
import type { PluginContext } from '#core/plugin.ts';
import type { Viewer } from '#core/viewer.ts';
import type { BudgetSettings } from './settings.ts';

export type BudgetPeriod = BudgetSettings['BUDGET_PERIOD'];

/** When a period began and when it ends, in UTC. */
export function periodOf(period: BudgetPeriod, now = new Date()): { readonly start: Date; readonly end: Date } {
  const [year, month, day, hour] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), now.getUTCHours()];
  if (period === 'hour')
    return { start: new Date(Date.UTC(year, month, day, hour)), end: new Date(Date.UTC(year, month, day, hour + 1)) };
  if (period === 'day')
    return { start: new Date(Date.UTC(year, month, day)), end: new Date(Date.UTC(year, month, day + 1)) };
  return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

export interface BudgetState {
  readonly limitUsd: number;
  readonly softLimitUsd: number | null;
  readonly usedUsd: number;
  readonly resetsAt: Date;
}

/** Dollars. */
export interface UnderWay {
  readonly own: number;
  readonly tenant: number;
  readonly next: number;
}

/** The spending and limits of viewers and tenants, from the store that all replicas share. */
export class Budgets {
  readonly #house: Pick<PluginContext, 'usage' | 'tenantUsage'>;
  readonly #settings: BudgetSettings;

  constructor(house: Pick<PluginContext, 'usage' | 'tenantUsage'>, settings: BudgetSettings) {
    this.#house = house;
    this.#settings = settings;
  }

  get any(): boolean {
    const { BUDGET_USD, BUDGET_SOFT_USD, TENANT_BUDGET_USD } = this.#settings;
    return (BUDGET_USD ?? BUDGET_SOFT_USD ?? TENANT_BUDGET_USD) !== undefined;
  }

  /** Null where no budget of viewers is set. */
  async ofViewer(viewer: Viewer): Promise<BudgetState | null> {
    const { BUDGET_USD, BUDGET_SOFT_USD, BUDGET_PERIOD } = this.#settings;
    if (BUDGET_USD === undefined) return null;
    const { start, end } = periodOf(BUDGET_PERIOD);
    const { costUsd } = await this.#house.usage(viewer, start);
    return { limitUsd: BUDGET_USD, softLimitUsd: BUDGET_SOFT_USD ?? null, usedUsd: costUsd, resetsAt: end };
  }

  /**
   * 'spent' ends the turn; 'soft' gives it the light model. Asked before each call of a model. `underWay` tells, once
   * the spending is read, the dollars that turns which have not ended may cost, and this one; a turn that is alone always has room.
   */
  async check(
    viewer: Viewer,
    underWay: () => UnderWay | null = () => null,
  ): Promise<'free' | 'soft' | { readonly spent: AppError }> {
    if (!this.any) return 'free';
    const { BUDGET_USD, BUDGET_SOFT_USD, TENANT_BUDGET_USD, BUDGET_PERIOD } = this.#settings;
    const { start, end } = periodOf(BUDGET_PERIOD);
    const [own, tenant] = await Promise.all([
      BUDGET_USD === undefined && BUDGET_SOFT_USD === undefined ? null : this.#house.usage(viewer, start),
      TENANT_BUDGET_USD === undefined ? null : this.#house.tenantUsage(viewer.tenant, start),
    ]);
    if (own && BUDGET_USD !== undefined && own.costUsd >= BUDGET_USD)
      return { spent: spent('Your', BUDGET_PERIOD, end) };
    if (tenant && TENANT_BUDGET_USD !== undefined && tenant.costUsd >= TENANT_BUDGET_USD)
      return { spent: spent("Your organisation's", BUDGET_PERIOD, end) };
    const others = underWay();
    const isOver = (used: number | undefined, limit: number | undefined, reserved: number) =>
      used !== undefined && limit !== undefined && reserved > 0 && used + reserved + (others?.next ?? 0) > limit;
    if (
      others &&
      (isOver(own?.costUsd, BUDGET_USD, others.own) || isOver(tenant?.costUsd, TENANT_BUDGET_USD, others.tenant))
    )
      return { spent: busy() };
    return own && BUDGET_SOFT_USD !== undefined && own.costUsd >= BUDGET_SOFT_USD ? 'soft' : 'free';
  }
}

const spent = (whose: string, period: BudgetPeriod, end: Date): AppError =>
  new AppError(
    'BUDGET_EXCEEDED',
    `${whose} budget of this ${period} is spent; it is there again at ${end.toISOString()}`,
    {
      retryAfter: Math.ceil((end.getTime() - Date.now()) / 1_000),
    },
  );

const busy = (): AppError =>
  new AppError(
    'RATE_LIMITED',
    'Turns that are under way may spend the rest of the budget; ask again when they have ended',
    {
      retryAfter: 5,
    },
  );
