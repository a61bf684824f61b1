import { button, byId, element } from './elements.js';
import { request } from './graphql.js';
import { words } from './words.js';

/** The open conversation; null for one that is yet to begin. */
export const state = { conversationId: null };

export async function listConversations(open) {
  const { conversations } = await request('{ conversations(first: 50) { edges { node { id title } } } }');
  byId('conversations').replaceChildren(...conversations.edges.map(({ node }) => item(node, open)));
}

function item({ id, title }, open) {
  const made = element(
    'li',
    { 'aria-current': String(id === state.conversationId) },
    element('button', { className: 'name', text: title, type: 'button', onClick: () => open(id) }),
    button('✎', `${words.rename}: ${title}`, () => rename(id, title, open), 'act'),
    button('✕', `${words.remove}: ${title}`, () => remove(id, open), 'act'),
  );
  return made;
}

async function rename(id, title, open) {
  const given = prompt(words.newTitle, title);
  if (!given?.trim()) return;
  await request('mutation($id: ID!, $title: String!) { renameConversation(id: $id, title: $title) { id } }', {
    id,
    title: given,
  });
  await listConversations(open);
}

async function remove(id, open) {
  if (!confirm(words.confirmRemove)) return;
  await request('mutation($id: ID!) { deleteConversation(id: $id) { id } }', { id });
  if (id === state.conversationId) await open(null);
  else await listConversations(open);
}
