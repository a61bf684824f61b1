import { loadSettings } from '#config/load.ts';
import type { LanguageModel, LanguageModels } from '#core/ports/language-model.ts';
import { createApp } from '../../src/app/index.ts';
import { serveCommands, temporaryFolder } from '../support/measure.ts';
import { stubStore } from '../support/stub-store.ts';
import { ticker } from '../support/ticker.ts';

const { streams, rate, seconds } = JSON.parse(process.argv[2] ?? '{}') as {
  streams: number;
  rate: number;
  seconds: number;
};
const tokens = ticker({ streams, rate, seconds });
const model: LanguageModel = {
  name: 'bench:ticker',
  async *stream() {
    for await (const text of tokens.join({ together: true })) yield { type: 'text-delta', text };
  },
};
const models: LanguageModels = {
  get: () => model,
  defaultModel: model.name,
  fallbackOrder: [model.name],
  list: [{ name: model.name, tier: 'BALANCED' }],
  cost: () => 0,
  price: () => null,
  contextTokens: () => null,
};
const settings = loadSettings({
  environment: {
    PARLEY_ENV: 'development',
    PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: temporaryFolder(),
    MAX_CONCURRENT_REQUESTS: '10000',
    ENABLE_HYBRID_RETRIEVAL: 'false',
  },
});
const viewer = {
  id: '01a00000-0000-7000-8000-000000000001',
  tenant: 'local',
  subject: 'local',
  role: 'OPERATOR',
} as const;
const app = await createApp(settings, { models, store: stubStore([], viewer) });
serveCommands(app.url, {
  /** Begins turns and returns their generations, which wait for the start. */
  async begin() {
    const ids: string[] = [];
    for (let index = 0; index < streams; index += 1) {
      const { generation } = await app.parley.generations.send(viewer, {
        conversationId: null,
        content: 'Hi',
        documentIds: null,
        model: null,
        clientMutationId: null,
      });
      ids.push(Buffer.from(`Generation:${generation.id}`).toString('base64'));
    }
    return { ids };
  },
  joined: () => tokens.joined(),
  start: () => tokens.start(),
});
