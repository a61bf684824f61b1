import { Refusal } from './graphql.js';
import { DOCUMENT_PROGRESS } from './operations.js';
import { connection, PASSING, pause } from './stream.js';

/** Documents that are followed at once; the others wait. A browser opens six connections to a server, and an answer needs its own. */
const AT_ONCE = 2;
/** Milliseconds before a lost connection is tried again. */
const WAIT = 1_000;
/** A stream ends with its document, also where that is deleted, and all of them with the page. */
const NEVER = new AbortController().signal;

const following = new Set();
let waiting = [];

/**
 * From now on these documents are followed, in this order; `show` is given a document each time that it has moved on, until it is
 * INDEXED or FAILED.
 */
export function followDocuments(ids, show) {
  waiting = ids.filter((id) => !following.has(id));
  while (following.size < AT_ONCE && waiting.length > 0) next(show);
}

async function next(show) {
  const id = waiting.shift();
  following.add(id);
  await follow(id, show);
  following.delete(id);
  if (waiting.length > 0) next(show);
}

/** Ends with the document, or where there is none any more. */
async function follow(id, show) {
  for (;;) {
    try {
      let last;
      for await (const { document } of connection({ query: DOCUMENT_PROGRESS, variables: { id } }, NEVER)) {
        show(document);
        last = document.status;
      }
      if (last === 'INDEXED' || last === 'FAILED') return;
    } catch (error) {
      if (error instanceof Refusal && !PASSING.has(error.code)) return;
    }
    await pause(WAIT, NEVER);
  }
}
