import { attempt, element } from './elements.js';
import { words } from './words.js';

/**
 * Fills a list with its first page, and with the next ones as they are asked for. `load` takes a cursor (or null) and answers
 * with a connection. Answers with the first page's nodes.
 */
export async function pages(list, item, load) {
  const first = await load(null);
  list.replaceChildren();
  show(list, item, load, first);
  return first.edges.map(({ node }) => node);
}

function show(list, item, load, { edges, pageInfo }) {
  list.append(...edges.map(({ node }) => item(node)));
  if (!pageInfo.hasNextPage) return;
  const more = element('button', { type: 'button', className: 'quiet', text: words.more });
  const last = element('li', {}, more);
  more.addEventListener('click', () =>
    attempt(async () => {
      const next = await load(pageInfo.endCursor);
      last.remove();
      show(list, item, load, next);
    }),
  );
  list.append(last);
}
