import { expect, test } from 'vitest';
import { asksForOverview } from './overview.ts';

test.each([
  'What is this document about?',
  "What's this about?",
  'Summarise the document',
  'Please summarize this file in three sentences.',
  'Give me a short overview of the report',
  'TL;DR',
  'What are the main points?',
  'What does this paper say?',
  '这份文件讲什么？',
  '这份文件主要讲了什么内容',
  '總結一下這份報告',
  '请概括全文大意',
  '这篇文章的要点有哪些？',
  'What is in this file?',
  'what is the purpose of this document',
  'What kind of document is this?',
  '这是什么文件？',
  '请用三句话概括这份报告',
  '这本书讲了什么故事',
  'Can you sum this up?',
  'What did I upload?',
  "What's in here?",
  '主要讲了啥',
  'Worum geht es in dem Dokument?',
  'Fasse das bitte kurz zusammen',
])('%s asks for an overview', (question) => {
  expect(asksForOverview(question)).toBe(true);
});

test.each([
  'What is the rent?',
  'Who uploaded the lease?',
  'Sum the costs of crane 5',
  'Was ist der Inhalt des Tanks?',
  'Summarise the payment terms',
  'What does the report say about zebras?',
  'What is the main bearing made of?',
  'Explain photosynthesis',
  'What kind?',
  'Which file mentions Porto?',
  'What is the document number?',
  '总结一下第三章',
  '这份文件什么时候签的',
  '租金是多少？',
  '总结付款条款',
  '这份文件说租金多少？',
  'hello',
  '',
  `summary ${'of it '.repeat(100)}`,
])('%s asks for something of it', (question) => {
  expect(asksForOverview(question)).toBe(false);
});
