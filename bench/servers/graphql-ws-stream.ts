import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { serveCommands } from '../support/measure.ts';
import { ticker } from '../support/ticker.ts';

/** graphql-ws over graphql-js as its own documentation has it: an event a token. */
const options = JSON.parse(process.argv[2] ?? '{}') as { streams: number; rate: number; seconds: number };
const tokens = ticker(options);
const schema = buildSchema(
  'type Query { a: Int } type TextDelta { cursor: String! text: String! offset: Int! } type Subscription { generation(id: ID!): TextDelta! }',
);
const server = createServer();
useServer(
  {
    schema,
    roots: {
      subscription: {
        async *generation() {
          let offset = 0;
          for await (const text of tokens.join()) {
            yield { generation: { cursor: String(offset), text, offset } };
            offset += text.length;
          }
        },
      },
    },
  },
  new WebSocketServer({ server, path: '/graphql' }),
);
server.listen(0, '127.0.0.1', () =>
  serveCommands(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    begin: () => ({ ids: Array.from({ length: options.streams }, () => 'x') }),
    joined: () => tokens.joined(),
    start: () => tokens.start(),
  }),
);
