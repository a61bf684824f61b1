/** The log on its way to Elasticsearch: an index a day, named parley-logs-2026-11-28, by a template of our own. */
import { PassThrough } from 'node:stream';
import type { DestinationStream, Options } from 'pino-elasticsearch';
import template from './log-template.json' with { type: 'json' };

const NAME = 'parley-logs';
/** Bytes that wait while Elasticsearch does not answer; what comes after is dropped. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Bytes, and milliseconds, after which what waits is sent. */
const FLUSH_BYTES = 256 * 1024;
const FLUSH_EVERY = 2_000;
/** Milliseconds until Elasticsearch is tried again, and that a request for the template may take. */
const AGAIN = 10_000;
const PATIENCE = 5_000;
/** Milliseconds that sending what is left may take. */
const CLOSE_WITHIN = 3_000;
/** Milliseconds between two messages of one kind: what is told of a failure is a line of the log itself. */
const TELL_EVERY = 60_000;

export interface LogShipping {
  /** Takes a line of JSON. */
  write(line: string): void;
  /** Resolves when there is room again: for a source that can wait. */
  drained(): Promise<void>;
  /** Sends what is left. */
  close(): Promise<void>;
}
export type OnShippingError = (message: string, error?: unknown) => void;

/** Throws nothing later on: what fails is told to `onError`. */
export async function logShipping(url: string, onError: OnShippingError): Promise<LogShipping> {
  const pinoElasticsearch = await shipper();
  const tell = rarely(onError);
  const lines = new PassThrough({ highWaterMark: MOST_WAITING });
  let again: NodeJS.Timeout | undefined;
  let sent = Promise.resolve();

  function connect(): void {
    putTemplate(url).catch((error) => tell('the template of the log could not be stored', error));
    const target = pinoElasticsearch({
      ...{ node: url, flushBytes: FLUSH_BYTES, flushInterval: FLUSH_EVERY, esVersion: 8, opType: 'create' },
      index: `${NAME}-%{DATE}`,
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    sent = promise;
    target.on('insert', () => resolve());
    target.on('insertError', () => tell('Elasticsearch refused a line of the log'));
    target.on('unknown', () => tell('a line of the log is no JSON, and was left out'));
    target.on('error', (error) => {
      tell('the log could not be sent to Elasticsearch', error);
      resolve();
      lines.unpipe(target);
      again = setTimeout(connect, AGAIN).unref();
    });
    lines.pipe(target);
  }

  connect();
  return {
    write(line) {
      if (lines.writableNeedDrain) tell('Elasticsearch takes lines slower than they come; some are dropped');
      else lines.write(line.endsWith('\n') ? line : `${line}\n`);
    },
    drained: () =>
      lines.writableNeedDrain ? new Promise((resolve) => lines.once('drain', () => resolve())) : Promise.resolve(),
    async close() {
      clearTimeout(again);
      lines.end();
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN).unref())]);
    },
  };
}

/** Loaded when it is needed: with its client it takes half a second of a start. Its types describe an ESM module, and it is none. */
async function shipper() {
  const { default: make } = (await import('pino-elasticsearch')) as unknown as {
    readonly default: (options: Options) => DestinationStream;
  };
  return make;
}

async function putTemplate(given: string): Promise<void> {
  const url = new URL(given);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const secured = url.username !== '';
  url.username = url.password = '';
  const response = await fetch(`${url.href.replace(/\/$/, '')}/_index_template/${NAME}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...(secured ? { authorization } : {}) },
    body: JSON.stringify(template),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 300)}`);
}

function rarely(tell: OnShippingError): OnShippingError {
  const told = new Map<string, number>();
  return (message, error) => {
    if (performance.now() - (told.get(message) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY) return;
    told.set(message, performance.now());
    tell(message, error);
  };
}
