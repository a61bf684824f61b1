import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HookContext, PluginContext, PluginModels } from '#core/plugin.ts';
import { memoryJobs } from '../../src/adapters/memory/jobs.ts';
import { memorySharedCache } from '../../src/adapters/memory/shared-cache.ts';

/** What a hook is given outside of a turn: nothing is retrieved, and no model was prepared. */
export const hookContext = (signal = new AbortController().signal): HookContext => ({
  signal,
  note: () => undefined,
  ask() {
    throw new Error('no model was prepared for this test');
  },
  retrieved: async () => [],
});

const NO_MODELS = new Proxy({} as PluginModels, {
  get: (_target, name) => {
    throw new Error(`models.${String(name)} was not prepared for this test`);
  },
});

/** What `setup` is given, with the parts that a test brings. */
export const pluginContext = (
  parts: Pick<PluginContext, 'passages'> & Partial<PluginContext>,
  warnings: string[] = [],
): PluginContext => ({
  settings: {},
  dataDirectory: mkdtempSync(join(tmpdir(), 'parley-plugin-')),
  models: NO_MODELS,
  embeddings: null,
  embeddingsNamed: () => null,
  cache: memorySharedCache({ maxBytes: 10_000_000 }),
  jobs: memoryJobs(),
  metrics: { add: () => undefined, set: () => undefined, observe: () => undefined },
  usage: async () => ({ inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  tenantUsage: async () => ({ inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  warn: (message) => void warnings.push(message),
  ...parts,
});
