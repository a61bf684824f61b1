/** A service in place of its plugin's hooks. */
import type { HookContext } from '../plugin.ts';
import type { ServiceHook, ServiceQuestions } from '../ports/services.ts';
import type { Viewer } from '../viewer.ts';
import { checkIntent, checkReport, checkRetrieval } from './checks.ts';
import type { InstalledPlugin } from './hook-caller.ts';
import type { ServiceCaller } from './service-caller.ts';

/**
 * The plugin with hooks that ask the service first. While no process of the service is discovered, or where the one that is asked does
 * not answer as it must, the plugin's own hook runs. All other hooks, the switch and the health stay the plugin's.
 */
export function standIn(plugin: InstalledPlugin, service: ServiceCaller): InstalledPlugin {
  const { understand, assess, retrieve, health } = plugin.hooks;

  async function ask<H extends ServiceHook, T>(
    asked: { readonly hook: H; readonly question: ServiceQuestions[H]; readonly viewer: Viewer | null },
    context: HookContext,
    check: (answer: unknown) => T,
    here: () => T | undefined | PromiseLike<T | undefined>,
  ): Promise<T | undefined> {
    const answered = await service.ask({ ...asked, context, check });
    if (answered) return answered.value;
    if (service.instances > 0) context.note('OK', `service ${service.service} did not answer; the plugin ran here`);
    return here();
  }

  return {
    manifest: plugin.manifest,
    hooks: {
      ...plugin.hooks,
      async health() {
        const own = await health?.();
        if (service.instances === 0) return own;
        return [`${service.instances} of service ${service.service}`, ...(own ? [own] : [])].join('; ');
      },
      ...(understand && {
        understand: (turn, context) =>
          ask({ hook: 'understand', question: turn, viewer: turn.viewer }, context, checkIntent, () =>
            understand(turn, context),
          ),
      }),
      ...(assess && {
        assess: (sample, context) =>
          ask({ hook: 'assess', question: sample, viewer: sample.turn?.viewer ?? null }, context, checkReport, () =>
            assess(sample, context),
          ),
      }),
      ...(retrieve && {
        retrieve: (query, context) =>
          ask({ hook: 'retrieve', question: query, viewer: query.viewer }, context, checkRetrieval, () =>
            retrieve(query, context),
          ),
      }),
    },
  };
}
