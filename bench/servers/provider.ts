import { startFakeProvider } from '../../test/support/fake-provider.ts';
import { serveCommands } from '../support/measure.ts';

/** Milliseconds before each token. */
const { delayMs = 0 } = JSON.parse(process.argv[2] ?? '{}') as { delayMs?: number };
const provider = await startFakeProvider();
provider.respond(() => ({
  text: 'The bridge was built in 1932 by Anna Meyer, who came from Bern.',
  chunkSize: 4,
  delayMs,
}));
serveCommands(provider.url);
