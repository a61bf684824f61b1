/** The plugin `retrieval` as a process of its own: `npm run service -- hybrid-retriever`. It searches; the platform ingests. */
import { retrievalOptions } from '../../src/app/retrieval-parts.ts';
import { retrievalPlugin } from '../../src/plugins/retrieval/index.ts';
import type { ServiceDefinition } from '../host/definition.ts';
import { schema } from './schema.ts';

export default {
  name: 'hybrid-retriever',
  // The platform tells a client that a document can be found: so it must be found here.
  plugin: async (settings) => retrievalPlugin({ ...(await retrievalOptions(settings)), catchUpFirst: true }),
  schema,
  readsDocuments: true,
} satisfies ServiceDefinition;
