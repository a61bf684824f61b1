/** Events of a text/event-stream body: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* createSseParser(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ readonly event: string; readonly data: string; readonly id: string | undefined }> {
  let buffered = '';
  for await (const chunk of body.pipeThrough(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  ) as unknown as AsyncIterable<string>) {
    buffered += chunk;
    for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
      const lines = buffered.slice(0, end).split('\n');
      buffered = buffered.slice(end + 2);
      const field = (name: string) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
      const [event = 'message'] = field('event');
      if (field('data').length > 0 || event !== 'message')
        yield { event, data: field('data').join('\n'), id: field('id')[0] };
    }
  }
}
