import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentParser } from '#core/ports/document-parser.ts';
import { documentParser } from '../../src/adapters/parsers/index.ts';
import { never } from '../support/models.ts';
import { pdfOf } from '../support/pdf.ts';
import { docxOf, paragraph } from '../support/zip.ts';

type Closable = DocumentParser & { close(): Promise<void> };

/** The port's contract, run over one implementation. Tests beside the parsers cover each format. */
function contract(name: string, make: () => Closable): void {
  describe(`the document parser in ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-parser-contract-'));
    let parser: Closable;
    beforeAll(() => {
      parser = make();
    });
    afterAll(async () => {
      await parser.close();
      rmSync(folder, { recursive: true });
    });
    let number = 0;
    const fileOf = (fileName: string, content: string | Uint8Array, mediaType = '') => {
      number += 1;
      const path = join(folder, String(number));
      writeFileSync(path, content);
      return { path, name: fileName, mediaType };
    };

    test('recognises a file by its bytes, whatever its name and media type', async () => {
      const pdf = await parser.parse(fileOf('notes.txt', pdfOf([['The zebra.']]), 'text/plain'), never());
      expect(pdf).toMatchObject({ mediaType: 'application/pdf', pages: [0] });
      expect(pdf.text).toContain('The zebra.');
      const docx = await parser.parse(fileOf('a.pdf', docxOf(paragraph('The lion.'))), never());
      expect(docx.mediaType).toContain('wordprocessingml');
      expect(docx.text).toContain('The lion.');
    });

    test('gives text that is well-formed and never empty, and pages that rise from 0', async () => {
      const { text, pages } = await parser.parse(fileOf('a.pdf', pdfOf([['One.'], ['Two.'], ['Three.']])), never());
      expect(text.isWellFormed()).toBe(true);
      expect(pages?.[0]).toBe(0);
      expect([...(pages ?? [])].sort((a, b) => a - b)).toEqual(pages);
      expect(text.slice(pages?.[2])).toContain('Three.');
    });

    test.each([
      ['without text', 'a.txt', ' \n ', 'BAD_USER_INPUT'],
      ['that is broken', 'a.pdf', pdfOf([['x']]).subarray(0, 60), 'BAD_USER_INPUT'],
      ['of no kind that is read', 'a.txt', Buffer.from('\x7fELF\x02\x01', 'latin1'), 'UNSUPPORTED_MEDIA_TYPE'],
      ['that unpacks to too much', 'a.docx', docxOf(paragraph('x'.repeat(60_000_000))), 'PAYLOAD_TOO_LARGE'],
    ])('refuses a file %s with a message for people', async (_title, fileName, content, code) => {
      const error = await parser.parse(fileOf(fileName, content), never()).catch((thrown) => thrown);
      expect(error).toMatchObject({ name: 'AppError', code });
      expect(error.message).not.toMatch(/\/tmp|node:|undefined/);
    });

    test('an abort ends the work at once with its reason, and the next files are read', async () => {
      const controller = new AbortController();
      const long = pdfOf(Array.from({ length: 800 }, () => ['zebra']));
      const given = parser.parse(fileOf('long.pdf', long), controller.signal);
      setTimeout(() => controller.abort(new Error('given up')), 5);
      await expect(given).rejects.toThrow('given up');
      await expect(parser.parse(fileOf('a.txt', 'x'), controller.signal)).rejects.toThrow('given up');
      const texts = ['A zebra.', 'A lion.', 'An ape.', 'A bird.'];
      const read = await Promise.all(texts.map((text) => parser.parse(fileOf('a.txt', text), never())));
      expect(read.map(({ text }) => text)).toEqual(texts);
    });
  });
}

contract('threads of this process', documentParser);
