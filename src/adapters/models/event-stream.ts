/** Bytes of one event: what a provider may make this process hold. */
const MAX_EVENT = 1_048_576;
/** Milliseconds that a provider gets to end its response after its last event: then the connection can be used again. */
const LINGER = 1_000;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK_LINE = Uint8Array.of(LINE_FEED, LINE_FEED);
/** Lines of a last event: OpenAI's chat completions, Anthropic's messages, OpenAI's responses. */
const LAST_EVENTS: ReadonlySet<string> = new Set([
  'data: [DONE]',
  'data:[DONE]',
  'event: message_stop',
  'event: response.completed',
  'event: response.incomplete',
  'event: response.failed',
]);
/** One byte more than the longest of them, for a carriage return. */
const HEAD = 1 + Math.max(...[...LAST_EVENTS].map((line) => line.length));

/**
 * A body of server-sent events, read on demand, that ends with its last event though the connection stays open or is
 * reset, and with an error where an event is too long. A connection that breaks off is an end too: only the reader of the
 * events can tell whether the answer was whole by then.
 */
export function eventsOf(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const watch = new EventWatch();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const read = await reader.read().catch(() => undefined);
        if (read?.value === undefined) {
          // some providers leave out the line that would end their last event
          if (read) controller.enqueue(BLANK_LINE);
          controller.close();
          return;
        }
        watch.see(read.value);
        if (watch.eventLength > MAX_EVENT) {
          controller.error(new Error(`an event of over ${MAX_EVENT} bytes`));
          void reader.cancel().catch(() => undefined);
          return;
        }
        controller.enqueue(read.value);
        if (!watch.ended) return;
        controller.close();
        void readToTheEnd(reader);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function readToTheEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), LINGER).unref();
  try {
    while (!(await reader.read()).done);
  } catch {
    // nothing more was expected
  } finally {
    clearTimeout(timer);
  }
}

/** Follows the lines of a stream of events without decoding it. */
class EventWatch {
  /** Bytes of the event under way. */
  eventLength = 0;
  /** The last event has passed. */
  ended = false;
  #lineLength = 0;
  #isLast = false;
  readonly #head = Buffer.alloc(HEAD);

  see(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      this.#add(chunk, start, end < 0 ? chunk.length : end);
      if (end < 0) return;
      this.#endLine();
      start = end + 1;
    }
  }

  #add(chunk: Uint8Array, start: number, end: number): void {
    const missing = HEAD - this.#lineLength;
    if (missing > 0) this.#head.set(chunk.subarray(start, Math.min(end, start + missing)), this.#lineLength);
    this.#lineLength += end - start;
    this.eventLength += end - start;
  }

  #endLine(): void {
    const length = this.#lineLength;
    this.#lineLength = 0;
    if (length === 0 || (length === 1 && this.#head[0] === CARRIAGE_RETURN)) {
      this.eventLength = 0;
      this.ended ||= this.#isLast;
    } else if (length <= HEAD) {
      this.#isLast ||= LAST_EVENTS.has(this.#head.toString('latin1', 0, length).trimEnd());
    }
  }
}
