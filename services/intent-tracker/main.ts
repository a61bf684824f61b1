/** The plugin `intent` as a process of its own: `npm run service -- intent-tracker`. */
import { intentPlugin } from '../../src/plugins/intent/index.ts';
import type { ServiceDefinition } from '../host/definition.ts';
import { schema } from './schema.ts';

export default {
  name: 'intent-tracker',
  plugin: () => intentPlugin(),
  schema,
  readsDocuments: false,
} satisfies ServiceDefinition;
