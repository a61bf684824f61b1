/** Small Office files, as their programs write them. */
import { type ZipPart, zipOf } from './zip.ts';

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (targets: readonly (readonly [type: string, target: string])[]): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets
    .map(
      ([type, target], place) => `<Relationship Id="rId${place + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`;

export interface SheetPart {
  readonly name: string;
  /** The content of sheetData. */
  readonly rows: string;
  /** The elements after it. */
  readonly after?: string;
  readonly state?: string;
}

/** A workbook with these sheets; `styles` is the content of its style sheet. */
export function xlsxOf(
  sheets: readonly SheetPart[],
  strings: readonly string[] = [],
  styles = '',
  others: readonly ZipPart[] = [],
): Buffer {
  const listed = sheets.map(
    ({ name, state = 'visible' }, place) =>
      `<sheet name="${name}" sheetId="${place + 1}" state="${state}" r:id="rId${place + 1}"/>`,
  );
  return zipOf([
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns:r="${RELATIONS}"><sheets>${listed.join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relations(sheets.map((_, place) => ['worksheet', `worksheets/sheet${place + 1}.xml`] as const)),
    },
    {
      name: 'xl/sharedStrings.xml',
      content: `<sst>${strings.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
    },
    { name: 'xl/styles.xml', content: `<styleSheet>${styles}</styleSheet>` },
    ...sheets.map(({ rows, after = '' }, place) => ({
      name: `xl/worksheets/sheet${place + 1}.xml`,
      content: `<worksheet><sheetData>${rows}</sheetData>${after}</worksheet>`,
    })),
    ...others,
  ]);
}

/** A row of a sheet with the texts of its cells, from the first column. */
export const sheetRow = (number: number, ...texts: readonly string[]): string =>
  `<row r="${number}">${texts.map((text, column) => `<c r="${String.fromCharCode(65 + column)}${number}" t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`;

/** A presentation with these slides, each the content of its shape tree, and their notes. */
export function pptxOf(slides: readonly { readonly shapes: string; readonly notes?: string }[]): Buffer {
  const ids = slides.map((_, place) => `<p:sldId id="${256 + place}" r:id="rId${place + 1}"/>`);
  return zipOf([
    {
      name: 'ppt/presentation.xml',
      content: `<p:presentation xmlns:r="${RELATIONS}"><p:sldIdLst>${ids.join('')}</p:sldIdLst></p:presentation>`,
    },
    {
      name: 'ppt/_rels/presentation.xml.rels',
      content: relations(slides.map((_, place) => ['slide', `slides/slide${slides.length - place}.xml`] as const)),
    },
    ...slides.flatMap(({ shapes, notes }, place) => {
      const number = slides.length - place;
      return [
        {
          name: `ppt/slides/slide${number}.xml`,
          content: `<p:sld><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`,
        },
        ...(notes === undefined
          ? []
          : [
              {
                name: `ppt/slides/_rels/slide${number}.xml.rels`,
                content: relations([['notesSlide', `../notesSlides/notesSlide${number}.xml`]]),
              },
              {
                name: `ppt/notesSlides/notesSlide${number}.xml`,
                content: `<p:notes>${slideShape(notes, 'body')}${slideShape(String(number), 'sldNum')}</p:notes>`,
              },
            ]),
      ];
    }),
  ]);
}

/** A shape of a slide with paragraphs of text, parted by line ends; `kind` is what it holds the place of. */
export const slideShape = (text: string, kind = ''): string =>
  `<p:sp><p:nvSpPr><p:nvPr>${kind ? `<p:ph type="${kind}"/>` : ''}</p:nvPr></p:nvSpPr><p:txBody>${text
    .split('\n')
    .map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`)
    .join('')}</p:txBody></p:sp>`;

/** An OpenDocument file of a kind: text, spreadsheet or presentation. */
export const odfOf = (kind: string, body: string, styles = '', masters = '', others: readonly ZipPart[] = []): Buffer =>
  zipOf([
    { name: 'mimetype', content: `application/vnd.oasis.opendocument.${kind}` },
    {
      name: 'content.xml',
      content: `<office:document-content><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
    },
    {
      name: 'styles.xml',
      content: `<office:document-styles><office:master-styles>${masters}</office:master-styles></office:document-styles>`,
    },
    ...others,
  ]);

/** An e-book with these chapters, which are read in this order. */
export function epubOf(title: string, chapters: readonly string[], others: readonly ZipPart[] = []): Buffer {
  const items = chapters
    .map((_, place) => `<item id="c${place}" href="text/c%20${place}.xhtml" media-type="application/xhtml+xml"/>`)
    .reverse();
  const spine = chapters.map((_, place) => `<itemref idref="c${place}"/>`);
  return zipOf([
    { name: 'mimetype', content: 'application/epub+zip' },
    {
      name: 'META-INF/container.xml',
      content: '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    },
    {
      name: 'OPS/book.opf',
      content: `<package><metadata><dc:title>${title}</dc:title></metadata><manifest>${items.join('')}</manifest><spine>${spine.join('')}</spine></package>`,
    },
    ...chapters.map((body, place) => ({
      name: `OPS/text/c ${place}.xhtml`,
      content: `<?xml version="1.0"?><!DOCTYPE html><html><body>${body}</body></html>`,
    })),
    ...others,
  ]);
}
