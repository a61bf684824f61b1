import { askText, confirmed } from './dialogs.js';
import { attempt, byId, element, iconButton } from './elements.js';
import { request } from './graphql.js';
import { pages } from './list.js';
import { CONVERSATIONS, DELETE_CONVERSATION, RENAME } from './operations.js';
import { words } from './words.js';

/** The open conversation; null for one that is yet to begin. */
export const state = { conversationId: null };

/** `open` is called with the id of the one that was chosen, or null. */
export function listConversations(open) {
  return pages(
    byId('conversations'),
    (node) => item(node, open),
    async (after) => {
      return (await request(CONVERSATIONS, { after })).conversations;
    },
  );
}

function item({ id, title }, open) {
  const name = element('button', { className: 'name', text: title, title, type: 'button', onClick: () => open(id) });
  if (id === state.conversationId) name.setAttribute('aria-current', 'true');
  return element(
    'li',
    {},
    name,
    iconButton('edit', `${words.rename}: ${title}`, () => attempt(rename(id, title, open))),
    iconButton('remove', `${words.remove}: ${title}`, () => attempt(remove(id, title, open))),
  );
}

async function rename(id, title, open) {
  const given = await askText(words.newTitle, title, words.rename);
  if (given === null) return;
  await request(RENAME, { id, title: given });
  await listConversations(open);
}

async function remove(id, title, open) {
  if (!(await confirmed(`${words.confirmRemove} ${title}`, words.remove))) return;
  await request(DELETE_CONVERSATION, { id });
  if (id === state.conversationId) await open(null);
  else await listConversations(open);
}
