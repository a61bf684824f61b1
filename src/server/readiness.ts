import type { Parley } from '#core/services/index.ts';

/** Ready when stores and plugins that are switched on do their work; else which do not. */
export async function readiness(
  parley: Parley,
): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> {
  const { stores, plugins } = await parley.platform();
  const reasons = [
    ...stores.filter((store) => !store.healthy).map(({ name, detail }) => `${name}: ${detail ?? 'unhealthy'}`),
    ...plugins
      .filter((plugin) => plugin.enabled && !plugin.healthy)
      .map(({ name, detail }) => `plugin ${name}: ${detail ?? 'unhealthy'}`),
  ];
  return { ready: reasons.length === 0, reasons };
}
