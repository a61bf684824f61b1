import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { type CompletionChunk, parseChunk } from './completion.ts';

/** Characters of one event: what a provider may make this process hold. */
const MAX_EVENT = 1_048_576;
/** Characters that wait for their reader past which the provider is read no further. */
const MAX_WAITING = 262_144;
/** Milliseconds that a provider gets to end its response after its last event: then the connection can be used again. */
const LINGER = 1_000;

/** Names of events in this protocol. Gateways add others, such as `ping`, whose data is no part of an answer. */
const KNOWN_EVENTS = new Set(['message', 'error']);

export interface Piece {
  readonly type: 'text' | 'reasoning';
  text: string;
}

/**
 * The events of a streamed chat completion, as they come. It ends with `[DONE]` though the connection stays open, and with
 * the connection, in order or not: only the reader can tell whether the answer was whole by then.
 */
export class CompletionStream {
  finishReason: string | null = null;
  usage: CompletionChunk['usage'] = null;
  /** The last event has come. */
  done = false;
  /** True after the last event. */
  ended = false;
  /** Why the events cannot be read. */
  failure: unknown;
  readonly #response: IncomingMessage;
  readonly #pieces: Piece[] = [];
  #waiting = 0;
  #wake: (() => void) | undefined;

  /** `onBytes` is called when anything comes: a comment that keeps the connection alive is a sign of life too. */
  constructor(response: IncomingMessage, onBytes: () => void) {
    this.#response = response;
    const parser = createParser({
      maxBufferSize: MAX_EVENT,
      onEvent: ({ event, data }) => {
        if (event === undefined || KNOWN_EVENTS.has(event)) this.#receive(data);
      },
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') this.#fail(error);
      },
    });
    /** The body of a server that answers whole, or with an error, though it was asked for a stream. */
    let whole = /^application\/(?:[\w.-]{1,40}\+)?json\b/i.test(response.headers['content-type'] ?? '')
      ? ''
      : undefined;
    let begun = false;
    const feed = (text: string) => {
      if (this.ended) return;
      if (whole !== undefined) {
        whole += text;
        if (whole.length > MAX_EVENT) this.#fail(new Error(`an answer of over ${MAX_EVENT} characters`));
      } else parser.feed(begun ? text : text.replace(/^\ufeff/, ''));
      begun = true;
    };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      onBytes();
      feed(text);
      this.#wakeReader();
    });
    response.on('end', () => {
      feed('\n\n'); // some providers leave out the line that would end their last event
      if (whole?.trim()) {
        this.#receive(whole);
        this.done = true;
      }
      this.#end();
    });
    response.on('error', () => this.#end());
    response.on('close', () => this.#end());
  }

  /** Returns what has come of one type, or undefined if nothing is there yet. */
  take(): Piece | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined) return undefined;
    this.#waiting -= piece.text.length;
    if (this.#waiting === 0 && this.#response.isPaused()) this.#response.resume();
    return piece;
  }

  /** Calls back once when there is something to take, or the end, after `take` told that nothing is there yet. */
  wait(wake: () => void): void {
    this.#wake = wake;
  }

  /** Lets go of the connection, unless the provider has ended its response, or does so soon after its last event. */
  close(): void {
    const response = this.#response;
    if (response.readableEnded || response.destroyed) return;
    if (!this.ended || this.failure !== undefined) {
      response.destroy();
      return;
    }
    const timer = setTimeout(() => response.destroy(), LINGER).unref();
    response.once('close', () => clearTimeout(timer));
    response.resume();
  }

  #receive(data: string): void {
    if (this.ended) return;
    if (data === '[DONE]') {
      this.done = true;
      this.#end();
      return;
    }
    try {
      const { text, reasoning, finishReason, usage } = parseChunk(data);
      if (reasoning !== '') this.#add({ type: 'reasoning', text: reasoning });
      if (text !== '') this.#add({ type: 'text', text });
      if (finishReason !== null) this.finishReason = finishReason;
      if (usage) this.usage = usage;
    } catch (error) {
      this.#fail(error);
    }
  }

  #add(piece: Piece): void {
    const last = this.#pieces.at(-1);
    if (last?.type === piece.type) last.text += piece.text;
    else this.#pieces.push(piece);
    this.#waiting += piece.text.length;
    if (this.#waiting > MAX_WAITING) this.#response.pause();
  }

  #fail(error: unknown): void {
    if (this.ended) return;
    this.failure = error;
    this.#end();
  }

  #end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#wakeReader();
  }

  #wakeReader(): void {
    if (!this.ended && this.#pieces.length === 0) return;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
