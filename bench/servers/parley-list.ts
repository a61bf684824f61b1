import { loadSettings } from '#config/load.ts';
import { createApp } from '../../src/app/index.ts';
import { serveCommands, temporaryFolder } from '../support/measure.ts';
import { someConversations, stubStore } from '../support/stub-store.ts';

const viewer = { id: '01a00000-0000-7000-8000-000000000001', tenant: 'bench', subject: 'bench', role: 'USER' } as const;
const { logLevel = 'warn' } = JSON.parse(process.argv[2] ?? '{}') as { readonly logLevel?: string };
const settings = loadSettings({
  environment: {
    PARLEY_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: logLevel,
    DATA_DIR: temporaryFolder(),
    ENABLE_HYBRID_RETRIEVAL: 'true',
  },
});
const app = await createApp(settings, { store: stubStore(someConversations(50), viewer) });
serveCommands(app.url);
