import type { CheerioAPI } from 'cheerio';
import { libraryFailure, unreadable } from '../failures.ts';
import { htmlText } from '../html.ts';
import type { Limits } from '../options.ts';
import type { DocumentInPieces } from '../pieces.ts';
import { realTitle } from '../titles.ts';
import { damaged, type Package, resolved } from './package.ts';
import { loadXml, readXml } from './xml-events.ts';

export const EPUB = 'application/epub+zip';

/** The chapters of an e-book in the order in which they are read. */
export function parseEpub(parts: Package, limits: Limits): DocumentInPieces {
  try {
    const container = loadXml(parts.text('META-INF/container.xml') ?? '');
    const named = container('rootfile').first().attr('full-path');
    const root = [named, decoded(named ?? ''), parts.names.find((name) => /\.opf$/i.test(name))].find(
      (name) => name !== undefined && parts.has(name),
    );
    if (root === undefined) throw damaged('EPUB');
    const $ = loadXml(parts.text(root) ?? '');
    const chapters = chaptersIn($, root).filter((name) => parts.has(name));
    refuseProtected(parts, chapters);
    if (chapters.length === 0) throw unreadable('The e-book has no chapters that could be read');
    return {
      mediaType: EPUB,
      title: realTitle($('dc\\:title, title').first().text()),
      pieces: textsOf(parts, chapters, limits),
    };
  } catch (error) {
    throw libraryFailure(error, damaged('EPUB').message);
  }
}

function chaptersIn($: CheerioAPI, root: string): string[] {
  const folder = root.slice(0, root.lastIndexOf('/') + 1);
  const items = new Map<string, { href: string; isPage: boolean }>();
  for (const { attribs } of $('item').toArray())
    items.set(attribs['id'] ?? '', {
      href: attribs['href'] ?? '',
      isPage: /html|xml/i.test(attribs['media-type'] ?? 'html'),
    });
  const inOrder = $('itemref')
    .toArray()
    .map(({ attribs }) => items.get(attribs['idref'] ?? ''))
    .filter((item) => item !== undefined);
  const pages = inOrder.length > 0 ? inOrder : [...items.values()];
  return [
    ...new Set(
      pages.filter(({ isPage }) => isPage).map(({ href }) => resolved(folder, decoded(href.split('#', 1)[0] ?? ''))),
    ),
  ];
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** Fonts may be locked in a book that can be read; chapters may not. */
function refuseProtected(parts: Package, chapters: readonly string[]): void {
  const encryption = parts.text('META-INF/encryption.xml');
  if (encryption === undefined) return;
  const locked: string[] = [];
  readXml([encryption], {
    open: (name, attributes) => void (name === 'CipherReference' && locked.push(decoded(attributes['URI'] ?? ''))),
  });
  if (locked.some((name) => chapters.includes(resolved('', name))))
    throw unreadable('The e-book is protected against copying (DRM) and cannot be read; upload one that is not');
}

function* textsOf(parts: Package, chapters: readonly string[], limits: Limits): Generator<string> {
  for (const chapter of chapters) {
    const markup = parts.text(chapter) ?? '';
    if (markup.length > limits.maxCharacters)
      throw unreadable('A chapter of the e-book is too long to be read; split it');
    const text = htmlText(markup);
    if (text !== '') yield `${text}\n\n`;
  }
}
