import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { type ContentLine, contentLines, unescapedValue } from './content-lines.ts';

/** The fields of an event or a task that are shown (RFC 5545), with their names. */
const FIELDS: Readonly<Record<string, string>> = {
  SUMMARY: 'Event',
  DTSTART: 'Begins',
  DTEND: 'Ends',
  DURATION: 'Lasts',
  DUE: 'Due',
  RRULE: 'Repeats',
  LOCATION: 'Place',
  ORGANIZER: 'Organizer',
  ATTENDEE: 'Attendees',
  STATUS: 'Status',
  CATEGORIES: 'Categories',
  URL: 'Address',
  DESCRIPTION: 'Description',
  COMMENT: 'Comment',
};
/** What a status says that is worth a line. */
const STATUS = /^(?:tentative|cancelled|completed|in-process)$/i;
const ENTRY = /^V(?:EVENT|TODO|JOURNAL)$/i;

/** A calendar file: its events and tasks, each in a paragraph. */
export function parseCalendar(text: string): ParsedDocument {
  const lines = contentLines(text);
  const name = unescapedValue(lines.find(({ name: key }) => key === 'X-WR-CALNAME' || key === 'NAME')?.value ?? '');
  const title = name === '' ? null : name;
  return {
    text: [title ? `# ${title}` : '', eventsIn(lines)].filter(Boolean).join('\n\n'),
    mediaType: 'text/calendar',
    title,
  };
}

/** The events of a calendar, a line for each field that a person reads. */
export const calendarText = (text: string): string => eventsIn(contentLines(text));

function eventsIn(lines: readonly ContentLine[]): string {
  const events: string[] = [];
  let fields: Map<string, string[]> | undefined;
  let kind = '';
  /** Alarms within an event have fields of the same names. */
  let within = 0;
  for (const line of lines) {
    const { name, value } = line;
    if (name === 'BEGIN' && fields) within += 1;
    else if (name === 'BEGIN' && ENTRY.test(value.trim())) {
      fields = new Map();
      kind = value.trim().toUpperCase();
    } else if (name === 'END' && within > 0) within -= 1;
    else if (name === 'END' && fields) {
      events.push(entryText(fields, kind));
      fields = undefined;
    } else if (fields && within === 0 && FIELDS[name]) add(fields, line);
  }
  return events.filter((event) => event !== '').join('\n\n');
}

function add(fields: Map<string, string[]>, line: ContentLine): void {
  const shown = shownValue(line);
  if (shown === '') return;
  const values = fields.get(line.name) ?? [];
  fields.set(line.name, values);
  values.push(shown);
}

function entryText(fields: ReadonlyMap<string, readonly string[]>, kind: string): string {
  return Object.entries(FIELDS)
    .flatMap(([key, name]) => {
      const values = fields.get(key);
      if (!values || (key === 'DTEND' && values[0] === fields.get('DTSTART')?.[0])) return [];
      return [`${kind === 'VTODO' && key === 'SUMMARY' ? 'Task' : name}: ${values.join(', ')}`];
    })
    .join('\n');
}

function shownValue({ name, parameters, value }: ContentLine): string {
  if (/^(?:DTSTART|DTEND|DUE)$/.test(name)) return shownTime(value, parameters.get('TZID'), name === 'DTEND');
  if (name === 'RRULE') return shownRule(value);
  if (name === 'DURATION') return shownDuration(value);
  if (name === 'STATUS') return STATUS.test(value.trim()) ? value.trim().toLowerCase() : '';
  const text = unescapedValue(value).replace(/^mailto:/i, '');
  const person = parameters.get('CN');
  return person && person !== text ? `${person} <${text}>` : text;
}

/** `20250506T090000Z` as 2025-05-06 09:00 UTC. The day on which a whole day's event ends is not one of its days. */
function shownTime(value: string, zone = '', isEnd = false): string {
  const [, year, month, day, hour, minute, utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?/.exec(value) ?? [];
  if (!year) return value.trim();
  if (!hour && isEnd) {
    const last = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) - 1));
    return Number.isNaN(last.getTime()) ? value : last.toISOString().slice(0, 10);
  }
  const place = utc ? 'UTC' : zone && `(${zone})`;
  return [`${year}-${month}-${day}`, hour && `${hour}:${minute}`, hour && place].filter(Boolean).join(' ');
}

const DAYS: Readonly<Record<string, string>> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};

/** `FREQ=WEEKLY;BYDAY=SA;COUNT=4` as weekly, Saturday, 4 times. */
function shownRule(value: string): string {
  const rule = new Map(value.split(';').map((part) => part.split('=', 2) as [string, string]));
  const every = Number(rule.get('INTERVAL') ?? 1);
  const days = rule
    .get('BYDAY')
    ?.replace(/[A-Z]{2}/g, (day) => ` ${DAYS[day] ?? day}`)
    .replace(/^ /, '')
    .replace(/, /g, ', ');
  const until = rule.get('UNTIL');
  return [
    (rule.get('FREQ') ?? '').toLowerCase(),
    every > 1 && `each ${every}`,
    days,
    rule.has('COUNT') && `${rule.get('COUNT')} times`,
    until && `until ${shownTime(until)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const UNITS: Readonly<Record<string, string>> = { W: 'weeks', D: 'days', H: 'hours', M: 'minutes', S: 'seconds' };

/** `PT1H30M` as 1 hours 30 minutes. */
const shownDuration = (value: string): string =>
  [...value.matchAll(/(\d{1,6})([WDHMS])/g)].map(([, number, unit = '']) => `${number} ${UNITS[unit]}`).join(' ');
