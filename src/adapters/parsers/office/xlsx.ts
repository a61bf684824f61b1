import { libraryFailure, unreadable } from '../failures.ts';
import type { DocumentInPieces } from '../pieces.ts';
import { realTitle } from '../titles.ts';
import { damaged, type Package, relationsOf, titleIn } from './package.ts';
import { sheetPieces } from './sheet-pieces.ts';
import { cellTextOf, formatsIn } from './xlsx-formats.ts';
import { drawingTexts, type Sheet, sharedStringsIn, sheetRows } from './xlsx-sheet.ts';
import { attribute, readXml } from './xml-events.ts';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly part: string }[];
  /** Days are counted from 1904. */
  readonly from1904: boolean;
}

/** The sheets of a workbook, each a heading and its tables; numbers and dates as they are shown. Hidden sheets are left out. */
export function parseXlsx(parts: Package): DocumentInPieces {
  try {
    const workbook = workbookIn(parts);
    if (workbook.sheets.length === 0) throw unreadable('The Excel file has no sheet that is shown');
    return { mediaType: XLSX, title: realTitle(titleIn(parts)), pieces: sheetsIn(parts, workbook) };
  } catch (error) {
    throw libraryFailure(error, damaged('Excel').message);
  }
}

function workbookIn(parts: Package): Workbook {
  const targets = new Map(relationsOf(parts, 'xl/workbook.xml').map(({ id, target }) => [id, target]));
  const sheets: { name: string; part: string }[] = [];
  let from1904 = false;
  readXml([parts.text('xl/workbook.xml') ?? ''], {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = /^(?:1|true|on)$/.test(attributes['date1904'] ?? '');
      if (name !== 'sheet' || /hidden/i.test(attributes['state'] ?? '')) return;
      const part = targets.get(attribute(attributes, 'id') ?? '') ?? '';
      if (/worksheets\//i.test(part) && parts.has(part)) sheets.push({ name: attributes['name'] ?? '', part });
    },
  });
  return { sheets, from1904 };
}

async function* sheetsIn(parts: Package, { sheets, from1904 }: Workbook): AsyncGenerator<string> {
  const strings = sharedStringsIn(parts);
  const formats = formatsIn(parts);
  const textOf = cellTextOf(strings, formats, from1904);
  for (const { name, part } of sheets) {
    const sheet: Sheet = { parts, part, textOf };
    let isFirst = true;
    for await (const piece of sheetPieces(name, () => sheetRows(sheet))) {
      isFirst = false;
      yield piece;
    }
    const texts = drawingTexts(parts, part);
    if (texts.length > 0) yield `${isFirst ? `## ${name}\n` : ''}\n${texts.join('\n\n')}\n`;
    yield '\n';
  }
}
