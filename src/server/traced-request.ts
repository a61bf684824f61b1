import { begin, type RequestWork } from '#core/runtime/work.ts';
import type { Handler } from './graphql-http.ts';

/** A handler whose requests are work, from here to the end of the response. */
export const tracedRequest =
  (route: string, handle: Handler): Handler =>
  (request, response, requestId) => {
    const work: RequestWork = {
      ...{ kind: 'request', route, requestId, method: request.method ?? 'GET', headers: request.headers },
    };
    const running = begin(work);
    if (running.isWatched)
      response.on('close', () => {
        work.status = response.statusCode;
        running.end();
      });
    return running.run(() => handle(request, response, requestId));
  };
