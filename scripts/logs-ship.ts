/**
 * `npm start | npm run --silent logs:ship`: sends a log from standard input to Elasticsearch (LOG_ELASTICSEARCH_URL), line by line, and
 * writes it to standard output as it is. With LOG_ELASTICSEARCH_URL in the server's own settings this is not needed.
 */
import { createInterface } from 'node:readline';
import { loadSettings } from '#config/load.ts';
import { logShipping } from '../src/server/log-shipping.ts';

try {
  const { LOG_ELASTICSEARCH_URL: url } = loadSettings();
  if (url === undefined) throw new Error('set LOG_ELASTICSEARCH_URL, for instance http://127.0.0.1:9200');
  let failed = false;
  const shipping = await logShipping(url, (message, error) => {
    failed = true;
    console.error(`${message}${error instanceof Error ? `: ${error.message}` : ''}`);
  });
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(line);
    if (!line.startsWith('{')) continue; // npm's own lines, and the one that says it is ready
    shipping.write(line);
    await shipping.drained();
  }
  await shipping.close();
  process.exit(failed ? 1 : 0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
