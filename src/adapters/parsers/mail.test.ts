import { expect, test } from 'vitest';
import { isMail, parseMail } from './mail.ts';
import { limitsOf } from './options.ts';

async function read(message: string) {
  const parsed = await parseMail(Buffer.from(message.replaceAll('\n', '\r\n'), 'latin1'), limitsOf({}));
  if ('text' in parsed) return parsed;
  let text = '';
  for await (const piece of parsed.pieces) text += piece;
  return { ...parsed, text };
}

const LETTER = `From: =?koi8-r?B?6dfBzg==?= <ivan@example.org>
To: Ann <ann@example.org>
Subject: The offer
Date: Mon, 1 Jan 2024 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=C

--C
Content-Type: text/plain; charset=windows-1251
Content-Transfer-Encoding: quoted-printable

=D6=E5=ED=E0 100
--C
Content-Type: text/html; charset=windows-1251
Content-Transfer-Encoding: quoted-printable

<p>=D6=E5=ED=E0 100</p>
--C--
--B
Content-Type: application/pdf
Content-Disposition: attachment; filename="offer 7.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--B--
`;

test('a message gives its fields, its text once and the names of what is attached', async () => {
  expect(await read(LETTER)).toEqual({
    text: '# The offer\n\nFrom: Иван <ivan@example.org>\nTo: Ann <ann@example.org>\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nЦена 100\n\nAttachments: offer 7.pdf',
    mediaType: 'message/rfc822',
    title: 'The offer',
  });
});

test('a message of HTML alone is read as a page is', async () => {
  const { text } = await read(
    'From: a@example.org\nSubject: Rows\nContent-Type: text/html; charset=utf-8\n\n<style>p{}</style><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>\n',
  );
  expect(text).toContain('| A | B |\n| --- | --- |\n| 1 | 2 |');
  expect(text).not.toContain('p{}');
});

test('a page that a browser saved is the page', async () => {
  const page = `From: <Saved by Blink>
Snapshot-Content-Location: https://example.org/pumps
Subject: Heat pumps
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="--X"

----X
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.org/pumps

<html><head><meta charset=3D"utf-8"><title>Pumps</title></head><body><h1>Heat</h1><p>W=C3=A4rme f=C3=BCr alle.</p></body></html>
----X--
`;
  expect(await read(page)).toMatchObject({
    title: 'Pumps',
    mediaType: 'multipart/related',
    text: '# Heat\n\nWärme für alle.',
  });
});

test('a message that is attached is read after the one that it is attached to', async () => {
  const attached = 'From: c@example.org\nSubject: Order 77\n\nWe order 12 crates.\n';
  const part = (head: string, text: string) => `--X\nContent-Type: ${head}\n\n${text}\n`;
  const letter = `From: a@example.org\nTo: b@example.org\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="X"\n\n${part('text/plain', 'See below.')}${part('message/rfc822\nContent-Disposition: attachment', attached)}--X--\n`;
  expect((await read(letter)).text).toMatch(
    /See below\.\s+(?:.*\s+)?## Order 77\s+From: c@example\.org\s+We order 12 crates\.$/,
  );
});

test('a mailbox gives all of its messages', async () => {
  const one = (number: number) =>
    `From ann@example.org Mon Jan  1 00:00:00 2024\nFrom: a@example.org\nSubject: Letter ${number}\n\nText ${number}\n\n`;
  const { text } = await read(one(1) + one(2) + one(3));
  expect(text.match(/^# Letter \d/gm)).toEqual(['# Letter 1', '# Letter 2', '# Letter 3']);
  expect(text).toContain('Text 3');
});

test('a message is recognised by its fields and by its name', () => {
  expect(isMail(LETTER, '', '')).toBe(true);
  expect(isMail('Subject: Hello\n\nText', 'eml', '')).toBe(true);
  expect(isMail('Note: this is a text\n\nText', 'eml', '')).toBe(false);
  expect(isMail(LETTER, 'txt', '')).toBe(false);
  expect(isMail('From: here\nTo: there\nWe walked for hours', '', '')).toBe(false);
});

test('a message of more lines than any has is refused before they are read', async () => {
  const bytes = Buffer.from(`Subject: a\nFrom: b\n\n${'\n'.repeat(1_000_001)}`);
  await expect(async () => parseMail(bytes, limitsOf({}))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
});

test.each(['us-ascii', 'iso-8859-1', 'gb2312'])(
  'a message in UTF-8 that declares %s is read as UTF-8',
  async (charset) => {
    const text = Buffer.from('Die Größe ist 42 – bitte bestätigen.').toString('latin1');
    const message = `From: a@b\nTo: c@d\nSubject: x\nContent-Type: text/plain; charset=${charset}\n\n${text}\n`;
    expect((await read(message)).text).toContain('Die Größe ist 42 – bitte bestätigen.');
  },
);

test('a message whose encoding cannot be told is refused; in a mailbox the others are read', async () => {
  const part = (text: string) => `From: a@b\nTo: c@d\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;
  await expect(read(part('Gesch\x84ft ge\x94ffnet'))).rejects.toThrow(/encoding.*UTF-8/);
  const box = `From a@b Thu Jan  1 00:00:00 2025\n${part('Gesch\x84ft')}\nFrom a@b Thu Jan  1 00:00:00 2025\n${part('>From the start.')}`;
  expect((await read(box)).text).toContain('\nFrom the start.');
});

test('an invitation gives its event; an encrypted message is refused', async () => {
  const event =
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Budget rev\n iew\\, part 2\nDTSTART;TZID=Europe/Berlin:20250506T090000\nLOCATION:Room 4\nEND:VEVENT\nEND:VCALENDAR';
  const message = `From: a@b\nTo: c@d\nSubject: Invitation\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\nSee below.\n--B\nContent-Type: text/calendar\n\n${event}\n--B--\n`;
  expect((await read(message)).text).toContain(
    'See below.\n\nEvent: Budget review, part 2\nBegins: 2025-05-06 09:00 (Europe/Berlin)\nPlace: Room 4',
  );
  const locked =
    'From: a@b\nTo: c@d\nSubject: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAG\n';
  await expect(read(locked)).rejects.toThrow('The message is encrypted; open it in your mail program');
});
