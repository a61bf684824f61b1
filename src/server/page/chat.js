import { renderWithCitations } from './citations.js';
import { state } from './conversations.js';
import { button, byId, element, say } from './elements.js';
import { request, stream } from './graphql.js';
import { words } from './words.js';

const CITATION = 'quote start end answerStart answerEnd support passage { text start end heading document { title } }';
const EVENT = `__typename cursor generationId
  ... on GenerationStarted { conversationId userMessageId assistantMessageId }
  ... on TextDelta { text offset } ... on TextSnapshot { text } ... on CitationAdded { citation { ${CITATION} } }
  ... on GenerationCompleted { message { id content } } ... on GenerationCancelled { message { id content } } ... on GenerationFailed { error { code message } }`;
const CHAT = `subscription($input: SendMessageInput!) { chat(input: $input) { ${EVENT} } }`;
const RESUME = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;
const MESSAGES = `query($id: ID!) { conversation(id: $id) { messages(last: 100) { edges { node {
  id role content status generation { id error { message } } feedback { rating } citations { ${CITATION} } } } } } }`;

let running = null;

/** Shows a conversation as it is stored, and goes on with an answer that is still under way. */
export async function showMessages(conversationId) {
  byId('messages').replaceChildren();
  if (!conversationId) return;
  const { conversation } = await request(MESSAGES, { id: conversationId });
  for (const { node } of conversation?.messages.edges ?? []) {
    const view = addMessage(node.role, node.content, node.id);
    if (node.role !== 'ASSISTANT') continue;
    if (node.status === 'PENDING' || node.status === 'STREAMING') void follow({ id: node.generation.id }, view);
    else finish(view, node.content, node.citations, node.generation?.error?.message, node.feedback?.rating);
  }
  scrollDown(true);
}

export async function send(content, changed) {
  addMessage('USER', content);
  const view = addMessage('ASSISTANT', '');
  scrollDown(true);
  const input = {
    content,
    clientMutationId: crypto.randomUUID(),
    ...(state.conversationId ? { conversationId: state.conversationId } : {}),
  };
  await follow({ query: CHAT, variables: { input } }, view, changed);
}

export async function cancel() {
  if (running) await request('mutation($id: ID!) { cancelGeneration(id: $id) { id } }', { id: running });
}

/** Reads a stream to its end into a message's view. */
async function follow(first, view, changed = () => undefined) {
  const citations = [];
  let text = '';
  const node = document.createTextNode('');
  view.content.replaceChildren(node);
  view.item.classList.add('streaming');
  setRunning(first.id ?? null);
  try {
    for await (const event of stream({
      first,
      resume: RESUME,
      field: 'chat',
      onLost: () => say(words.lost),
      onFound: () => say(''),
    })) {
      if (event.__typename === 'GenerationStarted') {
        setRunning(event.generationId);
        view.id = event.assistantMessageId;
        const begun = state.conversationId !== event.conversationId;
        state.conversationId = event.conversationId;
        view.item.previousElementSibling?.setAttribute('data-id', event.userMessageId);
        if (begun) changed();
      } else if (event.__typename === 'TextDelta') {
        text = text.slice(0, event.offset) + event.text;
        node.appendData(event.text);
        scrollDown();
      } else if (event.__typename === 'TextSnapshot') {
        text = event.text;
        node.data = text;
      } else if (event.__typename === 'CitationAdded') citations.push(event.citation);
      else if (event.__typename === 'GenerationFailed') finish(view, text, citations, event.error.message);
      else if (event.__typename === 'GenerationCancelled')
        finish(view, event.message.content, citations, words.cancelled);
      else if (event.__typename === 'GenerationCompleted') finish(view, event.message.content, citations);
    }
  } catch (error) {
    finish(view, text, citations, error.message || words.failed);
  } finally {
    say('');
    setRunning(null, true);
  }
}

function setRunning(id, over = false) {
  running = id;
  byId('stop').hidden = over;
  byId('send').hidden = !over;
}

function addMessage(role, text, id) {
  const content = element('div', { className: 'content', text });
  const item = element(
    'li',
    { className: `message ${role.toLowerCase()}`, 'data-role': role, ...(id ? { 'data-id': id } : {}) },
    content,
  );
  if (role === 'USER')
    item.append(
      element(
        'div',
        { className: 'actions' },
        button('✎', words.edit, () => edit(item, content.textContent)),
      ),
    );
  byId('messages').append(item);
  return { item, content, id };
}

function finish(view, text, citations, failure, rating) {
  view.item.classList.remove('streaming');
  renderWithCitations(view.content, text, citations);
  if (failure) view.item.append(element('p', { className: 'error', text: failure }));
  view.item.append(actionsOf(view, rating));
  scrollDown();
}

function actionsOf(view, rating) {
  const rate = (value, symbol, label) => {
    const made = button(symbol, label, async () => {
      await request('mutation($input: RateMessageInput!) { rateMessage(input: $input) { rating } }', {
        input: { messageId: view.id, rating: value },
      });
      for (const other of made.parentElement.children) other.setAttribute('aria-pressed', String(other === made));
    });
    made.setAttribute('aria-pressed', String(rating === value));
    return made;
  };
  return element(
    'div',
    { className: 'actions' },
    rate('UP', '👍', words.good),
    rate('DOWN', '👎', words.bad),
    button('↻', words.again, () => regenerate(view)),
  );
}

async function regenerate(view) {
  const { regenerateMessage } = await request(
    'mutation($input: RegenerateMessageInput!) { regenerateMessage(input: $input) { generation { id } assistantMessage { id } } }',
    { input: { messageId: view.id } },
  );
  while (view.item.nextElementSibling) view.item.nextElementSibling.remove();
  view.item.remove();
  const { assistantMessage, generation } = regenerateMessage;
  await follow({ id: generation.id }, addMessage('ASSISTANT', '', assistantMessage.id));
}

async function edit(item, text) {
  const content = prompt(words.edit, text);
  if (!content?.trim() || !item.dataset.id) return;
  await request('mutation($input: EditMessageInput!) { editMessage(input: $input) { generation { id } } }', {
    input: { messageId: item.dataset.id, content },
  });
  await showMessages(state.conversationId);
}

/** Stays at the end while the reader is there. */
function scrollDown(always = false) {
  const list = byId('messages');
  if (always || list.scrollHeight - list.scrollTop - list.clientHeight < 160) list.scrollTop = list.scrollHeight;
}
