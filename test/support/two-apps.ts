import { OPERATOR_KEY, startApp } from './app.ts';
import { type Client, client } from './client.ts';
import { type Behaviour, startFakeProvider } from './fake-provider.ts';
import { scratchDatabase } from './stores.ts';

export interface TwoApps {
  readonly here: Client;
  readonly there: Client;
  readonly thereUrl: string;
  /** Stops both, and removes their data. */
  remove(): Promise<void>;
}

/** Two servers on a new database of POSTGRES_URL. Their model is a fake provider, which `answer` is asked at each call. */
export async function startTwoApps(
  answer: () => Behaviour,
  environment: Readonly<Record<string, string>> = {},
): Promise<TwoApps> {
  const provider = await startFakeProvider();
  provider.respond(answer);
  const database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
  const settings = {
    POSTGRES_URL: database.url,
    MODEL_BALANCED: 'openai-compatible:slow',
    OPENAI_BASE_URL: provider.url,
    ...environment,
  };
  const [here, there] = await Promise.all([startApp(settings), startApp(settings)]); // both migrate, one does
  return {
    here: client(here.url, OPERATOR_KEY),
    there: client(there.url, OPERATOR_KEY),
    thereUrl: there.url,
    async remove() {
      await Promise.all([here.remove(), there.remove()]);
      await database.drop();
      await provider.close();
    },
  };
}
