/** The plugin `quality` as a process of its own: `npm run service -- quality-evaluator`. */
import { qualityPlugin } from '../../src/plugins/quality/index.ts';
import type { ServiceDefinition } from '../host/definition.ts';
import { schema } from './schema.ts';

export default {
  name: 'quality-evaluator',
  plugin: () => qualityPlugin(),
  schema,
  readsDocuments: false,
  // The judge's thread and the encoder are loaded by the first answer.
  warmUp: (driver, run) =>
    driver.assess(
      { query: 'Why?', response: 'It rains.', context: ['Rain falls.'], expected: null, history: [], turn: null },
      run,
    ),
} satisfies ServiceDefinition;
