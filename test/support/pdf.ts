const HELVETICA = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** A PDF with these lines on each of its pages; one font shows them all. */
export const pdfOf = (pages: readonly (readonly string[])[], trailer = '', font = HELVETICA): Buffer =>
  pdfOfContents(
    pages.map((lines) => lines.map((line, place) => shownAt(72, 720 - place * 16, line)).join('\n')),
    trailer,
    font,
  );

/** The operators that show a text, in points from the lower left. */
export const shownAt = (left: number, bottom: number, text: string, size = 12): string =>
  `BT /F1 ${size} Tf ${left} ${bottom} Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;

/** A PDF with a page for each of these content streams. */
export function pdfOfContents(pages: readonly string[], trailer = '', font = HELVETICA): Buffer {
  const objects: string[] = [];
  const kids = pages.map((_, page) => `${4 + page * 2} 0 R`).join(' ');
  objects.push('<< /Type /Catalog /Pages 2 0 R >>');
  objects.push(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  objects.push(font);
  for (const [page, shown] of pages.entries()) {
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + page * 2} 0 R >>`,
      `<< /Length ${shown.length} >>\nstream\n${shown}\nendstream`,
    );
  }
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, place) => {
    const offset = file.length;
    file += `${place + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
