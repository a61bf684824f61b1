import type { AnyNode } from 'domhandler';

export const SKIPPED = new Set(
  'script style noscript template head iframe object embed canvas audio video select input textarea annotation annotation-xml'.split(
    ' ',
  ),
);
export const BLOCKS = new Set(
  'address article aside body center dd details dialog div dl dt fieldset figcaption figure footer form header hgroup html li main nav ol p section summary ul'.split(
    ' ',
  ),
);

/** Elements within a line that a page often sets apart by its style alone, without white space in its markup. */
const SET_APART = new Set('span a label time data small strong b output button'.split(' '));

/** True if this element follows another one closely, and both may be set apart. */
export const followsClosely = (node: AnyNode): boolean => {
  const { prev } = node;
  return 'name' in node && SET_APART.has(node.name) && prev !== null && 'name' in prev && SET_APART.has(prev.name);
};

/** True if two texts of elements that follow each other closely are words of their own: `Coffee` and `3.20`, `Day` and `Hours`. */
export const areWords = (former: string, next: string): boolean =>
  /[\p{Ll}\p{Lo}][\p{Lu}\p{N}\p{Sc}]$|[\p{Lu}\p{N})][\p{Sc}☐☒]$|[\p{Ll}\p{Lo}][☐☒]$/u.test(
    `${former.slice(-1)}${String.fromCodePoint(next.codePointAt(0) ?? 0x20)}`,
  );

/** A raised number: an exponent, or the number of a note, which would run into the word before it. */
export function raised(text: string, before: string): string {
  const number = text.trim();
  if (!/^[-+−–]?\d{1,4}$/.test(number)) return text;
  if (/[\p{N})\]]$/u.test(before)) return `^${number}`;
  return /^\d/.test(number) && /(?:\p{L}{4}|[.,;:!?。，；：！？”"»])$/u.test(before) ? ` [${number}]` : number;
}

const isBlock = (node: AnyNode): boolean =>
  'name' in node && (BLOCKS.has(node.name) || /^(?:h[1-6]|tr|pre)$/.test(node.name));

/** All text under a node (the root may be a field of a form), its white space as it stands, its paragraphs and items in lines. Not recursive: markup may nest without end. */
export function plainText(root: AnyNode, isField = false): string {
  let text = '';
  const rest: (AnyNode | '\n')[] = [root];
  let isClose = false;
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (node !== '\n' && node !== root) isClose ||= followsClosely(node);
    if (node === '\n') text += /\S/.test(text.at(-1) ?? '') ? '\n' : '';
    else if (node.type === 'text') {
      text += isClose && areWords(text.slice(-1), node.data) ? ` ${node.data}` : node.data;
      isClose &&= node.data === '';
    } else if ('name' in node && node.name === 'sup' && node !== root) text += raised(plainText(node), text.slice(-4));
    else if ('children' in node && ((isField && node === root) || !('name' in node && SKIPPED.has(node.name)))) {
      if ('name' in node && node.name === 'br') text += '\n';
      // The cells of a table within a cell.
      if ('name' in node && /^t[dh]$/.test(node.name) && node !== root && /\S/.test(text.at(-1) ?? '')) text += ' ';
      const apart = isBlock(node) && node !== root;
      if (apart) {
        rest.push('\n');
        text += /\S/.test(text.at(-1) ?? '') ? '\n' : '';
      }
      for (let index = node.children.length - 1; index >= 0; index -= 1) rest.push(node.children[index] as AnyNode);
    }
  }
  return text;
}
