import { hostname } from 'node:os';
import type { Settings } from '#config/load.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import type { Lifecycle } from '#core/runtime/lifecycle.ts';
import { logShipping } from '../server/log-shipping.ts';
import { type Logging, logging } from '../server/logging.ts';
import { secretsOf } from './options.ts';

/** The log of this process: standard output, and Elasticsearch where LOG_ELASTICSEARCH_URL is set. It stops last. */
export async function startLog(settings: Settings, lifecycle: Lifecycle): Promise<Logging['log']> {
  const { LOG_ELASTICSEARCH_URL: url, LOG_LEVEL: level, OTEL_SERVICE_NAME: service } = settings;
  const shipping =
    url === undefined ? undefined : await logShipping(url, (message, error) => warn('log', message, error));
  const from = { service, instance: hostname() };
  const { log, stop } = logging({ level, secrets: secretsOf(settings), from, also: shipping });
  await lifecycle.start({
    name: 'log',
    async stop() {
      stop();
      await shipping?.close();
    },
  });
  return log;
}
