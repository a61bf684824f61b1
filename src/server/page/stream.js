import { post, Refusal, resultOf } from './graphql.js';
import { RESUME } from './operations.js';
import { words } from './words.js';

/** Milliseconds without a byte after which a connection is given up; the server sends a comment every 12 seconds. */
const SILENCE = 40_000;
/** Milliseconds before the first attempt to resume, doubled each time up to the longest. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;
/** How often a turn is started again where not even its first event came; clientMutationId keeps it one turn. */
const BEGINNINGS = 4;
export const TERMINAL = new Set(['GenerationCompleted', 'GenerationFailed', 'GenerationCancelled']);
/** Refusals that pass: a stream that is under way is worth waiting for. */
export const PASSING = new Set(['RATE_LIMITED', 'OVERLOADED', 'STORE_UNAVAILABLE', 'TIMED_OUT', 'UNAUTHENTICATED']);

/**
 * Every event of a generation, each once, through lost connections up to its terminal one; then what the same connection still
 * tells, such as its evaluation: `begin` (a query and its variables)
 * starts one; with `generationId` alone one is followed from its first event.
 */
export async function* generationEvents({ begin, generationId, signal, onLost, onFound }) {
  let id = generationId;
  let after = null;
  let isOver = false;
  for (let attempt = 0; ; ) {
    let wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
    try {
      for await (const event of connection(id ? { query: RESUME, variables: { id, after } } : begin, signal)) {
        if (attempt > 0) onFound();
        attempt = 0;
        id = event.generationId;
        after = event.cursor;
        yield event;
        isOver ||= TERMINAL.has(event.__typename);
      }
    } catch (error) {
      if (signal.aborted || isOver) return;
      if (error instanceof Refusal && !(id && PASSING.has(error.code))) throw error;
      wait = Math.max(wait, (error.retryAfter ?? 0) * 1000);
    }
    if (signal.aborted || isOver) return;
    attempt += 1;
    if (!id && attempt === BEGINNINGS) throw new Error(words.unreachable);
    onLost();
    await pause(wait, signal);
  }
}

/** The events of one connection. */
export async function* connection({ query, variables }, signal) {
  const own = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => own.abort(), SILENCE);
  };
  try {
    const both = AbortSignal.any([signal, own.signal]);
    const response = await post(query, variables, { accept: 'text/event-stream', signal: both });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) await resultOf(response);
    heard();
    for await (const data of messages(response.body, heard)) {
      const result = JSON.parse(data);
      if (result.errors?.length) throw new Refusal(result.errors[0]);
      const [event] = Object.values(result.data ?? {});
      if (event) yield event;
    }
  } finally {
    clearTimeout(timer);
    own.abort();
  }
}

/** The data of each server-sent event; an event is one line of data and ends with an empty line. */
async function* messages(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const blocks = (buffered + value).split('\n\n');
    buffered = blocks.pop();
    for (const block of blocks) {
      const data = /^data: ?(.+)$/m.exec(block)?.[1];
      if (data) yield data;
    }
  }
}

/** Waits; less where the network comes back or the reader goes elsewhere. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener('online', over);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    addEventListener('online', over);
    signal.addEventListener('abort', over);
  });
}
