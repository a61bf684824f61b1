import { callWatch } from './call-watch.ts';
import { eventsOf } from './event-stream.ts';

/** Bytes of a JSON body: a batch of 2,048 embeddings of 1,024 dimensions is under 48 MB. */
const MAX_JSON = 67_108_864;
/** Limits for reading a refusal's body for the log: bytes and milliseconds. */
const MAX_REFUSAL = 65_536;
const REFUSAL_TIMEOUT = 1_000;

/** `fetch` that follows no redirect, because the key would go along, and that holds no more of a body than it must. */
export const boundedFetch: typeof globalThis.fetch = async (input, init) => {
  const watch = callWatch.getStore();
  const response = await fetch(input, { ...init, redirect: 'error' });
  const { body, headers, ok, status, statusText } = response;
  if (!body) return response;
  if (!ok) return new Response(await beginningOf(body), { headers, status, statusText });
  const bounded = headers.get('content-type')?.includes('json') ? atMost(MAX_JSON, body) : eventsOf(body, watch);
  return new Response(bounded, { headers, status, statusText });
};

function atMost(bytes: number, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let length = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        length += chunk.length;
        if (length > bytes) controller.error(new Error(`a body of over ${bytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
}

/** The status tells a refusal. A body that stalls or never ends must not hide it. */
async function beginningOf(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  const timer = setTimeout(cancel, REFUSAL_TIMEOUT);
  const chunks: Uint8Array[] = [];
  try {
    for (let length = 0; length < MAX_REFUSAL; ) {
      const { value } = await reader.read();
      if (value === undefined) break;
      chunks.push(value);
      length += value.length;
    }
  } catch {
    // what came is enough
  } finally {
    clearTimeout(timer);
    cancel();
  }
  return Buffer.concat(chunks).subarray(0, MAX_REFUSAL);
}
