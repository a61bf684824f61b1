import { connect } from 'node:net';
import { OPERATOR_KEY } from '../../support/app.ts';
import type { Client } from '../../support/client.ts';

/** The lines of a raw request that say who asks, and that it wants a WebSocket. */
export const AUTHORIZATION = `authorization: Bearer ${OPERATOR_KEY}\r\n`;
export const WEBSOCKET =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** A subscription that writes. */
export const CHAT = 'subscription { chat(input: { content: "Hi" }) { cursor } }';

const authorization = `Bearer ${OPERATOR_KEY}`;

/** As the operator, with a body and headers as they are. */
export const post = (url: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body,
  });
export const get = (url: string, parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql?${new URLSearchParams(parameters)}`, { headers: { authorization, ...headers } });

export const errorCode = async (response: Response) => (await response.json()).errors[0].extensions.code;

export const countConversations = async (of: Client) =>
  (await of.request('{ conversations { edges { node { messages { edges { node { id } } } } } } }')).data.conversations
    .edges.length;

/** A socket's answer to these bytes, until it closes or is silent after its first byte. A busy machine may be slow. */
export function answerTo(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    let silent = setTimeout(() => socket.destroy(), 10_000);
    socket.on('data', (data) => {
      answer += data;
      clearTimeout(silent);
      silent = setTimeout(() => socket.destroy(), 300);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(silent);
      resolve(answer);
    });
    socket.write(text);
  });
}
