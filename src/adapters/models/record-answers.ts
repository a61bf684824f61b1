import { plainQuestion, tellsOf } from '#core/text/plain-questions.ts';
import type { Passage } from '#core/turn.ts';
import { type Chosen, candidateOf } from './choose-sentences.ts';

/** A line of a record: an event, a task, a card or the header of a message, as the parsers write them and as people do. */
interface Field {
  readonly label: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}
interface Record {
  readonly passage: Passage;
  readonly fields: readonly Field[];
}

const FIELD = /^(\p{L}[\p{L} -]{0,24})(?: \([^()\n]{1,40}\))?[:：] ?(\S.*)$/u;
/** Fields that name what the record is about. A record begins with one of them. */
const NAMES = /^(?:event|task|name|from|发件人|姓名)$/i;
const MESSAGE = /^(?:from|发件人)$/i;

/** What a question asks for, and the fields that answer it. The first that fits counts. */
const ASKED: readonly { readonly asked: RegExp; readonly labels: RegExp; readonly isOfMessage?: true }[] = [
  {
    asked:
      /\bwho (?:sent|wrote|mailed|e-?mailed)\b|\bwho(?: is|['’]s)? .{0,40}\bfrom\b\??$|\bfrom whom\b|\bsender\b|谁(?:发|寄|写)(?:了|来|送|出)?的?|发件人|寄件人|作者是谁/iu,
    labels: /^(?:from|发件人)$/i,
    isOfMessage: true,
  },
  {
    asked:
      /\bto whom\b|\bwho (?:received|got)\b|\brecipients?\b|\bwho was .{0,60}\bsent to\b|收件人|(?:发|寄|写)给(?:了)?谁/iu,
    labels: /^(?:to|cc|收件人|抄送)$/i,
    isOfMessage: true,
  },
  {
    asked:
      /\bwhen (?:was|did) .{0,60}\b(?:sent|written|received|arrive)\b|什么时候(?:发|寄|收到|写)(?:的|出|来)?|(?:发送|收到)(?:时间|日期)/iu,
    labels: /^(?:date|日期|发送时间)$/i,
    isOfMessage: true,
  },
  {
    asked:
      /\b(?:which|what|list|name)\b.{0,30}\b(?:files?|documents?)\b.{0,30}\battached\b|\b(?:which|what|list|name)\b.{0,20}\battachments\b|附件(?:有|是|叫)(?:哪些|什么)|(?:哪些|什么)附件/iu,
    labels: /^(?:attachments|附件)$/i,
    isOfMessage: true,
  },
  {
    asked: /\battend(?:s|ed|ing|ees?)?\b|\bparticipants?\b|\binvited\b|谁(?:参加|出席)|参加(?:者|人)|与会/iu,
    labels: /^attendees$/i,
  },
  {
    asked: /\borgani[sz](?:e[rsd]?|es|ing)\b|\bhosts?\b|组织者|召集人|谁(?:组织|召集|主持)|主持人/iu,
    labels: /^organizer$/i,
  },
  {
    asked: /\bborn\b|\bbirthday\b|\bdate of birth\b|生日|出生/iu,
    labels: /^(?:birthday|born|date of birth|生日|出生日期)$/i,
  },
  { asked: /\b(?:mobile|cell)(?: ?phone)?(?: numbers?)?\b|手机号?码?/iu, labels: /^(?:phone|mobile|tel|电话|手机)$/i },
  { asked: /\be-?mail(?: address)?\b|邮箱(?:地址)?|电子邮件/iu, labels: /^(?:e-?mail|邮箱|电子邮件)$/i },
  {
    asked: /\b(?:tele)?phone(?: numbers?)?\b|\bnumber\b|\breach\b|电话(?:号码)?/iu,
    labels: /^(?:phone|mobile|tel|电话|手机)$/i,
  },
  { asked: /\bhow often\b|\brepeat(?:s|ed)?\b|多久一次|重复/iu, labels: /^repeats$/i },
  {
    asked: /\b(?:when|what time) .{0,80}\b(?:ends?|finish(?:es)?|over)\b|\buntil when\b|什么时候结束|几点结束/iu,
    labels: /^ends$/i,
  },
  {
    asked: /\bwhen\b|\bwhat (?:time|day|date)\b|\bwhich day\b|\bdue\b|什么时候|何时|几点|哪天|几号|什么时间|日期/iu,
    labels: /^(?:begins|due)$/i,
  },
  {
    asked: /\bwhere\b|\bplace\b|\blocation\b|\broom\b|在哪(?:里|儿)?|哪里|地点|地址/iu,
    labels: /^(?:place|address)$/i,
  },
  { asked: /\b(?:company|organi[sz]ation|employer)\b|\bwork(?:s)? for\b|公司|单位/iu, labels: /^organization$/i },
  { asked: /\bjob(?: title)?\b|\bposition\b|职位|职务|职称/iu, labels: /^(?:title|role|职位|职务)$/i },
];
const MOBILE = /\b(?:mobile|cell)\b|手机/iu;
/** Words of a question about a message that name no message. */
const THE_MESSAGE =
  /\b(?:this|that|the|e-?mails?|mails?|messages?|letters?|sent|written|about)\b|这封|那封|这个|邮件|信件|消息|的信/giu;

/** A question about a message says so: what a message tells of is sent and written too. */
const OF_MESSAGE =
  /\b(?:e-?mails?|mails?|messages?|letters?|sender|recipients?|attach\w{1,8})\b|邮件|来信|[封的]信|消息|[发收]件人|附件/iu;

/** A longer match has what the question is about within it. */
const LONGEST_PHRASE = 24;
const QUESTION_WORDS =
  /\b(?:where|when|until|who|what|which|time|days?|dates?|takes?|taking|took|place|held|happen(?:s|ed)?|starts?|begins?|ends?|finish(?:es)?|over|due|will|going)\b|什么时候|几点|结束|开始|举行|召开/giu;

const MOST_PASSAGES = 8;
const MOST_RECORDS = 300;
const MOST_LINES = 6;

/**
 * The lines of a record that answer a question for one of its fields: "When is the budget review?" is answered by the name of the event
 * and by when it begins. None where no record has the name and the field.
 */
export function recordAnswers(query: string, passages: readonly Passage[]): readonly Chosen[] {
  const isOfMessage = OF_MESSAGE.test(query);
  const asked = ASKED.find((one) => one.asked.test(query) && (isOfMessage || !one.isOfMessage));
  if (!asked) return [];
  const records = passages.slice(0, MOST_PASSAGES).flatMap(recordsIn).slice(0, MOST_RECORDS);
  if (records.length === 0) return [];
  const rest = query
    .replace(asked.asked, (found) => (found.length > LONGEST_PHRASE ? found : ' '))
    .replace(QUESTION_WORDS, ' ')
    .replace(asked.isOfMessage ? THE_MESSAGE : /(?!)/g, ' ');
  const subjects = plainQuestion(rest)?.subjects ?? [];
  if (subjects.length === 0 && !asked.isOfMessage) return [];
  const lines = records
    .filter(({ fields }) => MESSAGE.test(fields[0]?.label ?? '') === (asked.isOfMessage === true))
    .flatMap((record) => linesOf(record, subjects, asked.labels, query));
  // Of messages the one that fits best: each has a sender.
  return lines.slice(0, asked.isOfMessage ? 1 : MOST_LINES);
}

function linesOf(
  { passage, fields }: Record,
  subjects: readonly (readonly string[])[],
  labels: RegExp,
  query: string,
): Chosen[] {
  const named = fields.filter(({ label }) => labels.test(label));
  const mobile = MOBILE.test(query) ? named.filter((field) => MOBILE.test(wholeLine(passage, field))) : [];
  const wanted = mobile.length > 0 ? mobile : named;
  const [name] = fields;
  if (!name || wanted.length === 0) return [];
  const isMessage = MESSAGE.test(name.label);
  const about = isMessage
    ? `${passage.documentTitle}\n${passage.heading ?? ''}\n${passage.text}`
    : fields
        .filter((field) => !wanted.includes(field))
        .map(({ value }) => value)
        .join('\n');
  if (!subjects.every((subject) => tellsOf(subject, about))) return [];
  const shown = isMessage || wanted.includes(name) ? wanted : [name, ...wanted];
  return shown.slice(0, MOST_LINES).flatMap(({ start, end }) => candidateOf(passage, { start, end, score: 1 }));
}

const wholeLine = ({ text }: Passage, { start, end }: Field): string => text.slice(start, end);

/** The records of a passage: lines of fields below each other, the first one with a name. */
function recordsIn(passage: Passage): Record[] {
  const records: { passage: Passage; fields: Field[] }[] = [];
  let open: Field[] | undefined;
  let start = 0;
  for (const line of passage.text.split('\n')) {
    const [, label = '', value = ''] = line.length < LONGEST ? (FIELD.exec(line) ?? []) : [];
    const field = { label, value, start, end: start + line.trimEnd().length };
    start += line.length + 1;
    if (line.trim() === '') open = undefined;
    else if (label === '') continue;
    else if (ATTACHED.test(label)) records.at(-1)?.fields.push(field);
    else if (NAMES.test(label)) {
      open = [field];
      records.push({ passage, fields: open });
    } else open?.push(field);
  }
  return records.filter(({ fields }) => fields.length > 1);
}
const LONGEST = 1_500;
/** Stands after the text of its message. */
const ATTACHED = /^(?:attachments|附件)$/i;
