/** Bytes of one line of a stream of events: what a provider may make this process hold. */
const MAX_LINE = 1_048_576;
const NEWLINE = 0x0a;

/** `fetch` that follows no redirect, because the key would go along, and that ends a body whose line is too long. */
export const boundedFetch: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'error' });
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
  let line = 0;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const last = chunk.lastIndexOf(NEWLINE);
        line = last < 0 ? line + chunk.length : chunk.length - last - 1;
        if (line > MAX_LINE || (last < 0 && chunk.length > MAX_LINE))
          controller.error(new Error(`a line of over ${MAX_LINE} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
};
