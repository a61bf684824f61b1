import { answerWriter } from './answer.js';
import { branchSwitch } from './branches.js';
import { renderWithCitations } from './citations.js';
import { attempt, byId, element, iconButton } from './elements.js';
import { request } from './graphql.js';
import { RATE } from './operations.js';
import { qualityOf } from './quality.js';
import { words } from './words.js';

/**
 * A message’s place in the list. `does` is what its buttons do: `edit(view, content)`, `regenerate(view)` and `select(id)`;
 * `siblings` are the ids of the branches at it.
 */
export function messageView(role, id, does, siblings) {
  const content = element('div', { className: 'content' });
  const item = element('li', { className: `message ${role.toLowerCase()}` }, content);
  return { item, content, id, does, siblings };
}

export function showQuestion(view, text) {
  view.content.textContent = text;
  const actions = element(
    'div',
    { className: 'actions' },
    iconButton('edit', words.edit, () => editInPlace(view, text)),
    ...branchSwitch(view),
  );
  view.item.replaceChildren(view.content, actions);
}

/** The answer’s text as it comes. */
export function beginAnswer(view) {
  view.item.classList.add('streaming');
  view.item.setAttribute('aria-busy', 'true');
  view.item.replaceChildren(view.content);
  view.content.replaceChildren();
  return answerWriter(view.content, scrollDown);
}

/** What is being read, until there is text. */
export function showReading(view, titles) {
  const text = titles.length > 0 ? `${words.reading} ${titles.join(', ')}…` : '';
  view.content.replaceChildren(element('span', { className: 'muted reading', text }));
}

export function showAnswer(view, { text, citations, failure, rating, report, reasoning }) {
  view.rating = rating;
  view.item.classList.remove('streaming');
  view.item.removeAttribute('aria-busy');
  renderWithCitations(view.content, text, citations, report?.unsupported ?? []);
  const told = failure ? [element('p', { className: 'error', text: failure })] : [];
  const judged = report ? [qualityOf(report)] : [];
  const thought = reasoning ? [reasoningOf(reasoning)] : [];
  const actions = view.id ? [answerActions(view, rating)] : [];
  view.item.replaceChildren(...thought, view.content, ...told, ...judged, ...actions);
  scrollDown();
}

/** What is told until there is text of the answer. */
export function showThinking(view) {
  view.content.replaceChildren(element('span', { className: 'muted reading', text: `${words.thinking}…` }));
}

const reasoningOf = (text) =>
  element(
    'details',
    { className: 'reasoning muted' },
    element('summary', { text: words.reasoning }),
    element('div', { className: 'content', text }),
  );

function answerActions(view, rating) {
  const rate = (value, name, label) => {
    const made = iconButton(name, label, () =>
      attempt(async () => {
        await request(RATE, { input: { messageId: view.id, rating: value } });
        view.rating = value;
        for (const other of made.parentElement.querySelectorAll('[aria-pressed]'))
          other.setAttribute('aria-pressed', String(other === made));
      }),
    );
    made.setAttribute('aria-pressed', String(rating === value));
    return made;
  };
  const again = iconButton('again', words.again, () => view.does.regenerate(view));
  const rates = [rate('UP', 'up', words.good), rate('DOWN', 'down', words.bad)];
  return element('div', { className: 'actions' }, ...rates, again, ...branchSwitch(view));
}

function editInPlace(view, text) {
  if (!view.id) return;
  const field = element('textarea', { 'aria-label': words.edit, rows: 3 });
  field.value = text;
  const back = () => showQuestion(view, text);
  const form = element(
    'form',
    { className: 'editing' },
    field,
    element(
      'div',
      { className: 'row end' },
      element('button', { type: 'button', className: 'quiet', text: words.cancel, onClick: back }),
      element('button', { type: 'submit', text: words.ask }),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim()) view.does.edit(view, field.value.trim());
  });
  view.item.replaceChildren(form);
  field.focus();
}

/** Stays at the end while the reader is there. */
export function scrollDown(always = false) {
  const list = byId('messages');
  if (always === true || list.scrollHeight - list.scrollTop - list.clientHeight < 160)
    list.scrollTop = list.scrollHeight;
}
