/** GraphQL over HTTP, and streams over SSE that resume where they broke off. */
const KEY = 'parley-key';

export class GraphQLFailure extends Error {
  constructor({ message, extensions }) {
    super(message);
    this.code = extensions?.code;
  }
}

let askForKey = () => Promise.reject(new Error('no key'));
/** How a key is had where the server wants one. */
export const onKeyNeeded = (ask) => {
  askForKey = ask;
};
export const rememberKey = (key) => sessionStorage.setItem(KEY, key);

async function post(query, variables, { accept = 'application/json', signal } = {}) {
  const key = sessionStorage.getItem(KEY);
  const response = await fetch('/graphql', {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', accept, ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  if (response.status !== 401) return response;
  sessionStorage.removeItem(KEY);
  await askForKey();
  return post(query, variables, { accept, signal });
}

export async function request(query, variables = {}) {
  const { data, errors } = await (await post(query, variables)).json();
  if (errors?.length) throw new GraphQLFailure(errors[0]);
  return data;
}

/** One event of the stream after the other, through lost connections too. `begin` is `chat`; then it is `generation`. */
export async function* stream({ first, resume, field, onLost, onFound }) {
  let id = first.id;
  let cursor = null;
  for (let attempt = 0; ; ) {
    try {
      const [query, variables] = id ? [resume, { id, after: cursor }] : [first.query, first.variables];
      for await (const event of events(query, variables, id ? 'generation' : field)) {
        if (attempt > 0) onFound();
        attempt = 0;
        id = event.generationId;
        cursor = event.cursor;
        yield event;
        if (/^Generation(Completed|Failed|Cancelled)$/.test(event.__typename)) return;
      }
      if (!id) throw new Error('the stream ended before it began');
    } catch (error) {
      if (error instanceof GraphQLFailure || !id) throw error;
    }
    attempt += 1;
    onLost();
    await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 250 * 2 ** attempt)));
  }
}

async function* events(query, variables, field) {
  const response = await post(query, variables, { accept: 'text/event-stream' });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const { errors } = await response.json();
    throw new GraphQLFailure(errors?.[0] ?? { message: `HTTP ${response.status}` });
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffered += value;
    for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
      const data = /^data: ?(.*)$/m.exec(buffered.slice(0, end))?.[1];
      buffered = buffered.slice(end + 2);
      if (!data) continue;
      const result = JSON.parse(data);
      if (result.errors?.length) throw new GraphQLFailure(result.errors[0]);
      if (result.data) yield result.data[field];
    }
  }
}
