/** Begins and flushes turns without end, and tells of each that was acknowledged: to be killed by a test. */
import { openStore } from '../../src/adapters/postgres/index.ts';
import { finish, open, send, someone } from './turns.ts';

const dataDirectory = process.argv[2] ?? '';
const store = await openStore({ poolSize: 1, dataDirectory });
const viewer = await someone(store);
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
tell({ viewer });
const first = await open(store, viewer, 'first');
tell({ message: first.userMessage.id, content: 'first' });
for (let number = 0; ; number += 1) {
  const turn = await send(store, viewer, first.conversation.id, `question ${number}`);
  tell({ message: turn.userMessage.id, content: `question ${number}` });
  const content = `so far ${number} ${'x'.repeat(number % 5_000)}`;
  const text = { generationId: turn.generation.id, epoch: 1, content };
  await store.generations.flush('owner', 60_000, [text]);
  tell({ message: turn.assistantMessage.id, content });
  if (number % 2 === 0) await finish(store, turn, { content });
}
