/** Training examples out of the folder that EVALUATION_DATA names: `train` files, and the even lines of sets that have none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatMessage } from '#core/turn.ts';
import { cuesOf } from '../../../src/plugins/intent/dialogue/cues.ts';
import type { IntentType } from '../../../src/plugins/intent/dialogue/types.ts';

/** A message, what stands before it, and what people say of it. */
export interface Case<T> {
  readonly text: string;
  readonly history: readonly ChatMessage[];
  readonly answer: T;
  /** Dialogue, for cross-validation. */
  readonly group: string;
}

/** Even: learned from. Odd: scored. */
export type Half = 'even' | 'odd';
const inHalf = (half: Half) => (_: unknown, place: number) => place % 2 === (half === 'even' ? 0 : 1);

export function readSet<T>(folder: string, name: string): T[] {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as T);
}

const user = (content: string): ChatMessage => ({ role: 'USER', content });
const assistant = (content: string): ChatMessage => ({ role: 'ASSISTANT', content });

/** TIAGE: does an utterance open a new topic? */
export function tiage(folder: string, split: 'train' | 'dev'): Case<boolean>[] {
  const dialogues = readSet<{ id: string; utterances: string[]; shift: number[] }>(
    folder,
    `topic_tiage_en/${split}.jsonl`,
  );
  return dialogues.flatMap(({ id, utterances, shift }) =>
    utterances.flatMap((text, at) => {
      const history = utterances
        .slice(0, at)
        .map((one, place) => ((at - place) % 2 === 0 ? user(one) : assistant(one)));
      return (shift[at] ?? -1) < 0 ? [] : [{ text, history, answer: shift[at] === 1, group: id }];
    }),
  );
}

interface CrossWozTurn {
  readonly dialogue_id: string;
  readonly turn: number;
  readonly previous_system: string;
  readonly text: string;
  readonly intents: readonly string[];
  readonly domain_switch: 0 | 1 | null;
}

/** CrossWOZ: acts of a turn, and whether its domain is another one; null where the turn has no domain. */
export function crossWoz(folder: string, half: Half): Case<{ acts: readonly string[]; switches: boolean | null }>[] {
  const past = new Map<string, ChatMessage[]>();
  const cases = readSet<CrossWozTurn>(folder, 'intent_crosswoz_zh/dev.jsonl').map((turn) => {
    const { dialogue_id: group, text, intents, domain_switch: domain } = turn;
    const history = past.get(group) ?? [];
    past.set(group, history);
    if (turn.turn > 0) history.push(assistant(turn.previous_system));
    const answer = { acts: intents, switches: domain === null ? null : domain === 1 };
    const found = { text, history: [...history], answer, group };
    history.push(user(text));
    return found;
  });
  return cases.filter(inHalf(half));
}

/** CAsT: does a turn lean on those before? With its rewrite by people. */
export function cast(folder: string, half: Half): Case<{ leans: boolean; rewritten: string }>[] {
  interface Line {
    readonly conversation_id: number;
    readonly history: readonly { readonly role: string; readonly text: string }[];
    readonly text: string;
    readonly rewritten: string;
    readonly needs_context: 0 | 1;
  }
  return readSet<Line>(folder, 'followup_cast_en/dev.jsonl')
    .map((line) => ({
      text: line.text,
      history: line.history.map(({ role, text }) => (role === 'user' ? user(text) : assistant(text))),
      answer: { leans: line.needs_context === 1, rewritten: line.rewritten },
      group: String(line.conversation_id),
    }))
    .filter(inHalf(half));
}

interface Prompt {
  readonly id: string;
  readonly source: string;
  readonly category: string;
  readonly turns: readonly string[];
  readonly replies?: readonly string[];
}
const mtBench = (folder: string, half: Half): Prompt[] =>
  readSet<Prompt>(folder, 'load_prompts/prompts.jsonl')
    .filter(({ source }) => source === 'mt-bench-101')
    .filter(inHalf(half));
const before = ({ turns, replies }: Prompt, at: number): ChatMessage[] =>
  turns.slice(0, at).flatMap((turn, place) => [user(turn), assistant(replies?.[place] ?? '')]);

/** MT-Bench-101: each later turn of task TS opens a topic; turns of the other tasks continue. */
export const promptShifts = (folder: string, half: Half): Case<boolean>[] =>
  mtBench(folder, half).flatMap((prompt) =>
    prompt.turns.slice(1).map((text, place) => ({
      text,
      history: before(prompt, place + 1),
      answer: prompt.category === 'TS',
      group: prompt.id,
    })),
  );

/** Types of the later turns of MT-Bench-101's tasks: rephrasing, reformatting, input and answers continue; challenges correct. */
const TASK_TYPES: Readonly<Record<string, IntentType>> = {
  CR: 'task_continuation',
  FR: 'task_continuation',
  SI: 'task_continuation',
  IC: 'task_continuation',
  PI: 'task_continuation',
  SC: 'correction',
  SA: 'correction',
};

