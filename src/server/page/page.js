import { cancel, send, showMessages } from './chat.js';
import { listConversations, state } from './conversations.js';
import { listDocuments, setUpAdding } from './documents.js';
import { byId, say } from './elements.js';
import { onKeyNeeded, rememberKey } from './graphql.js';
import { label, words } from './words.js';

const complain = (error) => say(error.message || words.failed);
const attempt = (work) => Promise.resolve(work).catch(complain);

async function open(conversationId) {
  state.conversationId = conversationId;
  location.hash = conversationId ?? '';
  document.body.classList.remove('side-open');
  await Promise.all([showMessages(conversationId), listConversations(open)]);
  byId('content').focus();
}

function changed() {
  location.hash = state.conversationId;
  attempt(listConversations(open));
}

function setUpComposer() {
  const content = byId('content');
  content.placeholder = words.placeholder;
  byId('messages').dataset.empty = words.empty;
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = content.value.trim();
    if (!text || byId('send').hidden) return;
    content.value = '';
    attempt(send(text, changed));
  });
  content.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId('composer').requestSubmit();
  });
  byId('stop').addEventListener('click', () => attempt(cancel()));
}

/** One question at a time, however many requests want a key. */
let asking = null;
onKeyNeeded(() => {
  asking ??= new Promise((resolve) => {
    byId('key').showModal();
    byId('key-form').addEventListener('submit', () => resolve(rememberKey(byId('key-value').value)), { once: true });
  }).finally(() => {
    asking = null;
  });
  return asking;
});

label(document);
setUpComposer();
setUpAdding();
byId('new-conversation').addEventListener('click', () => attempt(open(null)));
byId('menu').addEventListener('click', () => {
  const isOpen = document.body.classList.toggle('side-open');
  byId('menu').setAttribute('aria-expanded', String(isOpen));
});
attempt(open(decodeURIComponent(location.hash.slice(1)) || null));
attempt(listDocuments());
