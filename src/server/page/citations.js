import { button, byId } from './elements.js';
import { words } from './words.js';

/** A finished answer with its marks: each citation's number stands where its words end. */
export function renderWithCitations(container, text, citations) {
  container.replaceChildren();
  let position = 0;
  const ordered = citations
    .map((citation, index) => ({ citation, number: index + 1 }))
    .sort((a, b) => a.citation.answerEnd - b.citation.answerEnd);
  for (const { citation, number } of ordered) {
    if (citation.answerEnd > position) container.append(text.slice(position, citation.answerEnd));
    position = Math.max(position, citation.answerEnd);
    const label = `${words.citation} ${number}: ${citation.passage.document.title}`;
    container.append(button(String(number), label, () => showSource(citation), 'cite'));
  }
  container.append(text.slice(position));
}

/** The passage, with the quoted characters marked. Offsets count from the beginning of the document. */
function showSource({ passage, start, end }) {
  byId('source-title').textContent = passage.document.title;
  byId('source-heading').textContent = passage.heading ?? '';
  const mark = document.createElement('mark');
  mark.textContent = passage.text.slice(start - passage.start, end - passage.start);
  byId('source-text').replaceChildren(
    passage.text.slice(0, start - passage.start),
    mark,
    passage.text.slice(end - passage.start),
  );
  byId('source').showModal();
  mark.scrollIntoView({ block: 'center' });
}
