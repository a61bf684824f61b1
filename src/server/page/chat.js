import { idsOf } from './branches.js';
import { state } from './conversations.js';
import { attempt, byId, element, newId, say } from './elements.js';
import { request } from './graphql.js';
import {
  beginAnswer,
  messageView,
  scrollDown,
  showAnswer,
  showQuestion,
  showReading,
  showThinking,
} from './message.js';
import { CANCEL, CHAT, EDIT, MESSAGES, NEWEST, REGENERATE, SELECT } from './operations.js';
import { generationEvents, TERMINAL } from './stream.js';
import { told, words } from './words.js';

/** The answer that is being read: { reading: AbortController, id of its generation, stopWanted }. */
let current = null;
/** Answers that are complete, and whose evaluations are waited for. */
let judged = new AbortController();
let changed = () => undefined;
/** An item of the list -> the view of its message. */
const shown = new WeakMap();
/** What is done when a conversation begins or has moved on. */
export const onChanged = (callback) => {
  changed = callback;
};

/** Shows a conversation as it is stored, and goes on with an answer that is still under way. Answers false where there is none. */
export async function showMessages(conversationId) {
  leave();
  judged.abort();
  judged = new AbortController();
  byId('messages').replaceChildren();
  if (!conversationId) return true;
  const found = await showPage(conversationId, null);
  if (found) scrollDown(true);
  return found;
}

/** Shows what the conversation has become elsewhere, if its last message is another one. */
export async function catchUp() {
  const { conversationId: id } = state;
  if (!id || current) return;
  const { conversation } = await request(NEWEST, { id });
  const newest = conversation?.messages.edges[0]?.node.id;
  const item = byId('messages').lastElementChild;
  if (!newest || current || state.conversationId !== id || newest === shown.get(item)?.id) return;
  if (byId('messages').querySelector('.editing')) return; // what is being written is not lost
  await showMessages(id);
  changed();
}

/** Reads nothing further here; the generation goes on. */
function leave() {
  current?.reading.abort();
  current = null;
  showButtons();
}

async function showPage(id, before) {
  const { conversation } = await request(MESSAGES, { id, before });
  if (!conversation || state.conversationId !== id) return Boolean(conversation);
  const { edges, pageInfo } = conversation.messages;
  const items = edges.map(({ node }) => stored(node).item);
  if (pageInfo.hasPreviousPage) items.unshift(earlier(id, pageInfo.startCursor));
  byId('messages').prepend(...items);
  return true;
}

function newView(role, id, siblings) {
  const view = messageView(role, id, DOES, siblings);
  shown.set(view.item, view);
  return view;
}

function earlier(id, before) {
  const more = element('button', { type: 'button', className: 'quiet', text: words.earlier });
  const item = element('li', { className: 'earlier' }, more);
  more.addEventListener('click', () => attempt(showPage(id, before).then(() => item.remove())));
  return item;
}

function stored({ id, role, content, reasoning, status, siblings, generation, citations, feedback, evaluation }) {
  const view = newView(role, id, idsOf(siblings));
  if (role !== 'ASSISTANT') showQuestion(view, content);
  else if (status === 'PENDING' || status === 'STREAMING') attempt(follow({ generationId: generation.id }, view));
  else {
    const failure = status === 'CANCELLED' ? words.cancelled : (failureOf(generation?.error) ?? cutOff(generation));
    const [rating, report] = [feedback?.rating, evaluation?.report];
    showAnswer(view, { text: content, reasoning, citations, failure, rating, report });
  }
  return view;
}
const failureOf = (error) => error && told(error);
/** Why a complete answer is not whole. */
const cutOff = (generation) => words.finishReasons[generation?.finishReason];

/** Rejects where the turn was refused before it began; then nothing of it is shown. */
export async function send(content) {
  const question = newView('USER');
  const answer = newView('ASSISTANT');
  showQuestion(question, content);
  byId('messages').append(question.item, answer.item);
  scrollDown(true);
  const conversation = state.conversationId ? { conversationId: state.conversationId } : {};
  const input = { content, clientMutationId: newId(), ...conversation };
  try {
    await follow({ begin: { query: CHAT, variables: { input } } }, answer, question);
  } catch (error) {
    if (answer.id) return; // it tells so itself
    for (const { item } of [question, answer]) item.remove();
    throw error;
  }
}

/** Ends the answer that is being read; where it has not even begun, as soon as it has. */
export async function cancel() {
  if (!current) return;
  if (current.id) await request(CANCEL, { id: current.id });
  else current.stopWanted = true;
}