/** Types of real turns. Types by form hold where the cues leave no doubt; other turns are left out. */
export function promptTypes(folder: string, half: Half): Case<IntentType>[] {
  const later = mtBench(folder, half).flatMap((prompt) =>
    prompt.turns.slice(1).flatMap((text, place): Case<IntentType>[] => {
      const cues = cuesOf(text.toLowerCase());
      const byTask = TASK_TYPES[prompt.category];
      // Some turns of these tasks are plain questions.
      const asks = cues.includes('asks') && !cues.includes('edits') && byTask === 'task_continuation';
      const answer =
        prompt.category === 'TS' && cues.includes('switches') ? 'topic_switch' : asks ? 'question' : byTask;
      const type = answer ?? (byForm(text) === 'question' ? 'question' : undefined);
      return type ? [{ text, history: before(prompt, place + 1), answer: type, group: prompt.id }] : [];
    }),
  );
  const first = readSet<Prompt>(folder, 'load_prompts/prompts.jsonl')
    .filter(({ source }) => source === 'halueval_general' || source === 'mt-bench-101' || source === 'halluqa')
    .filter(inHalf(half))
    .flatMap(({ id, turns: [text = ''] }): Case<IntentType>[] => {
      const type = byForm(text);
      return type ? [{ text, history: [], answer: type, group: id }] : [];
    });
  return [...later, ...first];
}

/** A question begins or ends as one, or asks for work that makes something. */
function byForm(text: string): IntentType | undefined {
  const cues = cuesOf(text.toLowerCase());
  if (/^(?:write|create|generate|compose|design|develop|build|draft|construct|come up with|plan)\b/i.test(text))
    return 'new_task';
  if (cues.includes('makes')) return undefined;
  if (/^(?:what|who|when|where|why|which|how|is|are|does|do|did|was|were|can|could)\b.*\?\s*$/is.test(text))
    return 'question';
  return /[?？吗呢]\s*$/.test(text) && /\p{Script=Han}/u.test(text) ? 'question' : undefined;
}

const CLINC: Readonly<Partial<Record<IntentType, string>>> = {
  small_talk: `greeting what_is_your_name are_you_a_bot how_old_are_you who_made_you where_are_you_from what_are_your_hobbies
do_you_have_pets tell_joke thank_you who_do_you_work_for`,
  farewell: 'goodbye',
  command: `alarm timer reminder_update play_music next_song change_volume whisper_mode change_speed change_language reset_settings
sync_device make_call text smart_home roll_dice flip_coin calendar_update todo_list_update shopping_list_update transfer pay_bill
freeze_account order book_flight book_hotel uber cancel_reservation restaurant_reservation share_location find_phone update_playlist
order_checks redeem_rewards schedule_meeting cancel`,
  question: `balance weather time date exchange_rate mpg interest_rate spending_history distance traffic nutrition_info calories ingredients_list
definition meaning_of_life apr international_visa vaccines plug_type timezone travel_alert how_busy restaurant_reviews w2 payday income
credit_score expiration_date routing oil_change_how`,
};
const XSID_COMMANDS = /set_|cancel|modify|snooze|PlayMusic|AddToPlaylist|RateBook|BookRestaurant/;
const EXAMPLES_OF_INTENT = 20;

/** Types of messages to assistants: CLINC150 (train), xSID and CrossWOZ (even lines). */
export function assistantTypes(folder: string, half: Half): Case<IntentType>[] {
  const types = new Map(
    Object.entries(CLINC).flatMap(([type, names]) =>
      names.split(/\s+/).map((name) => [name, type as IntentType] as const),
    ),
  );
  const counts = new Map<string, number>();
  const split = half === 'even' ? 'train' : 'dev';
  const clinc = readSet<{ id: string; text: string; intent: string }>(folder, `intent_clinc150_en/${split}.jsonl`);
  const english = clinc.flatMap(({ id, text, intent }): Case<IntentType>[] => {
    const type = types.get(intent);
    const count = (counts.get(intent) ?? 0) + 1;
    counts.set(intent, count);
    const most = type === 'farewell' ? EXAMPLES_OF_INTENT * 4 : EXAMPLES_OF_INTENT;
    return type && count <= most ? [{ text, history: [], answer: type, group: id }] : [];
  });
  const chinese = readSet<{ id: string; text: string; intent: string }>(folder, 'intent_xsid_zh/dev.jsonl')
    .filter(inHalf(half))
    .map(({ id, text, intent }): Case<IntentType> => {
      const type = XSID_COMMANDS.test(intent) ? 'command' : /[?？吗]|什么|多少|几/.test(text) ? 'question' : 'command';
      return { text, history: [], answer: type, group: id };
    });
  const turns = crossWoz(folder, half).flatMap(({ answer: { acts }, ...rest }): Case<IntentType>[] => {
    const only = (...names: string[]) => acts.length > 0 && acts.every((act) => names.includes(act));
    if (acts.includes('bye')) return [{ ...rest, answer: 'farewell' }];
    if (only('thank', 'greet')) return [{ ...rest, answer: 'small_talk' }];
    return only('Request') && /[?？吗呢]\s*$/.test(rest.text) ? [{ ...rest, answer: 'question' }] : [];
  });
  return [...english, ...chinese, ...turns];
}
