import { expect, test } from 'vitest';
import { unreadable } from './failures.ts';
import { parseMail } from './mail.ts';
import { bodyOf } from './mail-body.ts';
import { limitsOf } from './options.ts';
import { parseTextual } from './text.ts';

const limits = limitsOf({});
const body = (text: string, html: string) =>
  bodyOf({ text, html, headers: [], headerLines: [], attachments: [] }, limits);

test('a table that the plain text lacks is read from the page', () => {
  const said = 'The offer is valid until the end of April and covers the whole of the new roof.';
  const table = '<table><tr><th>Item</th><th>Price</th></tr><tr><td>Gutters</td><td>3 250 NOK</td></tr></table>';
  expect(body(said, `<p>${said}</p>${table}`)).toBe(
    `${said}\n\n| Item | Price |\n| --- | --- |\n| Gutters | 3 250 NOK |`,
  );
});

test('the plain text is enough where it says what the page shows', () => {
  expect(body('Come at 8.\nhttps://a.example/?id=12345', '<p>Come at <b>8</b>. <a href="/">Unsubscribe</a></p>')).toBe(
    'Come at 8.\nhttps://a.example/?id=12345',
  );
});

test('a plain text that says something else is kept beside the page', () => {
  const plain = 'The gate is locked at night. Ask the porter for the key, or ring twice at the side door.';
  expect(body(plain, '<p>The winter timetable begins on Sunday; trains leave an hour later.</p>')).toBe(
    `${plain}\n\nThe winter timetable begins on Sunday; trains leave an hour later.`,
  );
  expect(body('Your program cannot show this.', `<p>${'The gate is locked. '.repeat(10)}</p>`)).not.toContain(
    'program',
  );
});

const message = (parts: readonly string[]) =>
  `From: a@b\nTo: c@d\nSubject: Offer\nContent-Type: multipart/mixed; boundary=B\n\n${parts.map((part) => `--B\n${part}\n`).join('')}--B--\n`;
const attached = (name: string, type: string, text: string) =>
  `Content-Type: ${type}\nContent-Disposition: attachment; filename="${name}"\n\n${text}`;

test('files that are attached are read under their names; what cannot be read is named', async () => {
  const mail = message([
    'Content-Type: text/plain\n\nSee below.',
    attached('costs.txt', 'text/plain', 'The scaffolding costs 900 NOK.'),
    attached('broken.pdf', 'application/pdf', 'x'),
    attached('logo.png', 'image/png', 'x'),
  ]);
  const read = await parseMail(Buffer.from(mail), limits, async (bytes, file) => {
    if (file.name.endsWith('.pdf')) throw unreadable('The file is damaged');
    expect(file.name).toBe('costs.txt');
    return parseTextual(bytes, file, limits);
  });
  expect(read).toMatchObject({
    text: '# Offer\n\nFrom: a@b\nTo: c@d\n\nSee below.\n\nAttachments: costs.txt, broken.pdf, logo.png\n\n## Attachment: costs.txt\n\nThe scaffolding costs 900 NOK.',
  });
});

test('a page in a message is decoded as it declares itself', async () => {
  // Its bytes are text in other encodings of one byte too.
  const page = '<html><head><meta charset="koi8-r"></head><body>\xf5\xcc\xc9\xc3\xc1 7</body></html>';
  const mail = `From: a@b\nSubject: x\nContent-Type: text/html\n\n${page}`;
  expect(await parseMail(Buffer.from(mail, 'latin1'), limits)).toMatchObject({
    text: expect.stringContaining('Улица 7'),
  });
});

test('a message of parts without end is refused with what is wrong', async () => {
  let nested = 'From: a@b\nSubject: x\n';
  for (let depth = 0; depth < 100; depth += 1)
    nested += `Content-Type: multipart/mixed; boundary=B${depth}\n\n--B${depth}\n`;
  await expect(parseMail(Buffer.from(`${nested}\nhello`), limits)).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    message: expect.stringContaining('too many parts'),
  });
});
