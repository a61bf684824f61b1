import type { ModelRequest } from '#core/ports/language-model.ts';
import { ProviderRefusal } from '../failures.ts';

export interface ChatCompletionMessage {
  readonly role: string;
  readonly content: string;
}

/** A request as chat completions have it. `system`: as a message of that role, or as what the user said first. */
export function chatMessages({ system, messages }: ModelRequest, takesSystem: boolean): ChatCompletionMessage[] {
  const said = messages.map(({ role, content }) => ({ role: role.toLowerCase(), content }));
  if (system === '') return said;
  if (takesSystem) return [{ role: 'system', content: system }, ...said];
  return [{ role: 'user', content: system }, { role: 'assistant', content: 'OK.' }, ...said];
}

/** Statuses with which servers pass on that a chat template raised an error: vLLM 400, llama.cpp 500. */
const TEMPLATE_STATUS = new Set([400, 422, 500]);
/** Gemma's template: "System role not supported". Mistral's: "Conversation roles must alternate", "Only user and assistant roles are supported". */
const NO_SYSTEM =
  /system (role|messages?) (is |are )?not supported|roles must alternate|only user and assistant roles/i;

/** Whether the model's chat template takes no system message. */
export const refusesSystem = (error: unknown): boolean =>
  error instanceof ProviderRefusal && TEMPLATE_STATUS.has(error.statusCode) && NO_SYSTEM.test(error.body);
