import type { Parley } from '#core/services/index.ts';

/** Ready when all that the first request needs is loaded, and stores and plugins that are switched on do their work; else what is not. */
export async function readiness(
  parley: Pick<Parley, 'platform'>,
  { isWarm, isLeaving }: { readonly isWarm: boolean; readonly isLeaving: boolean },
): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> {
  const { stores, plugins } = await parley.platform();
  const reasons = [
    ...(isLeaving ? ['it is shutting down'] : []),
    ...(isWarm ? [] : ['it is still loading what the first request needs']),
    ...stores.filter((store) => !store.healthy).map(({ name, detail }) => `${name}: ${detail ?? 'unhealthy'}`),
    ...plugins
      .filter((plugin) => plugin.enabled && !plugin.healthy)
      .map(({ name, detail }) => `plugin ${name}: ${detail ?? 'unhealthy'}`),
  ];
  return { ready: reasons.length === 0, reasons };
}
