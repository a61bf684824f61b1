/** The parts of an Office file, an e-book or another packed document, and how they refer to each other (ECMA-376 part 2). */
import { unreadable } from '../failures.ts';
import type { Limits } from '../options.ts';
import { type ZipEntry, zipEntries, zipReader } from '../zip.ts';
import { loadXml } from './xml-events.ts';

export interface Package {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The text of a part; undefined where it is missing. */
  text(name: string): string | undefined;
  /** The same, in pieces. */
  pieces(name: string): Iterable<string>;
}

const PIECE = 2 ** 16;

/** Names of parts are the same in capitals and in small letters. */
export function openPackage(bytes: Buffer, limits: Limits): Package {
  const entries = new Map<string, ZipEntry>();
  for (const entry of zipEntries(bytes, limits)) entries.set(keyOf(entry.name), entry);
  const read = zipReader(bytes, limits);
  const content = (name: string): Buffer | undefined => {
    const entry = entries.get(keyOf(name));
    return entry && read(entry);
  };
  return {
    names: [...entries.values()].map(({ name }) => name),
    has: (name) => entries.has(keyOf(name)),
    text(name) {
      const bytesOf = content(name);
      return bytesOf && new TextDecoder(encodingOf(bytesOf)).decode(bytesOf);
    },
    *pieces(name) {
      const bytesOf = content(name) ?? Buffer.alloc(0);
      const decoder = new TextDecoder(encodingOf(bytesOf));
      for (let at = 0; at < bytesOf.length; at += PIECE)
        yield decoder.decode(bytesOf.subarray(at, at + PIECE), { stream: true });
      yield decoder.decode();
    },
  };
}

const keyOf = (name: string): string => name.replace(/^\/+/, '').replaceAll('\\', '/').toLowerCase();

/** XML is in UTF-8, or in UTF-16 with its mark. */
const encodingOf = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';

export interface Relation {
  readonly id: string;
  /** The last part of its type: worksheet, slide, notesSlide. */
  readonly type: string;
  /** The name of the part that it points to. */
  readonly target: string;
}

/** The parts of the package that a part refers to. */
export function relationsOf(parts: Package, name: string): Relation[] {
  const slash = name.lastIndexOf('/');
  const folder = name.slice(0, slash + 1);
  const xml = parts.text(`${folder}_rels/${name.slice(slash + 1)}.rels`);
  if (xml === undefined) return [];
  return loadXml(xml)('Relationship')
    .toArray()
    .filter(({ attribs }) => attribs['TargetMode'] !== 'External')
    .map(({ attribs }) => ({
      id: attribs['Id'] ?? '',
      type: (attribs['Type'] ?? '').split('/').at(-1) ?? '',
      target: resolved(folder, attribs['Target'] ?? ''),
    }));
}

/** A path from a folder, without . and .. in it. */
export function resolved(folder: string, target: string): string {
  const parts: string[] = [];
  for (const part of (target.startsWith('/') ? target : `${folder}${target}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The title in a document's properties; empty where it has none. */
export function titleIn(parts: Package): string {
  const properties = parts.text('docProps/core.xml') ?? parts.text('meta.xml');
  return properties === undefined ? '' : loadXml(properties)('dc\\:title').first().text().trim();
}

export const damaged = (what: string): Error =>
  unreadable(
    `The ${what} file is damaged and cannot be read; open it in the program that made it, save it again and upload that`,
  );
