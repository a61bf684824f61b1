import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveCommands } from '../support/measure.ts';
import { ticker } from '../support/ticker.ts';

/** The least there can be over ws: the same frames as graphql-transport-ws, written by hand, a frame a token. */
const options = JSON.parse(process.argv[2] ?? '{}') as { streams: number; rate: number; seconds: number };
const tokens = ticker(options);
const server = createServer();
const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
sockets.on('connection', (socket) => {
  socket.on('message', async (data) => {
    const { type, id } = JSON.parse(String(data)) as { type: string; id: string };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type !== 'subscribe') return;
    let offset = 0;
    for await (const text of tokens.join()) {
      socket.send(
        JSON.stringify({
          id,
          type: 'next',
          payload: { data: { generation: { __typename: 'TextDelta', cursor: String(offset), text, offset } } },
        }),
      );
      offset += text.length;
    }
    socket.send(JSON.stringify({ id, type: 'complete' }));
  });
});
server.listen(0, '127.0.0.1', () =>
  serveCommands(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    begin: () => ({ ids: Array.from({ length: options.streams }, () => 'x') }),
    joined: () => tokens.joined(),
    start: () => tokens.start(),
  }),
);
