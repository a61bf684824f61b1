import { expect, test } from 'vitest';
import type { GenerationEvent } from '#core/events.ts';
import { randomInteger, seeded } from '../../../test/support/random.ts';
import { Log } from './log.ts';

const PIECES = ['a', '词', '😀', 'word ', 'a longer piece of text, ', ''];
/** One that is too long to stand in a block. */
const LONG = '长'.repeat(70_000);

/** Events in long runs of one kind, so that blocks of them are joined, and what the answer is after each. */
function written(seed: number) {
  const random = seeded(seed);
  const next = (below: number) => randomInteger(random, below);
  const log = new Log('g', 1, false);
  log.readers = 2;
  const events: GenerationEvent[] = [];
  const answers: string[] = [''];
  let [answer, reasoning] = ['', ''];
  const add = (event: GenerationEvent) => {
    log.add(event, events.length);
    events.push(event);
    answers.push(answer);
  };
  while (events.length < 600) {
    const kind = next(8);
    if (kind === 0)
      for (let left = next(3) === 0 ? 70 : 1; left > 0; left -= 1) {
        answer = PIECES[next(5)] ?? '';
        add({ type: 'text-snapshot', text: answer, attempt: 1 });
      }
    else if (kind === 1) reasoning = '';
    else
      for (let left = next(120); left > 0; left -= 1) {
        const text = next(150) === 0 ? LONG : (PIECES[next(6)] ?? '');
        if (kind < 6) {
          add({ type: 'text-delta', text, offset: answer.length });
          answer += text;
          answers[answers.length - 1] = answer;
        } else {
          add({ type: 'reasoning-delta', text, offset: reasoning.length });
          reasoning += text;
        }
      }
  }
  return { log, events, answers, next };
}

test('a log tells each event as it was added, also where a block of pieces is one string', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { log, events, next } = written(seed);
    expect(log.events(0, log.size)).toEqual(events);
    const from = next(log.size);
    expect(log.events(from, log.size)).toEqual(events.slice(from));
  }
});

test('deltas from any place to any other are one, and snapshots hold the text so far', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { log, events, answers, next } = written(seed);
    for (let look = 0; look < 60; look += 1) {
      const from = next(log.size - 1);
      let to = from + 1;
      while (to < log.runEnd(from) && next(40) > 0) to += 1;
      log.merged(0, 1, false); // readers side by side share the last one, which may be a snapshot
      const { event } = log.merged(from, to, false);
      const texts = events.slice(from, to).map((one) => ('text' in one ? one.text : ''));
      expect(event).toEqual({ ...events[from], text: texts.join('') });
      if (events[to - 1]?.type === 'text-delta')
        expect(log.merged(from, to, true).event).toMatchObject({ type: 'text-snapshot', text: answers[to] });
    }
  }
});

test('readers side by side share an event; of one reader nothing is kept', () => {
  const log = new Log('g', 1, false);
  for (const text of ['a', 'b', 'c']) log.add({ type: 'text-delta', text, offset: 0 }, 0);
  log.readers = 1;
  expect(log.merged(0, 3, false)).not.toBe(log.merged(0, 3, false));
  log.readers = 2;
  expect(log.merged(0, 3, false)).toBe(log.merged(0, 3, false));
});
