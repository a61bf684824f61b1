/** A run as JUnit XML, which CI systems show: a case that fell is a failure. */
export interface Result {
  readonly case: number;
  readonly query: string;
  readonly overall: number;
  readonly previousOverall: number | null;
}

/** `fell` tells which results are regressions. */
export function junit(name: string, results: readonly Result[], fell: (result: Result) => boolean): string {
  const cases = results.map((result) => {
    const title = `case ${result.case}: ${result.query.slice(0, 120)}`;
    const open = `  <testcase classname="${escaped(name)}" name="${escaped(title)}"`;
    if (!fell(result)) return `${open}/>`;
    const message = `overall fell from ${result.previousOverall?.toFixed(2)} to ${result.overall.toFixed(2)}`;
    return `${open}>\n    <failure message="${escaped(message)}"/>\n  </testcase>`;
  });
  const failures = results.filter(fell).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${escaped(name)}" tests="${results.length}" failures="${failures}">\n${cases.join('\n')}\n</testsuite>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** XML 1.0 has no control characters but tab and line breaks, not even escaped. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[[\p{Cc}--[\t\n\r\u007f-\u009f]]\ufffe\uffff]/gv, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
