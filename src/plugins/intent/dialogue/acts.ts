/** Acts of a turn in a service conversation, as CrossWOZ names them; several may hold. */
import { FeatureBuilder, type Features } from '../classifier/features.ts';
import { readable, tokensOf } from '../classifier/tokens.ts';
import type { PastMessage } from './past.ts';

export const ACTS = ['Inform', 'Request', 'Select', 'greet', 'thank', 'bye'] as const;

/** A run of this many characters that the message shares with an earlier one is a name. */
const LEAST_COPIED = 3;
/** UTF-16 code units that are read: turns of a conversation are short. */
const READ = 300;
const REPLIED = '〔reply〕';
const EARLIER = '〔earlier〕';
/** The slots that turns in CrossWOZ's five domains request and inform. */
const SLOTS =
  `名称 评分 价格 人均消费 地址 电话 周边景点 周边餐馆 周边酒店 门票 游玩时间 营业时间 推荐菜 酒店类型 车型 车牌 地铁 附近 周边 推荐 有没有 多少 哪`.split(
    ' ',
  );

export function actFeatures(message: string, past: readonly PastMessage[]): Features {
  const text = readable(message).slice(0, READ).toLowerCase();
  const builder = new FeatureBuilder();
  const tokens = tokensOf(text);
  for (const [at, token] of tokens.entries()) {
    builder.add(`1${token}`).add(`2${tokens[at - 1] ?? '^'}${token}`);
    for (const length of [3, 4])
      if (at >= length - 1) builder.add(`${length}${tokens.slice(at - length + 1, at + 1).join('')}`);
  }
  builder.add(`2${tokens.at(-1)}$`).add(`first ${past.length === 0}`);
  const reply = past.at(-1)?.role === 'ASSISTANT' ? (past.at(-1)?.content.toLowerCase() ?? '') : '';
  const earlier = past
    .slice(0, -1)
    .map(({ content }) => content.toLowerCase())
    .join('\n');
  addCopies(builder, text, reply, earlier);
  addClauses(builder, text);
  addSlots(builder, text, reply);
  return builder.build();
}

/** N-grams in which names that were said before stand as one sign each. */
function addCopies(builder: FeatureBuilder, text: string, reply: string, earlier: string): void {
  const signs: string[] = [];
  for (let at = 0; at < text.length; ) {
    const [inReply, inEarlier] = [copied(text, at, reply), copied(text, at, earlier)];
    const length = inReply >= LEAST_COPIED ? inReply : inEarlier >= LEAST_COPIED ? inEarlier : 0;
    signs.push(length === 0 ? (text[at] ?? '') : inReply >= LEAST_COPIED ? REPLIED : EARLIER);
    at += Math.max(1, length);
  }
  for (const [at, sign] of signs.entries()) {
    builder.add(`copies 2${signs[at - 1] ?? '^'}${sign}`);
    if (at > 1) builder.add(`copies 3${signs[at - 2]}${signs[at - 1]}${sign}`);
    if (sign.length > 1) builder.add(`copies ${sign}`).add(`copies from ${signs.slice(at, at + 4).join('')}`);
  }
}

/** Number of characters from `at` on that the source contains unchanged. */
function copied(text: string, at: number, source: string): number {
  let length = 0;
  while (at + length < text.length && source.includes(text.slice(at, at + length + 1))) length += 1;
  return length;
}

function addClauses(builder: FeatureBuilder, text: string): void {
  const clauses = text.split(/[,!?.;，。、；\n]+/).filter(Boolean);
  for (const [name, clause = ''] of [
    ['last', clauses.at(-1)],
    ['first', clauses[0]],
  ] as const)
    for (const length of [1, 2, 3])
      for (let at = 0; at + length <= clause.length; at += 1) builder.add(`${name} ${clause.slice(at, at + length)}`);
  builder.add(`clauses ${Math.min(6, clauses.length)}`);
  for (const clause of clauses) {
    builder.add(`begins ${clause.slice(0, 2)}`).add(`begins ${clause.slice(0, 3)}`);
    builder.add(`ends ${clause.slice(-2)}`).add(`ends ${clause.slice(-3)}`);
    if (clause.length < 8) builder.add(`clause ${clause}`);
  }
}

function addSlots(builder: FeatureBuilder, text: string, reply: string): void {
  const [here, there] = [SLOTS.filter((slot) => text.includes(slot)), SLOTS.filter((slot) => reply.includes(slot))];
  for (const [at, slot] of here.entries()) {
    builder.add(`slot ${slot}`);
    for (const other of here.slice(at + 1)) builder.add(`slots ${slot} ${other}`);
    for (const other of there) builder.add(`slot ${slot} after ${other}`);
  }
  for (const slot of there) builder.add(`after ${slot}`);
  builder.add(`asks ${/[?吗呢]/.test(text)}`);
}
