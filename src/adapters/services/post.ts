/** POST by Node's own client: with the socket kept, it takes under half of the CPU of `fetch`. It follows no redirect. */
import { once } from 'node:events';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

export interface Posted {
  readonly status: number;
  readonly text: string;
}

/** Rejects where the answer breaks off or is over `mostBytes`, and with the signal's reason when that aborts. */
export async function post(
  url: string,
  {
    headers,
    body,
    mostBytes,
    signal,
  }: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly mostBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<Posted> {
  signal.throwIfAborted();
  const options = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, signal };
  const request: ClientRequest = url.startsWith('https:')
    ? httpsRequest(url, { ...options, agent: agents.https })
    : httpRequest(url, { ...options, agent: agents.http });
  request.on('error', () => undefined); // also after the response has begun, when nothing else listens
  try {
    const responded = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end(body);
    const [response] = await responded;
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > mostBytes) throw new RangeError(`an answer of over ${mostBytes} bytes`);
      chunks.push(chunk);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    request.destroy();
    throw signal.aborted ? signal.reason : error;
  }
}
