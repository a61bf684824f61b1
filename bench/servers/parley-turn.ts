import { loadSettings } from '#config/load.ts';
import { listen } from '#core/runtime/diagnostics.ts';
import { createApp } from '../../src/app/index.ts';
import { serveCommands, temporaryFolder } from '../support/measure.ts';

interface Options {
  readonly provider: string;
  readonly postgresUrl?: string;
  readonly logLevel?: string;
  /** Further settings. */
  readonly environment?: Readonly<Record<string, string>>;
}
const { provider, postgresUrl, logLevel = 'error', environment = {} } = JSON.parse(process.argv[2] ?? '{}') as Options;
const settings = loadSettings({
  environment: {
    ...{
      PARLEY_ENV: 'development',
      PORT: '0',
      LOG_LEVEL: logLevel,
      DATA_DIR: temporaryFolder(),
    },
    ...{ MODEL_BALANCED: 'openai-compatible:bench', OPENAI_BASE_URL: provider },
    ...(postgresUrl ? { POSTGRES_URL: postgresUrl } : {}),
    ...environment,
  },
});
const app = await createApp(settings);
const viewer = await app.parley.viewer({ tenant: 'local', subject: 'local', role: 'OPERATOR' });
const text = Array.from(
  { length: 200 },
  (_, index) =>
    `## Bridge ${index}\n\nBridge number ${index} was built in ${1700 + index} by Anna Meyer. It is ${index * 3} metres long.`,
).join('\n\n');
await app.parley.documents.add(viewer, {
  title: 'Bridges',
  text,
  mediaType: 'text/markdown',
  kind: null,
  shared: false,
  clientMutationId: null,
});

let statements = 0;
listen('parley:statement', () => {
  statements += 1;
});
const send = async (conversationId: string | null, signal: AbortSignal) => {
  let conversation = conversationId;
  for await (const { event } of await app.parley.generations.chat(
    viewer,
    {
      conversationId,
      content: 'When was bridge number 7 built?',
      documentIds: null,
      model: null,
      clientMutationId: null,
    },
    signal,
  ))
    if (event.type === 'generation-started') conversation = event.conversationId;
  return conversation;
};
serveCommands(app.url, {
  /** Adds turns to a conversation until it has this many messages. Returns its id. */
  async grow({ id, messages, from }: { id: string | null; messages: number; from: number }) {
    let conversation = id;
    const { signal } = new AbortController();
    for (let count = from; count < messages; count += 2) conversation = await send(conversation, signal);
    return { id: conversation };
  },
  /** Statements and CPU of further turns. */
  async turns({ id, count }: { id: string; count: number }) {
    const { signal } = new AbortController();
    statements = 0;
    const before = process.cpuUsage();
    for (let turn = 0; turn < count; turn += 1) await send(id, signal);
    const { user, system } = process.cpuUsage(before);
    return { statements: statements / count, cpu: (user + system) / count };
  },
});
