/** The fields of an event that are shown (RFC 5545), with their names. */
const FIELDS: Readonly<Record<string, string>> = {
  SUMMARY: 'Event',
  DTSTART: 'Begins',
  DTEND: 'Ends',
  LOCATION: 'Place',
  ORGANIZER: 'Organizer',
  DESCRIPTION: 'Description',
};
const FIELD = /^([A-Z]{1,20})(?:;[^:\n]{0,500})?:(.*)$/;

/** Lines of a calendar or an address book, which fold after 75 bytes: a search finds no word that is cut. */
export const unfolded = (text: string): string => text.replace(/\r?\n[ \t]/g, '');

/** The events of a calendar, a line for each field that a person reads. */
export function calendarText(text: string): string {
  const events: string[] = [];
  let lines: string[] | undefined;
  for (const line of unfolded(text).split(/\r?\n/)) {
    if (/^BEGIN:VEVENT/i.test(line)) lines = [];
    else if (/^END:VEVENT/i.test(line)) {
      if (lines) events.push(lines.join('\n'));
      lines = undefined;
    } else {
      const [, key = '', value = ''] = FIELD.exec(line) ?? [];
      const name = FIELDS[key];
      if (lines && name && value.trim() !== '') lines.push(`${name}: ${shown(value)}`);
    }
  }
  return events.join('\n\n');
}

/** `20250506T090000Z` as 2025-05-06 09:00 UTC; commas, semicolons and line ends without their escapes. */
const shown = (value: string): string =>
  value
    .replace(/^mailto:/i, '')
    .replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$/, (_all, year, month, day, hour, minute, zone) =>
      [`${year}-${month}-${day}`, hour && `${hour}:${minute}`, zone && 'UTC'].filter(Boolean).join(' '),
    )
    .replace(/\\n/gi, '\n')
    .replace(/\\([\\,;])/g, '$1')
    .trim();
