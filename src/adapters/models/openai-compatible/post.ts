import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ProviderRefusal } from '../failures.ts';

/** Limits for reading a refusal's body for the log: bytes and milliseconds. */
const MAX_REFUSAL = 65_536;
const REFUSAL_TIMEOUT = 1_000;

const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts JSON over a connection that is kept for the next call. Resolves with a response of 2xx, whose body is not read yet;
 * rejects with ProviderRefusal for any other status. It follows no redirect, because the key would go along. Aborting
 * destroys the connection, also while the body is being read.
 */
export async function post(call: Post, signal: AbortSignal): Promise<IncomingMessage> {
  const response = await sent(call, signal, true);
  const { statusCode = 0, headers } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  const body = await beginningOf(response);
  throw new ProviderRefusal(statusCode, headers['retry-after'], body);
}

function sent({ url, headers, body }: Post, signal: AbortSignal, mayRetry: boolean): Promise<IncomingMessage> {
  const target = new URL(url);
  const [send, agent] = target.protocol === 'https:' ? [httpsRequest, httpsAgent] : [httpRequest, httpAgent];
  const options: RequestOptions = {
    agent,
    signal,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
  };
  return new Promise((resolve, reject) => {
    let responded = false;
    const request = send(target, options, (response) => {
      responded = true;
      resolve(response);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The provider closed an idle connection at the moment at which it was taken for this call: it has read nothing of it.
      const closedIdle = request.reusedSocket && error.code === 'ECONNRESET' && !responded && !signal.aborted;
      if (mayRetry && closedIdle) resolve(sent({ url, headers, body }, signal, false));
      else reject(error);
    });
    request.end(body);
  });
}

/** The status tells a refusal. A body that stalls or never ends must not hide it. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const timer = setTimeout(() => response.destroy(), REFUSAL_TIMEOUT);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= MAX_REFUSAL) break;
    }
  } catch {
    // what came is enough
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_REFUSAL);
}
