import { byId, element } from './elements.js';
import { words } from './words.js';

/** A finished answer with its marks: each citation's number stands where its words end; what no source bears out is underlined. */
export function renderWithCitations(container, text, citations, unsupported = []) {
  container.replaceChildren();
  let position = 0;
  const ordered = [...citations].sort((a, b) => a.answerEnd - b.answerEnd || a.answerStart - b.answerStart);
  const until = (end) => {
    container.append(...pieces(text, position, end, unsupported));
    position = Math.max(position, end);
  };
  for (const [index, citation] of ordered.entries()) {
    until(citation.answerEnd);
    container.append(mark(citation, index + 1));
  }
  until(text.length);
}

/** The text from one place to another, unsupported parts in elements of their own. */
function pieces(text, from, to, unsupported) {
  const parts = [];
  let position = from;
  for (const { start, end } of unsupported) {
    if (end <= position || start >= to) continue;
    const begin = Math.max(start, position);
    parts.push(text.slice(position, begin));
    position = Math.min(end, to);
    parts.push(
      element('span', { className: 'unsupported', title: words.unsupported, text: text.slice(begin, position) }),
    );
  }
  return [...parts, text.slice(position, to)].filter((part) => part !== '');
}

function mark(citation, number) {
  const label = `${words.citation} ${number}: ${citation.passage.document.title}`;
  return element('button', {
    type: 'button',
    className: 'cite',
    text: String(number),
    'aria-label': label,
    title: label,
    onClick: () => showSource(citation),
  });
}

/** The passage, with the quoted characters marked. Offsets count from the beginning of the document. */
function showSource({ passage, start, end }) {
  const quoted = element('mark', { text: passage.text.slice(start - passage.start, end - passage.start) });
  byId('source-title').textContent = passage.document.title;
  const { heading, page, duplicates } = passage;
  byId('source-heading').textContent = [heading, page && words.page(page), duplicates && words.duplicates(duplicates)]
    .filter(Boolean)
    .join(' · ');
  byId('source-text').replaceChildren(
    passage.text.slice(0, start - passage.start),
    quoted,
    passage.text.slice(end - passage.start),
  );
  byId('source').showModal();
  quoted.scrollIntoView({ block: 'center' });
}
