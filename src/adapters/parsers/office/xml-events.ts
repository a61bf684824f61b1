import { type CheerioAPI, load } from 'cheerio';
import { Parser } from 'htmlparser2';
import { count, tooMuch } from '../failures.ts';

/** Elements within elements; the time for each grows with their number. */
const DEEPEST = 2_000;

/** Called for the parts of an XML text. Names are without their namespace's prefix. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * A handler that is not called within `mc:Fallback`, where a choice stands before it: both say the same, for newer and older programs
 * (ECMA-376 part 3).
 */
export function withoutFallback(handler: XmlHandler): XmlHandler {
  /** For each place with alternatives that is open: whether a choice was met. */
  const choices: boolean[] = [];
  let skipped = 0;
  return {
    open(name, attributes) {
      if (skipped > 0 || (name === 'Fallback' && choices.at(-1))) skipped += 1;
      else if (name === 'AlternateContent') choices.push(false);
      else if (name === 'Choice' && choices.length > 0) choices[choices.length - 1] = true;
      else handler.open?.(name, attributes);
    },
    text(text) {
      if (skipped === 0) handler.text?.(text);
    },
    close(name) {
      if (skipped > 0) skipped -= 1;
      else if (name === 'AlternateContent') choices.pop();
      else if (name !== 'Choice' && name !== 'Fallback') handler.close?.(name);
    },
  };
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Reads XML piece by piece. After each piece comes what `drain` gives, so that no more than that need be kept. */
export function* xmlEvents<T>(pieces: Iterable<string>, handler: XmlHandler, drain: () => readonly T[]): Generator<T> {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth += 1;
        if (depth > DEEPEST) throw tooDeep();
        handler.open?.(localName(name), attributes);
      },
      ontext: (text) => handler.text?.(text),
      onclosetag(name) {
        depth -= 1;
        handler.close?.(localName(name));
      },
    },
    { xmlMode: true },
  );
  for (const piece of pieces) {
    parser.write(piece);
    yield* drain();
  }
  parser.end();
  yield* drain();
}

/** Reads it whole. */
export function readXml(pieces: Iterable<string>, handler: XmlHandler): void {
  for (const _nothing of xmlEvents(pieces, handler, () => []));
}

const tooDeep = (): Error =>
  tooMuch(`The file nests more than ${count(DEEPEST)} elements in each other, which is too much to read`);

/** Throws where an XML text nests too deeply to be made a tree. */
export function checkXmlDepth(xml: string): void {
  readXml([xml], {});
}

/** A tree of it, for parts that are small. */
export function loadXml(xml: string): CheerioAPI {
  checkXmlDepth(xml);
  return load(xml, { xml: true });
}

/** An attribute by local name, with any namespace prefix. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  if (attributes[name] !== undefined) return attributes[name];
  for (const key of Object.keys(attributes)) if (localName(key) === name) return attributes[key];
  return undefined;
}
