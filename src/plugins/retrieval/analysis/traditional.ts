import characters from './traditional-characters.js';

/** Maps a UTF-16 code unit to its simplified form; 0 for unchanged. Rare characters of two units stay unchanged. */
const SIMPLIFIED = new Uint16Array(0x1_0000);
for (const pair of characters.split('|')) {
  const [traditional = '', simple = ''] = pair.split(' ');
  if (traditional.length === 1 && simple.length === 1) SIMPLIFIED[traditional.charCodeAt(0)] = simple.charCodeAt(0);
}
// Maps a chain (薴 苧 苎) to its end, so that the mapping is idempotent.
for (let traditional = 0; traditional < SIMPLIFIED.length; traditional += 1) {
  const simple = SIMPLIFIED[traditional] as number;
  SIMPLIFIED[traditional] = SIMPLIFIED[simple] || simple;
}

/**
 * Character by character, for comparing alone: 乾 (dry) and 干 (to do) become one, which a reader would not want to see. As long as
 * before. Most texts are simplified already and come back as they are.
 */
export function simplified(text: string): string {
  for (let place = 0; place < text.length; place += 1)
    if (SIMPLIFIED[text.charCodeAt(place)] !== 0) return text.slice(0, place) + converted(text.slice(place));
  return text;
}

const converted = (text: string): string =>
  text.replace(/[\u3400-\u9fff\uf900-\ufaff]/g, (character) => {
    const simple = SIMPLIFIED[character.charCodeAt(0)];
    return simple ? String.fromCharCode(simple) : character;
  });
