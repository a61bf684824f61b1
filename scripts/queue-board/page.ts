/** A page that shows BullMQ's queues, for operators: https://github.com/felixmosh/bull-board */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Queue } from 'bullmq';
import { Hono, type HonoRequest } from 'hono';
import type { RedisConnection } from '../../src/adapters/redis/connection.ts';

export interface QueueBoardOptions {
  readonly host: string;
  readonly port: number;
  /** Whether this secret, an API key, is an operator's. */
  readonly isOperator: (secret: string) => Promise<boolean>;
  readonly prefix?: string;
}

/** The kinds of jobs in Redis. */
const QUEUES = ['ingest'];
const CHALLENGE = { 'www-authenticate': 'Basic realm="Parley: any name, and an operator\'s API key", charset="UTF-8"' };
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Serves it. Browsers ask for a name and a password: the password is the API key. Answers its address and the way to stop. */
export async function startQueueBoard(
  redis: RedisConnection,
  { host, port, isOperator, prefix = 'parley' }: QueueBoardOptions,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const queues = QUEUES.map(
    (name) => new Queue(name, { connection: redis.blocking(), prefix, skipVersionCheck: true }),
  );
  for (const queue of queues) queue.on('error', () => undefined);
  const board = new HonoAdapter(serveStatic);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Parley' } },
  });
  const app = new Hono();
  app.use(async (context, next) => {
    const { req } = context;
    const secret = secretOf(req.header('authorization'));
    if (secret === undefined || !(await isOperator(secret))) return context.text('Operators only', 401, CHALLENGE);
    // A browser sends the password for other sites' pages too.
    if (!READS.has(req.method) && isForeign(req)) return context.text('Forbidden', 403);
    await next();
    context.res.headers.set('x-frame-options', 'DENY');
    context.res.headers.set('cache-control', 'no-store');
    return;
  });
  app.route('/', board.registerPlugin());
  const { server, bound } = await new Promise<{ server: ReturnType<typeof serve>; bound: number }>(
    (resolve, reject) => {
      const server = serve({ fetch: app.fetch, hostname: host, port }, ({ port: bound }) => resolve({ server, bound }));
      server.once('error', reject);
    },
  );
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async stop() {
      await new Promise((resolve) => server.close(resolve));
      await Promise.allSettled(queues.map((queue) => queue.close()));
    },
  };
}

/** Whether a page of another site sent it. Browsers leave Sec-Fetch-Site out where the board is served by http from another machine. */
function isForeign(request: HonoRequest): boolean {
  const site = request.header('sec-fetch-site');
  const origin = request.header('origin');
  if (site !== undefined) return site !== 'same-origin';
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.header('host'));
}

/** The key of `Authorization: Bearer KEY`, or the password of Basic. */
function secretOf(authorization = ''): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value || undefined;
  if (!/^basic$/i.test(scheme)) return undefined;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1) || undefined;
}
