import { element } from './elements.js';
import { words } from './words.js';

const DIMENSIONS = ['relevance', 'groundedness', 'completeness', 'coherence', 'safety'];
const percent = (score) => `${Math.round(100 * score)} %`;

/** How an answer was judged: the overall score; opened, each dimension and what would make it better. */
export function qualityOf(report) {
  const dimensions = DIMENSIONS.filter((name) => report[name] !== null).map(
    (name) => `${words.dimensions[name]} ${percent(report[name])}`,
  );
  return element(
    'details',
    { className: 'quality' },
    element('summary', { className: 'score', text: `${words.quality} ${percent(report.overall)}` }),
    element('p', { className: 'dimensions', text: dimensions.join(' · ') }),
    ...(report.suggestions.length > 0
      ? [element('ul', { className: 'advice' }, ...report.suggestions.map((text) => element('li', { text })))]
      : []),
  );
}
