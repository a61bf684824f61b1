/** The text that is in a file, piece by piece in any order, without any layout: what a parser is measured by. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname } from 'node:path';
import { load } from 'cheerio';
import { getDocumentProxy } from 'unpdf';
import { limitsOf } from '../../src/adapters/parsers/options.ts';
import { zipEntries, zipReader } from '../../src/adapters/parsers/zip.ts';

export type Bare = readonly string[];

export const ENDINGS: ReadonlySet<string> = new Set(
  '.pdf .docx .html .htm .xhtml .xlsx .pptx .odt .ods .odp .epub .rtf .eml .mhtml .ipynb'.split(' '),
);
const CHARACTER_MAPS = `${dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))}/cmaps/`;

export async function bareText(file: string): Promise<Bare> {
  const ending = extname(file).slice(1).toLowerCase();
  const bytes = readFileSync(file);
  if (ending === 'pdf') return pdfRuns(bytes);
  if (/^x?html?$/.test(ending)) return htmlTexts(bytes.toString());
  return bytes.subarray(0, 2).toString('latin1') === 'PK' ? partsOf(bytes) : [];
}

async function pdfRuns(bytes: Buffer): Promise<string[]> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, cMapUrl: CHARACTER_MAPS });
  const runs: string[] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number).catch(() => undefined);
    const content = await page?.getTextContent().catch(() => undefined);
    for (const item of content?.items ?? []) if ('str' in item && item.str.trim() !== '') runs.push(item.str);
  }
  await pdf.loadingTask.destroy();
  return runs;
}

function htmlTexts(markup: string): string[] {
  const $ = load(markup);
  $(
    'script, style, noscript, template, svg, iframe, object, select, textarea, [hidden], [aria-hidden="true"], [style*="display:none"], [style*="display: none"]',
  ).remove();
  return $('body')
    .find('*')
    .addBack()
    .contents()
    .toArray()
    .flatMap((node) => (node.type === 'text' && node.data.trim() !== '' ? [node.data] : []));
}

/** Parts of Office files and e-books whose text is shown, and the elements in them that hold text. */
const PARTS = /^(?:word\/document\d*|xl\/sharedStrings|ppt\/slides\/slide\d+|content)\.xml$|\.x?html?$/;
function partsOf(bytes: Buffer): string[] {
  const limits = limitsOf({});
  const read = zipReader(bytes, limits);
  return zipEntries(bytes, limits)
    .filter(({ name }) => PARTS.test(name))
    .flatMap((entry) => {
      const xml = read(entry).toString();
      if (/html?$/.test(entry.name)) return htmlTexts(xml);
      const $ = load(xml, { xml: true });
      $('mc\\:Fallback, w\\:del, w\\:rPr, office\\:meta, office\\:automatic-styles, office\\:styles').remove();
      const holders = entry.name === 'content.xml' ? 'text\\:p, text\\:h, text\\:span, text\\:a' : 'w\\:t, t, a\\:t';
      return $(holders)
        .contents()
        .toArray()
        .flatMap((node) => (node.type === 'text' && node.data.trim() !== '' ? [node.data] : []));
    });
}
