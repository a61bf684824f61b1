import { expect, test } from 'vitest';
import { warmUp } from './warm-up.ts';

test('what fails is passed over, and the others are loaded in order', async () => {
  const loaded: string[] = [];
  const part = (name: string) => ({ name, warm: async () => void loaded.push(name) });
  const failing = {
    name: 'failing',
    warm() {
      throw new Error('no model');
    },
  };
  await warmUp([part('a'), failing, part('b')], { signal: new AbortController().signal });
  expect(loaded).toEqual(['a', 'b']);
});

test('a server that stops loads nothing more', async () => {
  const stopping = new AbortController();
  const loaded: string[] = [];
  const first = {
    name: 'first',
    warm() {
      loaded.push('first');
      stopping.abort();
      return new Promise(() => undefined);
    },
  };
  await warmUp([first, { name: 'second', warm: () => loaded.push('second') }], { signal: stopping.signal });
  expect(loaded).toEqual(['first']);
});
