/** Servers that judge their answers, and a provider that gives these: what the tests of quality share. */
import { afterAll, beforeAll } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from './app.ts';
import { type Client, client, EVENT, type StreamEvent } from './client.ts';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';

const REPORT = `overall relevance groundedness completeness coherence safety suggestions judge
  unsupported { start end text } scores { name value label source judge }`;
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT}
  ... on EvaluationAdded { evaluation { id report { ${REPORT} } message { id } } }
  ... on AnswerRevised { reason generation { id } } } }`;
export const EVALUATE = `mutation($input: EvaluateQualityInput!) { evaluateQuality(input: $input) { ${REPORT} } }`;

export const BRIDGE = 'The old bridge was built in 1932. It is 120 metres long and was designed by John Smith.';
export const QUESTION = 'When was the old bridge built and how long is it?';
export const GOOD = 'The old bridge was built in 1932. It is 120 metres long.';
export const WRONG = 'The old bridge was built in 1932. It is 120 feet long.';

/** Answers for the model, and for the judge named `judge`. It starts before the tests of a file that imports it. */
export let provider: FakeProvider;
/** Apps by environment: tests with the same one share it. */
const apps = new Map<string, TestApp>();
beforeAll(async () => {
  provider = await startFakeProvider();
});
afterAll(async () => {
  await Promise.all([...apps.values()].map((app) => app.remove()));
  await provider.close();
});

/** The app that `start` started with this environment. */
export const appOf = (environment: Readonly<Record<string, string>>) =>
  apps.get(JSON.stringify(environment)) as TestApp;

/** A client of the app with this environment. The first call starts the app. */
export async function start(environment: Readonly<Record<string, string>> = {}): Promise<Client> {
  const key = JSON.stringify(environment);
  const models = { MODEL_BALANCED: 'openai-compatible:answers', OPENAI_BASE_URL: provider.url };
  const app = apps.get(key) ?? (await startApp({ ...models, ENABLE_QUALITY_EVALUATION: 'true', ...environment }));
  apps.set(key, app);
  return client(app.url, OPERATOR_KEY);
}

/** Asks, and reads the answer's events to the last. */
export async function chat(asking: Client, content: string): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const { data } of asking.sse(CHAT, { content })) events.push(data.chat);
  return events;
}

/** Adds the text about the bridge as a document. */
export const addBridge = (asking: Client) =>
  asking.request('mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id } }', {
    text: BRIDGE,
  });

/** Lets the model give this answer, and the judge this verdict. */
export const answersWith = (answer: string, verdict?: string) =>
  provider.respond(({ body }) => ({ text: body.model === 'judge' ? (verdict ?? '') : answer }));
