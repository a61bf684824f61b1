import { loadSettings } from '#config/load.ts';
import type { LanguageModel, LanguageModels, ModelPart } from '#core/ports/language-model.ts';
import { Polled, type PolledSource } from '#core/runtime/polled.ts';
import { createApp } from '../../src/app/index.ts';
import { fitToOneCore } from '../../src/app/one-core.ts';
import { serveCommands, temporaryFolder } from '../support/measure.ts';
import { stubStore } from '../support/stub-store.ts';
import { ticker } from '../support/ticker.ts';

const { streams, rate, seconds } = JSON.parse(process.argv[2] ?? '{}') as {
  streams: number;
  rate: number;
  seconds: number;
};
const tokens = ticker({ streams, rate, seconds });
/** Polled, as the adapter of OpenAI's protocol is. */
class Parts extends Polled<ModelPart> {
  readonly #texts: PolledSource<string>;
  constructor(texts: PolledSource<string>) {
    super();
    this.#texts = texts;
  }
  poll(wake: () => void): IteratorResult<ModelPart, undefined> | undefined {
    const result = this.#texts.poll(wake);
    return !result || result.done ? result : { done: false, value: { type: 'text-delta', text: result.value } };
  }
  return(): Promise<IteratorResult<ModelPart, undefined>> {
    return Promise.resolve({ done: true, value: undefined });
  }
}
const model: LanguageModel = {
  name: 'bench:ticker',
  stream: () => new Parts(tokens.join({ together: true })),
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
fitToOneCore(); // as src/start.ts
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
