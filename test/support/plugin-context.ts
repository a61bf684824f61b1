import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HookContext, PluginContext, PluginModels } from '#core/plugin.ts';
import { memoryJobs } from '../../src/adapters/memory/jobs.ts';
import { memorySharedCache } from '../../src/adapters/memory/shared-cache.ts';

/** A hook's context without a turn: retrieves nothing and has no model. */
export const hookContext = (signal = new AbortController().signal): HookContext => ({
  signal,
  note: () => undefined,
  ask() {
    throw new Error('no model was prepared for this test');
  },
  charge: () => undefined,
  retrieved: async () => [],
});

/** A part that fails where a test uses it without having prepared it. */
export const unprepared = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_target, member) => {
      throw new Error(`${name}.${String(member)} was not prepared for this test`);
    },
  });

/** A context for `setup`, with the parts that a test gives. */
export const pluginContext = (parts: Partial<PluginContext> = {}, warnings: string[] = []): PluginContext => ({
  settings: {},
  dataDirectory: mkdtempSync(join(tmpdir(), 'parley-plugin-')),
  models: unprepared<PluginModels>('models'),
  passages: unprepared<PluginContext['passages']>('passages'),
  embeddings: null,
  embeddingsNamed: () => null,
  cache: memorySharedCache({ maxBytes: 10_000_000 }),
  jobs: memoryJobs(),
  metrics: { add: () => undefined, set: () => undefined, observe: () => undefined },
  usage: async () => ({ inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  tenantUsage: async () => ({ inputTokens: 0, outputTokens: 0, costUsd: 0 }),
  deadlineFactor: 1,
  warn: (message) => void warnings.push(message),
  ...parts,
});
