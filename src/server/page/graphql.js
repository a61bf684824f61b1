import { told, words } from './words.js';

const KEY = 'parley-key';

/** What the server refused, by its code; its words are the reader's where the page has them. */
export class Refusal extends Error {
  constructor({ message, extensions }) {
    super(told({ code: extensions?.code, message }));
    this.code = extensions?.code;
    /** Seconds, where the server names them. */
    this.retryAfter = extensions?.retryAfter;
  }
}

let askForKey = () => Promise.reject(new Error(words.keyNeeded));
/** How a key is had where the server wants one; told whether the last one was refused. */
export const onKeyNeeded = (ask) => {
  askForKey = ask;
};
export const rememberKey = (key) => sessionStorage.setItem(KEY, key);

/** The response, once the server takes the key. Rejects with a TypeError where the server cannot be reached. */
export const post = (query, variables, { accept, signal } = {}) =>
  send(JSON.stringify({ query, variables }), { 'content-type': 'application/json' }, accept, signal);

async function send(body, headers, accept = 'application/json', signal) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const response = await fetch('/graphql', {
      method: 'POST',
      signal,
      headers: { ...headers, accept, ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body,
    });
    if (response.status !== 401) return response;
    // Another request may have had a new key meanwhile.
    if (key === sessionStorage.getItem(KEY)) {
      sessionStorage.removeItem(KEY);
      await askForKey(key !== null);
    }
  }
}

/** What a response that is no stream says; a proxy’s error page says nothing but its status. */
export async function resultOf(response) {
  const result = await response.json().catch(() => ({}));
  if (result.errors?.length) throw new Refusal(result.errors[0]);
  if (!result.data) throw new Error(`${words.failed} (HTTP ${response.status})`);
  return result.data;
}

export const request = (query, variables = {}) => answered(post(query, variables));

/** The file becomes `input.file`: https://github.com/jaydenseric/graphql-multipart-request-spec */
export function requestWithFile(query, input, file) {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { ...input, file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', file, file.name);
  return answered(send(form, {}));
}

async function answered(asked) {
  const response = await asked.catch((error) => {
    throw error instanceof TypeError ? new Error(words.unreachable) : error;
  });
  return resultOf(response);
}