/** Reads a generation to its end into a message's view. */
async function follow(what, view, question) {
  leave();
  const reading = new AbortController();
  const mine = { reading, id: what.generationId, stopWanted: false };
  current = mine;
  showButtons();
  const writer = beginAnswer(view);
  const citations = [];
  let answer = {};
  let reasoning = '';
  const end = (text, failure) => {
    writer.end();
    answer = { text, reasoning, citations, failure };
    showAnswer(view, answer);
  };
  const take = {
    GenerationStarted(event) {
      mine.id = event.generationId;
      view.id = event.assistantMessageId;
      if (question) question.id = event.userMessageId;
      state.conversationId = event.conversationId;
      changed();
      if (mine.stopWanted) attempt(cancel());
    },
    PassagesRetrieved({ passages }) {
      if (writer.isEmpty()) showReading(view, [...new Set(passages.map(({ document }) => document.title))]);
    },
    ReasoningDelta({ text, offset }) {
      reasoning = reasoning.slice(0, offset) + text;
      if (writer.isEmpty()) showThinking(view);
    },
    TextDelta: ({ text, offset }) => writer.write(text, offset),
    TextSnapshot: ({ text }) => writer.replace(text),
    CitationAdded: ({ citation }) => citations.push(citation),
    GenerationCompleted: ({ message }) => end(message.content, cutOff(message.generation)),
    GenerationCancelled: ({ message }) => end(message.content, words.cancelled),
    GenerationFailed: ({ error }) => end(writer.end(), failureOf(error)),
  };
  const states = { onLost: () => say(words.lost), onFound: () => say('') };
  const signal = AbortSignal.any([reading.signal, judged.signal]);
  const events = generationEvents({ ...what, signal, ...states });
  try {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      take[next.value.__typename]?.(next.value);
      if (!TERMINAL.has(next.value.__typename)) continue;
      // The reader goes on; what comes now is told beside the answer.
      void afterwards(events, view, answer).catch(() => undefined);
      break;
    }
  } catch (error) {
    end(writer.end(), error.message);
    throw error;
  } finally {
    writer.end();
    if (current === mine) {
      current = null;
      showButtons();
    }
    if (!signal.aborted) say('');
  }
}

/** Shows how the answer was judged; an answer that was tried again is shown with the better one active. */
async function afterwards(events, view, answer) {
  const { conversationId } = state;
  for await (const event of events) {
    if (event.__typename === 'EvaluationAdded' && !view.item.classList.contains('streaming'))
      showAnswer(view, { ...answer, rating: view.rating, report: event.evaluation.report });
    if (event.__typename !== 'AnswerRevised') continue;
    const again = generationEvents({
      generationId: event.generation.id,
      signal: judged.signal,
      onLost: () => undefined,
      onFound: () => undefined,
    });
    for await (const _ of again);
    if (!current && state.conversationId === conversationId) await showMessages(conversationId);
    return;
  }
}

function showButtons() {
  const isPressed = [byId('stop'), byId('send')].includes(document.activeElement);
  byId('stop').hidden = !current;
  byId('send').hidden = Boolean(current);
  if (isPressed) byId('content').focus(); // a button that is hidden loses the focus to nothing
}

/** Takes away what follows a message: it belongs to the branch that is left. */
function removeAfter(item) {
  while (item.nextElementSibling) item.nextElementSibling.remove();
}

const DOES = {
  select: (id) =>
    attempt(async () => {
      await request(SELECT, { id });
      await showMessages(state.conversationId);
    }),
  regenerate: (view) =>
    attempt(async () => {
      const input = { messageId: view.id, clientMutationId: newId() };
      const { generation, assistantMessage } = (await request(REGENERATE, { input })).regenerateMessage;
      removeAfter(view.item);
      view.id = assistantMessage.id;
      view.siblings = idsOf(assistantMessage.siblings);
      await follow({ generationId: generation.id }, view);
    }),
  edit: (view, content) =>
    attempt(async () => {
      const input = { messageId: view.id, content, clientMutationId: newId() };
      const { generation, userMessage, assistantMessage } = (await request(EDIT, { input })).editMessage;
      removeAfter(view.item);
      view.id = userMessage.id;
      view.siblings = idsOf(userMessage.siblings);
      showQuestion(view, content);
      const answer = newView('ASSISTANT', assistantMessage.id);
      byId('messages').append(answer.item);
      await follow({ generationId: generation.id }, answer);
    }),
};
