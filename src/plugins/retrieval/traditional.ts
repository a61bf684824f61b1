import characters from 'opencc-js/dict/TSCharacters';

const SIMPLIFIED = new Map(characters.split('|').map((pair) => pair.split(' ') as [string, string]));

/** Character by character, for comparing alone: 乾 (dry) and 干 (to do) become one, which a reader would not want to see. */
export function simplified(run: string): string {
  let text = '';
  for (const character of run) text += SIMPLIFIED.get(character) ?? character;
  return text;
}
