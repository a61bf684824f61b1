import { byId, element } from './elements.js';
import { words } from './words.js';

/** A finished answer with its marks: each citation's number stands where its words end. */
export function renderWithCitations(container, text, citations) {
  container.replaceChildren();
  let position = 0;
  const ordered = [...citations].sort((a, b) => a.answerEnd - b.answerEnd || a.answerStart - b.answerStart);
  for (const [index, citation] of ordered.entries()) {
    container.append(text.slice(position, citation.answerEnd), mark(citation, index + 1));
    position = Math.max(position, citation.answerEnd);
  }
  container.append(text.slice(position));
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
  byId('source-heading').textContent = passage.heading ?? '';
  byId('source-text').replaceChildren(
    passage.text.slice(0, start - passage.start),
    quoted,
    passage.text.slice(end - passage.start),
  );
  byId('source').showModal();
  quoted.scrollIntoView({ block: 'center' });
}
