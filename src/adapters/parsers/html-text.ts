import type { AnyNode } from 'domhandler';

export const SKIPPED = new Set(
  'script style noscript template head svg math iframe object embed canvas audio video select button input textarea'.split(
    ' ',
  ),
);
export const BLOCKS = new Set(
  'address article aside body center dd details dialog div dl dt fieldset figcaption figure footer form header hgroup html li main nav ol p section summary ul'.split(
    ' ',
  ),
);

/** All text under a node, its white space as it stands, its paragraphs and items in lines. Not recursive: markup may nest without end. */
export function plainText(root: AnyNode): string {
  let text = '';
  const rest: AnyNode[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (node.type === 'text') text += node.data;
    else if ('children' in node && !('name' in node && SKIPPED.has(node.name))) {
      if ('name' in node && (node.name === 'br' || (BLOCKS.has(node.name) && /\S/.test(text.at(-1) ?? ''))))
        text += '\n';
      for (let index = node.children.length - 1; index >= 0; index -= 1) rest.push(node.children[index] as AnyNode);
    }
  }
  return text;
}
