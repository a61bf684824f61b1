import { sentences } from '../../src/core/text/sentences.ts';

/** A text made incoherent: cut off, with a sentence said again and again, with words said twice, or with half of it repeated. */
export function spoiled(text: string, way: number): string {
  const said = sentences(text).map(({ start, end }) => text.slice(start, end));
  const ways = [
    () => text.slice(0, Math.ceil(text.length * 0.6)).replace(/[\s.。!！?？]+$/u, ''),
    () => [...said, ...said.slice(0, 2), ...said.slice(0, 2)].join(' '),
    () => text.replace(/(\S{2,6})(?=\s|$)/gu, (word, _match, at: number) => (at % 3 === 0 ? `${word} ${word}` : word)),
    () => `${text}\n${text.slice(0, Math.ceil(text.length / 2))}`,
    () => `${text.slice(0, Math.ceil(text.length / 2))} ((\ufffd\ufffd [ ${text.slice(0, 20)}`,
  ];
  return (ways[way % ways.length] as () => string)();
}
