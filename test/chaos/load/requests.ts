/** Requests of clients, each noted with its answer. */
import type { Recorder } from '../history/recorder.ts';
import type { ClientError, OperationName, SentMessage } from '../history/records.ts';
import { errorsOf } from './connection.ts';

/** Milliseconds after which a client takes a request for lost. */
const PATIENCE = 20_000;
/** Milliseconds in which a client repeats a message until it is acknowledged. */
const REPEATS = 120_000;

export interface Client {
  readonly url: string;
  readonly viewer: string;
  /** Null: a client without a credential. */
  readonly key: string | null;
  readonly recorder: Recorder;
}

interface Request {
  readonly name: OperationName;
  readonly subject: string;
  readonly clientMutationId?: string;
  readonly query: string;
  readonly variables: object;
}

interface Outcome {
  readonly result: SentMessage | null;
  readonly errors: readonly ClientError[];
}

const SENT = 'userMessage { id content } assistantMessage { id } generation { id }';
export const SEND = `mutation($input: SendMessageInput!) { sendMessage(input: $input) { ${SENT} } }`;

/** Null where no answer came. */
export async function ask(
  { url, viewer, key, recorder }: Client,
  { query, variables, ...asked }: Request,
): Promise<Outcome | null> {
  const operation = recorder.number();
  recorder.add({ kind: 'request', operation, viewer, ...asked });
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const { data, errors } = await response.json();
    const sent = data?.sendMessage;
    const outcome: Outcome = {
      result: sent
        ? {
            userMessageId: sent.userMessage.id,
            assistantMessageId: sent.assistantMessage.id,
            generationId: sent.generation.id,
          }
        : null,
      errors: errorsOf({ errors }),
    };
    recorder.add({ kind: 'response', operation, ...outcome, body: JSON.stringify(data ?? errors) });
    return outcome;
  } catch {
    recorder.add({ kind: 'no-response', operation });
    return null;
  }
}

/** Sends a message, again and again under one clientMutationId, until it is acknowledged. Null where it never was. */
export async function send(client: Client, content: string, clientMutationId: string): Promise<SentMessage | null> {
  const until = performance.now() + REPEATS;
  while (performance.now() < until) {
    const outcome = await ask(client, {
      ...{ name: 'send', subject: content, clientMutationId },
      ...{ query: SEND, variables: { input: { content, clientMutationId } } },
    });
    if (outcome?.result) return outcome.result;
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));
  }
  return null;
}
