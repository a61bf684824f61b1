import { expect, test } from 'vitest';
import { growsFasterThanInput } from '../../../test/support/growth.ts';
import { parseCalendar } from './calendar.ts';
import { parseCards } from './cards.ts';
import { limitsOf } from './options.ts';
import { parseData, parseTextual } from './text.ts';

const CALENDAR = `BEGIN:VCALENDAR
X-WR-CALNAME:Team North
BEGIN:VTIMEZONE
DTSTART:19701025T030000
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260314T093000
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;COUNT=4
SUMMARY:Budget review with the suppl
 iers
LOCATION:Room Linde\\, 3rd floor
ATTENDEE;CN="Maas: Piet";PARTSTAT=ACCEPTED:mailto:piet@example.org
ATTENDEE:mailto:ola@example.org
BEGIN:VALARM
DESCRIPTION:This is a reminder
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260501
DTEND;VALUE=DATE:20260502
SUMMARY:Office closed
STATUS:CANCELLED
END:VEVENT
BEGIN:VTODO
SUMMARY:Renew the insurance
DUE:20260620T120000Z
END:VTODO
END:VCALENDAR
`;

test('a calendar gives its events and tasks with whole words, and no reminders', () => {
  expect(parseCalendar(CALENDAR)).toEqual({
    mediaType: 'text/calendar',
    title: 'Team North',
    text: [
      '# Team North\n',
      'Event: Budget review with the suppliers',
      'Begins: 2026-03-14 09:30 (Europe/Berlin)',
      'Repeats: weekly, each 2, Saturday, Sunday, 4 times',
      'Place: Room Linde, 3rd floor',
      'Attendees: Maas: Piet <piet@example.org>, ola@example.org\n',
      'Event: Office closed',
      'Begins: 2026-05-01',
      'Status: cancelled\n',
      'Task: Renew the insurance',
      'Due: 2026-06-20 12:00 UTC',
    ].join('\n'),
  });
});

test('a calendar whose fields look like those of a mail is a calendar, whatever its name is', async () => {
  for (const name of ['team.ics', 'team', 'team.eml', 'team.csv']) {
    const hints = { name, mediaType: '' };
    const bytes = Buffer.from(`BEGIN:VCALENDAR\nX-A:1\nX-B:2\nX-C:3\n${CALENDAR.slice(16)}`);
    expect(await parseData(bytes, hints, limitsOf({})), name).toBeUndefined();
    expect(await parseTextual(bytes, hints, limitsOf({})), name).toMatchObject({ mediaType: 'text/calendar' });
  }
});

test('an address book gives each card in a paragraph, without pictures', () => {
  const cards = `BEGIN:VCARD
VERSION:3.0
N:Okafor;Ngozi;;Dr.;
FN:Dr. Ngozi Okafor
ORG:Harbour Clinic;Radiology
TEL;TYPE=CELL:+44 7700 900417
item1.ADR;TYPE=WORK:;;12 Quay Street\\, rear;Bristol;;BS1 4DJ;
BDAY:19791102
NOTE:Prefers the morn
 ing.
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B;=E5=B0=8F=
=E6=98=8E;;;
TEL;CELL:13800138000
END:VCARD
`.replaceAll('\n', '\r\n');
  expect(parseCards(cards).text).toBe(
    'Name: Dr. Ngozi Okafor\nOrganization: Harbour Clinic, Radiology\nPhone (mobile): +44 7700 900417\nAddress (work): 12 Quay Street, rear, Bristol, BS1 4DJ\nBirthday: 1979-11-02\nNote: Prefers the morning.\n\nName: 小明 王\nPhone (mobile): 13800138000',
  );
});

test('people of an event and lines of a card take time in proportion to their number', {
  timeout: 60_000,
}, async () => {
  const event = (n: number) => parseCalendar(`BEGIN:VEVENT\nSUMMARY:x\n${'ATTENDEE;CN=a:b\n'.repeat(n)}END:VEVENT`);
  const card = (n: number) => parseCards(`BEGIN:VCARD\nFN:x\n${'TEL;CELL:1\n'.repeat(n)}END:VCARD`);
  expect(await growsFasterThanInput(event)).toBe(false);
  expect(await growsFasterThanInput(card)).toBe(false);
});
