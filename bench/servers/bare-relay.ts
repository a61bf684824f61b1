import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveCommands } from '../support/measure.ts';

/** The least that there is to do: the provider is read with fetch, split at blank lines, and each token written to bare ws. */
const { provider } = JSON.parse(process.argv[2] ?? '{}') as { provider: string };
const server = createServer();
const sockets = new WebSocketServer({ server });
sockets.on('connection', async (socket) => {
  const response = await fetch(`${provider}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const decoder = new TextDecoder();
  let rest = '';
  let offset = 0;
  for await (const bytes of response.body ?? []) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      if (event === 'data: [DONE]') continue;
      const text: unknown = JSON.parse(event.slice('data: '.length)).choices[0]?.delta.content;
      if (typeof text !== 'string' || text === '') continue;
      socket.send(JSON.stringify({ type: 'next', payload: { text, offset } }));
      offset += text.length;
    }
  }
  socket.close();
});
server.listen(0, '127.0.0.1', () => serveCommands(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
