import { tablePieces } from '../table-pieces.ts';
import { tablesBeside } from './side-by-side.ts';

/** A sheet as its name and its tables, those beside each other one after the other; nothing if it is empty. */
export async function* sheetPieces(name: string, read: () => Iterable<readonly string[]>): AsyncGenerator<string> {
  let isFirst = true;
  for (const rows of tablesBeside(read)) {
    let isBeginning = !isFirst;
    for await (const piece of tablePieces(rows)) {
      if (isFirst) yield `## ${name}\n\n`;
      else if (isBeginning) yield '\n';
      isFirst = false;
      isBeginning = false;
      yield piece;
    }
  }
}
