import { loadSettings } from '#config/load.ts';
import { createApp } from '../../src/app/index.ts';
import { serveCommands, temporaryFolder } from '../support/measure.ts';

/** Parley as a user starts it, with its own database, and a provider that speaks OpenAI's protocol. */
const { provider } = JSON.parse(process.argv[2] ?? '{}') as { provider: string };
const app = await createApp(
  loadSettings({
    environment: {
      PARLEY_ENV: 'development',
      PORT: '0',
      LOG_LEVEL: 'error',
      DATA_DIR: temporaryFolder(),
      MAX_CONCURRENT_REQUESTS: '10000',
      MODEL_BALANCED: 'openai-compatible:bench',
      OPENAI_BASE_URL: provider,
      MODEL_FIRST_TOKEN_TIMEOUT: '60000',
    },
  }),
);
serveCommands(app.url);
