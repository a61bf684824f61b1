import Fastify from 'fastify';
import mercurius from 'mercurius';
import { serveCommands } from '../support/measure.ts';
import { someConversations } from '../support/stub-store.ts';

const conversations = someConversations(50);
const schema = `scalar DateTime
  type Query { viewer: Viewer! conversations(first: Int): ConversationConnection! }
  type Viewer { id: ID! subject: String! }
  type Conversation { id: ID! title: String! topic: String createdAt: DateTime! updatedAt: DateTime! }
  type ConversationEdge { cursor: String! node: Conversation! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type ConversationConnection { edges: [ConversationEdge!]! pageInfo: PageInfo! }`;
const resolvers = {
  Query: {
    viewer: () => ({ id: 'v', subject: 'bench' }),
    conversations: async () => ({
      edges: conversations.map((node) => ({ node, cursor: node.id })),
      pageInfo: { hasNextPage: true, endCursor: 'x' },
    }),
  },
  Conversation: {
    id: ({ id }: { id: string }) => Buffer.from(`Conversation:${id}`).toString('base64'),
    createdAt: ({ createdAt }: { createdAt: Date }) => createdAt.toISOString(),
    updatedAt: ({ updatedAt }: { updatedAt: Date }) => updatedAt.toISOString(),
  },
};
const app = Fastify();
app.register(mercurius, { schema, resolvers, jit: 1, graphiql: false });
serveCommands(await app.listen({ port: 0, host: '127.0.0.1' }));
