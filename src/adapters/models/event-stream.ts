import type { CallWatch } from './call-watch.ts';

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
/** Names of events that mean something in these protocols. Gateways add others, such as `ping`, which the SDK takes for errors. */
const KNOWN_EVENT = /^event: ?(message|error|(message|content_block)_\w{1,40}|response\.[\w.]{1,60})$/;
/** Bytes of a line that are looked at: more than any of those names is long. */
const HEAD = 80;

/**
 * A body of server-sent events, read on demand, without the events whose name no protocol knows, that ends with its last event
 * though the connection stays open or is reset, and with an error where an event is too long. A connection that breaks off is an end too: only the reader of the
 * events can tell whether the answer was whole by then.
 */
export function eventsOf(body: ReadableStream<Uint8Array>, call?: CallWatch): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const events = new WholeEvents();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (let kept: readonly Uint8Array[] = []; kept.length === 0; ) {
          const read = await reader.read().catch(() => undefined);
          if (read?.value === undefined) {
            // some providers leave out the line that would end their last event
            for (const bytes of events.rest()) controller.enqueue(bytes);
            if (read) controller.enqueue(BLANK_LINE);
            controller.close();
            return;
          }
          call?.alive();
          kept = events.push(read.value);
          if (events.length > MAX_EVENT) {
            controller.error(new Error(`an event of over ${MAX_EVENT} bytes`));
            void reader.cancel().catch(() => undefined);
            return;
          }
          for (const bytes of kept) controller.enqueue(bytes);
          if (!events.ended) continue;
          if (call) call.ended = true;
          controller.close();
          void readToTheEnd(reader);
          return;
        }
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
class WholeEvents {
  /** Bytes of the event under way. */
  length = 0;
  /** The last event has passed. */
  ended = false;
  #pending: Uint8Array[] = [];
  #lineLength = 0;
  #isLast = false;
  #isUnknown = false;
  readonly #head = Buffer.alloc(HEAD);

  /** The bytes of the events that this chunk completes, but for unknown ones. */
  push(chunk: Uint8Array): Uint8Array[] {
    const kept: Uint8Array[] = [];
    let begun = 0;
    for (let start = 0; ; ) {
      const end = chunk.indexOf(LINE_FEED, start);
      this.#add(chunk, start, end < 0 ? chunk.length : end);
      if (end < 0) break;
      start = end + 1;
      if (!this.#endLine()) continue;
      if (!this.#isUnknown) kept.push(...this.#pending, chunk.subarray(begun, start));
      this.#pending = [];
      this.#isUnknown = false;
      begun = start;
    }
    if (begun < chunk.length) this.#pending.push(chunk.subarray(begun));
    return kept;
  }

  /** The bytes of the event that the body's end cut off. */
  rest(): Uint8Array[] {
    return this.#isUnknown ? [] : this.#pending;
  }

  #add(chunk: Uint8Array, start: number, end: number): void {
    const missing = HEAD - this.#lineLength;
    if (missing > 0) this.#head.set(chunk.subarray(start, Math.min(end, start + missing)), this.#lineLength);
    this.#lineLength += end - start;
    this.length += end - start;
  }

  /** True where the line was the blank one that ends an event. */
  #endLine(): boolean {
    const length = this.#lineLength;
    this.#lineLength = 0;
    if (length === 0 || (length === 1 && this.#head[0] === CARRIAGE_RETURN)) {
      this.length = 0;
      this.ended ||= this.#isLast;
      return true;
    }
    const line = this.#head.toString('latin1', 0, Math.min(length, HEAD)).trimEnd();
    if (length <= HEAD) this.#isLast ||= LAST_EVENTS.has(line);
    this.#isUnknown ||= line.startsWith('event:') && !KNOWN_EVENT.test(line);
    return false;
  }
}
