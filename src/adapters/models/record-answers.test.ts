import { expect, test } from 'vitest';
import { passageOf } from '../../../test/support/passages.ts';
import { recordAnswers } from './record-answers.ts';

const answersTo = (query: string, ...texts: string[]) =>
  recordAnswers(
    query,
    texts.map((text) => passageOf(text)),
  ).map(({ text }) => text);

const CALENDAR = `Event: Budget review with the suppliers
Begins: 2026-03-14 09:30
Ends: 2026-03-14 11:00
Place: Room Linde
Attendees: Piet Maas <piet@example.org>

Event: 供应商评审会议
Begins: 2026-04-08 14:00
Place: 三号楼`;
const CARDS = `Name: Dr. Ngozi Okafor
Phone (work): +44 20 7946 0321
Phone (mobile): +44 7700 900417
Birthday: 1979-11-02

Name: 王小明
Phone (mobile): 13800138000`;

test.each([
  ['When is the budget review?', 'Begins: 2026-03-14 09:30'],
  ['When does the budget review end?', 'Ends: 2026-03-14 11:00'],
  ['Where does the budget review take place?', 'Place: Room Linde'],
  ['Who attends the budget review?', 'Attendees: Piet Maas <piet@example.org>'],
  ['供应商评审会议是什么时候？', 'Begins: 2026-04-08 14:00'],
  ['What is the mobile number of Ngozi Okafor?', 'Phone (mobile): +44 7700 900417'],
  ['When was Ngozi Okafor born?', 'Birthday: 1979-11-02'],
  ['王小明的电话是多少？', 'Phone (mobile): 13800138000'],
])('%s', (query, answer) => {
  const [name, ...values] = answersTo(query, CALENDAR, CARDS);
  expect(name).toMatch(/^(?:Event|Name): /);
  expect(values).toEqual([answer]);
});

test.each([
  'When is the summer party?',
  'What is the mobile number of Ola Berg?',
  'When was the bank founded?',
  '王小红的电话是多少？',
])('no record answers what it does not name: %s', (query) => {
  expect(answersTo(query, CALENDAR, CARDS)).toEqual([]);
});

test('two events of one name are both told', () => {
  expect(
    answersTo('When is the choir?', 'Event: Choir\nBegins: 2026-01-05\n\nEvent: Choir\nBegins: 2026-01-12'),
  ).toEqual(['Event: Choir', 'Begins: 2026-01-05', 'Event: Choir', 'Begins: 2026-01-12']);
});

const MAIL = `# The roof

From: 王芳 <wf@example.cn>
To: Li Ming <lm@example.cn>
Date: Tue, 3 Mar 2026

The report was written by Ada. It was sent on Monday.

Attachments: costs.txt, roof.pdf`;

test('the header of a message answers who sent it, to whom and when; questions about its text are left to the text', () => {
  expect(answersTo('谁发了这封邮件？', MAIL)).toEqual(['From: 王芳 <wf@example.cn>']);
  expect(answersTo('Who sent the mail about the roof?', MAIL)).toEqual(['From: 王芳 <wf@example.cn>']);
  expect(answersTo('Who received this message?', MAIL)).toEqual(['To: Li Ming <lm@example.cn>']);
  expect(answersTo('When was the e-mail sent?', MAIL)).toEqual(['Date: Tue, 3 Mar 2026']);
  expect(answersTo('Which files are attached?', MAIL)).toEqual(['Attachments: costs.txt, roof.pdf']);
  expect(answersTo('Who sent the mail about the garage?', MAIL)).toEqual([]);
  expect(answersTo('Who wrote the report?', MAIL)).toEqual([]);
  expect(answersTo('When was the report sent?', MAIL)).toEqual([]);
});

test('an endless record costs no more than its length', () => {
  const text = `Name: x\n${'Phone: 1\n'.repeat(50_000)}${'A: '.repeat(100_000)}`;
  expect(answersTo('What is the phone number of y?', text)).toEqual([]);
});
