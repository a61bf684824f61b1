import { expect, test } from 'vitest';
import { fault, warn } from '#core/runtime/diagnostics.ts';
import { logging } from './logging.ts';

test('a line names the class of an error and of its cause, on one line whatever they say', () => {
  const lines: string[] = [];
  const { log, stop } = logging({ level: 'trace', also: { write: (line) => lines.push(line) } });
  const hostile = 'no\n{"level":"fatal","msg":"forged"}\r\n\u2028\u001b[31m';
  fault('server', hostile, new TypeError(hostile, { cause: new RangeError('out of range') }), { requestId: hostile });
  warn('plugin x', 'said', new Error('plain'));
  log.info({ err: 'a text' }, 'as it is');
  stop();
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
  const [first, second] = lines.map((line) => JSON.parse(line));
  expect(first).toMatchObject({ level: 'error', err: { type: 'TypeError', cause: { type: 'RangeError' } } });
  expect(first.err.stack).not.toContain('caused by');
  expect(second).toMatchObject({ level: 'warn', err: { type: 'Error', message: 'plain' } });
});
