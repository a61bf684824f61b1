import characters from './traditional-characters.js';

/** Maps a UTF-16 code unit to its simplified form; 0 for unchanged. Rare characters of two units stay unchanged. */
type Table = Uint16Array;
let made: Table | undefined;

function makeTable(): Table {
  const table = new Uint16Array(0x1_0000);
  for (const pair of characters.split('|')) {
    const [traditional = '', simple = ''] = pair.split(' ');
    if (traditional.length === 1 && simple.length === 1) table[traditional.charCodeAt(0)] = simple.charCodeAt(0);
  }
  // Maps a chain (薴 苧 苎) to its end, so that the mapping is idempotent.
  for (let traditional = 0; traditional < table.length; traditional += 1) {
    const simple = table[traditional] as number;
    table[traditional] = table[simple] || simple;
  }
  return table;
}

/**
 * Character by character, for comparing alone: 乾 (dry) and 干 (to do) become one, which a reader would not want to see. As long as
 * before. Most texts are simplified already and come back as they are.
 */
export function simplified(text: string): string {
  made ??= makeTable();
  for (let place = 0; place < text.length; place += 1)
    if (made[text.charCodeAt(place)] !== 0) return text.slice(0, place) + converted(text.slice(place), made);
  return text;
}

const converted = (text: string, table: Table): string =>
  text.replace(/[\u3400-\u9fff\uf900-\ufaff]/g, (character) => {
    const simple = table[character.charCodeAt(0)];
    return simple ? String.fromCharCode(simple) : character;
  });
