import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { libraryFailure, unreadable } from '../failures.ts';
import { firstHeading, realTitle } from '../titles.ts';
import { drawnIn } from './drawings.ts';
import { damaged, type Package, relationsOf, titleIn } from './package.ts';
import { shapesIn } from './pptx-shapes.ts';
import { attribute, readXml } from './xml-events.ts';

export const PPTX = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';

/** The slides of a presentation in their order, each with its title as a heading, its texts, tables and notes. A slide is a page. */
export function parsePptx(parts: Package): ParsedDocument {
  try {
    const slides = slidesIn(parts);
    if (slides.length === 0) throw unreadable('The PowerPoint file has no slides');
    const footers = new Set<string>();
    let text = '';
    const pages: number[] = [];
    for (const slide of slides) {
      const shown = slideText(parts, slide, footers);
      if (text !== '' && shown !== '') text += '\n\n';
      pages.push(text.length);
      text += shown;
    }
    return { text, mediaType: PPTX, title: realTitle(titleIn(parts)) ?? firstHeading(text), pages };
  } catch (error) {
    throw libraryFailure(error, damaged('PowerPoint').message);
  }
}

function slidesIn(parts: Package): string[] {
  const targets = new Map(relationsOf(parts, 'ppt/presentation.xml').map(({ id, target }) => [id, target]));
  const slides: string[] = [];
  readXml(parts.pieces('ppt/presentation.xml'), {
    open(name, attributes) {
      if (name !== 'sldId') return;
      // Its own id has no prefix; what it refers to has one.
      const id = Object.entries(attributes).find(([key]) => /:id$/.test(key))?.[1] ?? attribute(attributes, 'id') ?? '';
      const slide = targets.get(id);
      if (slide && parts.has(slide)) slides.push(slide);
    },
  });
  return slides;
}

function slideText(parts: Package, slide: string, footers: Set<string>): string {
  const { title, blocks } = shapesIn(parts.pieces(slide), footers);
  const relations = relationsOf(parts, slide);
  const notes = relations
    .filter(({ type }) => type === 'notesSlide')
    .flatMap(({ target }) => shapesIn(parts.pieces(target), footers, /^body$/).blocks);
  return [
    title === '' ? '' : `## ${title}`,
    ...blocks,
    ...drawnIn(parts, slide),
    notes.length > 0 ? `Notes: ${notes.join('\n\n')}` : '',
  ]
    .filter((block) => block.trim() !== '')
    .join('\n\n');
}
