import { startFakeProvider } from '../../test/support/fake-provider.ts';
import { serveCommands } from '../support/measure.ts';

const provider = await startFakeProvider();
provider.respond(() => ({ text: 'The bridge was built in 1932 by Anna Meyer, who came from Bern.', chunkSize: 4 }));
serveCommands(provider.url);
