import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PassageFeed } from '../documents/passage-feed.ts';
import { HOOK_NAMES, type Hooks, manifestProblems, type PluginContext, type PluginManifest } from '../plugin.ts';
import type { PluginModels } from '../plugin-context.ts';
import type { SharedCache } from '../ports/shared-cache.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { InstalledPlugin } from './driver.ts';
import { cacheOf, jobsOf, metricsOf } from './plugin-services.ts';

export interface PluginHostOptions {
  readonly plugins: readonly PluginManifest[];
  /** Every setting, unparsed, by its name in the environment. */
  readonly settings: (name: string) => string | undefined;
  readonly dataDirectory: string;
  readonly feed: PassageFeed;
  readonly models: PluginModels;
  readonly embeddings: PluginContext['embeddings'];
  readonly embeddingsNamed: PluginContext['embeddingsNamed'];
  readonly cache: SharedCache;
  readonly jobs: PluginContext['jobs'];
  readonly usage: PluginContext['usage'];
  readonly tenantUsage: PluginContext['tenantUsage'];
  readonly deadlineFactor: number;
}

/** Throws one Error with every problem of every plugin: manifests, order, settings, and what `setup` returned. */
export async function installPlugins(options: PluginHostOptions): Promise<InstalledPlugin[]> {
  const problems = options.plugins.flatMap(problemsOf);
  const readable = options.plugins.filter((manifest) => typeof manifest === 'object' && manifest !== null);
  problems.push(...orderProblems(readable));
  const parsed = await Promise.all(readable.map((manifest) => parseSettings(manifest, options.settings, problems)));
  if (problems.length > 0)
    throw new Error(`plugins cannot be installed:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return Promise.all(
    options.plugins.map(async (manifest, index) => ({
      manifest,
      hooks: await setUp(manifest, parsed[index] ?? {}, options),
    })),
  );
}

const problemsOf = (manifest: PluginManifest) =>
  manifestProblems(manifest).map((problem) => `plugin ${manifest?.name}: ${problem}`);

function orderProblems(plugins: readonly PluginManifest[]): string[] {
  const before = new Set<string>();
  return plugins.flatMap((manifest) => {
    const { name, dependsOn = [] } = manifest;
    const missing = dependsOn.filter((dependency) => !before.has(dependency));
    const problems = missing.map((dependency) => `plugin ${name}: needs plugin ${dependency} before it in the list`);
    if (before.has(name)) problems.push(`plugin ${name}: stands twice in the list`);
    before.add(name);
    return problems;
  });
}

async function parseSettings(
  { name, settings = {} }: PluginManifest,
  read: PluginHostOptions['settings'],
  problems: string[],
) {
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(settings)) {
    const result = await schema['~standard'].validate(read(key));
    if (result.issues) problems.push(...result.issues.map((issue) => `${key} (plugin ${name}): ${issue.message}`));
    else values[key] = result.value;
  }
  return values;
}

async function setUp(
  manifest: PluginManifest,
  settings: Record<string, unknown>,
  { dataDirectory, feed, cache, jobs, ...shared }: PluginHostOptions,
): Promise<Hooks> {
  const hooks: unknown = await manifest.setup({
    settings: Object.freeze(settings),
    get dataDirectory() {
      const directory = join(dataDirectory, 'plugins', manifest.name);
      mkdirSync(directory, { recursive: true });
      return directory;
    },
    passages: feed.house,
    models: shared.models,
    embeddings: shared.embeddings,
    embeddingsNamed: shared.embeddingsNamed,
    cache: cacheOf(cache, manifest.name, shared.deadlineFactor),
    jobs: jobsOf(jobs, manifest.name),
    metrics: metricsOf(manifest.name, manifest.metrics ?? {}),
    usage: shared.usage,
    tenantUsage: shared.tenantUsage,
    deadlineFactor: shared.deadlineFactor,
    warn: (message, error) => warn(`plugin ${manifest.name}`, message, error),
  });
  if (typeof hooks !== 'object' || hooks === null)
    throw new Error(`plugin ${manifest.name}: setup must return an object of hooks`);
  const wrong = [...HOOK_NAMES, 'start', 'warm', 'stop', 'health', 'stores'].filter((key) => {
    const hook = (hooks as Record<string, unknown>)[key];
    return hook !== undefined && typeof hook !== 'function';
  });
  if (wrong.length > 0) throw new Error(`plugin ${manifest.name}: ${wrong.join(', ')} must be functions`);
  return hooks as Hooks;
}

/** Returns what the plugin's `setup` returned, while its switch is on. */
export function findPlugin(
  plugins: readonly InstalledPlugin[],
  name: string,
  enabled: ReadonlySet<string>,
): object | undefined {
  const plugin = plugins.find(({ manifest }) => manifest.name === name);
  const feature = plugin?.manifest.feature;
  return !feature || enabled.has(feature.name) ? plugin?.hooks : undefined;
}
