/** Lines of calendars (RFC 5545) and of address books (RFC 6350): a name, parameters and a value. */
export interface ContentLine {
  /** In capitals, without a group before it. */
  readonly name: string;
  /** Names in capitals. A type without a name, as vCard 2.1 has it, is a TYPE. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

/** Name and parameters; a value in quotes may hold a colon. */
const LINE = /^(?:[\w-]{1,60}\.)?([A-Za-z\d-]{1,60})((?:;(?:[^":;\n]|"[^"\n]{0,500}"){0,1000}){0,20}):(.*)$/s;
const PARAMETER = /;([^=;:"]{1,60})(?:=((?:"[^"]*"|[^";])*))?/g;

/** The lines of a text, with those joined that were folded after 75 bytes: a search finds no word that is cut. */
export function contentLines(text: string): ContentLine[] {
  return unfolded(text)
    .split('\n')
    .flatMap((line) => {
      const [, name = '', parameters = '', value = ''] = LINE.exec(line) ?? [];
      if (name === '') return [];
      const named = parametersIn(parameters);
      const isQuotedPrintable = /^quoted-printable$/i.test(named.get('ENCODING') ?? '');
      const told = isQuotedPrintable ? fromQuotedPrintable(value, named.get('CHARSET')) : value;
      return [{ name: name.toUpperCase(), parameters: named, value: told }];
    });
}

/** A line of quoted-printable that goes on ends with an equals sign (vCard 2.1). */
const unfolded = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]/g, '')
    .replace(
      /^([^\n:]{0,500}QUOTED-PRINTABLE[^\n:]{0,500}:)((?:[^\n]*=\n)+)/gim,
      (_all, head: string, value: string) => `${head}${value.replaceAll('=\n', '')}`,
    );

function parametersIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', value] of text.matchAll(PARAMETER)) {
    const isBare = value === undefined;
    const name = isBare ? (/^quoted-printable$/i.test(key) ? 'ENCODING' : 'TYPE') : key.toUpperCase();
    const told = (isBare ? key : value).replaceAll('"', '');
    found.set(name, found.has(name) ? `${found.get(name)},${told}` : told);
  }
  return found;
}

function fromQuotedPrintable(value: string, charset = 'utf-8'): string {
  const bytes = Buffer.from(
    value.replace(/=([\da-f]{2})/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  );
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

/** A value without the escapes of commas, semicolons and line ends. */
export const unescapedValue = (value: string): string =>
  value
    .replace(/\\n/gi, '\n')
    .replace(/\\([\\,;:])/g, '$1')
    .trim();

/** The parts of a value that semicolons separate, each without its escapes. */
export const partsOf = (value: string): string[] => value.split(/(?<!\\);/).map(unescapedValue);
