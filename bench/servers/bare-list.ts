import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveCommands } from '../support/measure.ts';
import { someConversations } from '../support/stub-store.ts';

/** The least there can be: reads the body, builds the same objects, writes them as JSON. */
const conversations = someConversations(50);
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const { query } = JSON.parse(body) as { query: string };
    const edges = () =>
      conversations.map((node) => ({
        cursor: node.id,
        node: {
          id: Buffer.from(`Conversation:${node.id}`).toString('base64'),
          title: node.title,
          topic: node.topic,
          createdAt: node.createdAt,
          updatedAt: node.updatedAt,
        },
      }));
    const data = query.includes('conversations')
      ? { conversations: { edges: edges(), pageInfo: { hasNextPage: true, endCursor: 'x' } } }
      : { viewer: { id: 'v', subject: 'bench' } };
    const text = JSON.stringify({ data });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
});
server.listen(0, '127.0.0.1', () => serveCommands(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
