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

const isBlock = (node: AnyNode): boolean =>
  'name' in node && (BLOCKS.has(node.name) || /^(?:h[1-6]|tr|pre)$/.test(node.name));

/** All text under a node (the root may be a field of a form), its white space as it stands, its paragraphs and items in lines. Not recursive: markup may nest without end. */
export function plainText(root: AnyNode, isField = false): string {
  let text = '';
  const rest: (AnyNode | '\n')[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (node === '\n') text += /\S/.test(text.at(-1) ?? '') ? '\n' : '';
    else if (node.type === 'text') text += node.data;
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
